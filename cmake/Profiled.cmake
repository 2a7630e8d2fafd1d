# With HA_PROFILED the compiler knows, before it decides what to inline, how often each way is taken: the preset counting
# compiles everything once more, without optimising as a whole, and plays these seeds. That is done once for each build
# folder: code that has changed since is compiled without its old counts, which costs a little speed and nothing else, and
# how the program is laid out (test/sim/profiled.cmake) is learned anew at each link. The two build folders must lie equally
# deep, for the counts of a file's own functions go by its relative path.
set(ha_learned_seeds 3 6 8 33)
set(ha_ways "${CMAKE_BINARY_DIR}/ways.profdata")
add_custom_command(
  OUTPUT "${ha_ways}"
  COMMAND "${PROJECT_SOURCE_DIR}/test/sim/count_ways" "${ha_ways}" ${ha_learned_seeds}
  COMMENT "Counting which ways four seeds of the simulation take"
  VERBATIM)
add_custom_target(ha_counted_ways DEPENDS "${ha_ways}")
add_compile_options("-fprofile-use=${ha_ways}"
  # Not an error: code that four seeds do not reach, or that has changed.
  -Wno-profile-instr-unprofiled -Wno-profile-instr-out-of-date -Wno-backend-plugin)

# Called at the end: whatever is compiled waits for the counts.
function(ha_wait_for_ways directory)
  get_property(targets DIRECTORY "${directory}" PROPERTY BUILDSYSTEM_TARGETS)
  foreach(one IN LISTS targets)
    get_target_property(type ${one} TYPE)
    if(type MATCHES "LIBRARY|EXECUTABLE")
      add_dependencies(${one} ha_counted_ways)
    endif()
  endforeach()
  get_property(inner DIRECTORY "${directory}" PROPERTY SUBDIRECTORIES)
  foreach(one IN LISTS inner)
    ha_wait_for_ways("${one}")
  endforeach()
endfunction()
