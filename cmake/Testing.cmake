# How a test becomes known to ctest. Labels: unit, sim, contract, integration, tidy, threads.
find_package(Catch2 3 QUIET)
if(NOT Catch2_FOUND)
  find_package(Catch2 2 REQUIRED)
endif()
include(Catch)

# ha_test(<name> <label> <libraries> <sources...>): one executable, its cases known to ctest by name and label.
# Discovery happens when ctest runs, so that building one test does not run it.
function(ha_test name label libraries)
  add_executable(${name} ${ARGN})
  target_link_libraries(${name} PRIVATE ${libraries} ha_test_support)
  catch_discover_tests(${name} TEST_PREFIX "${name}: " DISCOVERY_MODE PRE_TEST
    PROPERTIES LABELS ${label} TIMEOUT 120)
endfunction()
