# How a test becomes known to ctest. Labels: unit, sim, contract, integration, tidy, threads.
find_package(Catch2 3 QUIET)
if(NOT Catch2_FOUND)
  find_package(Catch2 2 REQUIRED)
  set(ha_listing --list-test-names-only)
else()
  set(ha_listing --list-tests --verbosity quiet)
endif()

# One target per label builds all that its tests need: `threads_tests` is what the thread sanitizer is worth.
foreach(label unit sim contract integration threads)
  add_custom_target(${label}_tests)
endforeach()

# ha_test(<name> <labels> <libraries> <sources...>): one executable, its cases known to ctest by name and labels.
# Several labels go as a list: "integration;threads". Discovery happens when ctest runs, so that building one test
# does not run it.
function(ha_test name labels libraries)
  add_executable(${name} ${ARGN})
  target_link_libraries(${name} PRIVATE ${libraries} ha_test_support)
  foreach(label IN LISTS labels)
    add_dependencies(${label}_tests ${name})
  endforeach()
  set(found "${CMAKE_CURRENT_BINARY_DIR}/${name}_discovered.cmake")
  set(enter "${CMAKE_CURRENT_BINARY_DIR}/${name}_discover.cmake")
  file(GENERATE OUTPUT "${enter}" CONTENT "set(executable \"$<TARGET_FILE:${name}>\")
set(listing ${ha_listing})
set(prefix \"${name}\")
set(labels \"${labels}\")
set(timeout 120)
set(directory \"${CMAKE_CURRENT_BINARY_DIR}\")
set(source \"${PROJECT_SOURCE_DIR}\")
set(out \"${found}\")
include(\"${PROJECT_SOURCE_DIR}/cmake/DiscoverTests.cmake\")
")
  set_property(DIRECTORY APPEND PROPERTY TEST_INCLUDE_FILES "${enter}")
endfunction()

# ha_tidy(<name> <command...>): a check of the text of the tree.
function(ha_tidy name)
  add_test(NAME "tidy: ${name}" COMMAND ${ARGN} WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
  set_tests_properties("tidy: ${name}" PROPERTIES LABELS tidy)
endfunction()
