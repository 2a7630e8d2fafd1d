# The program that plays many seeds is linked twice: the first plays a few seeds and counts which ways are taken,
# the second is laid out for them. Only linking differs, so everything is compiled once (clang's context-sensitive
# profile, which is taken after inlining).
set(seeds ${ha_learned_seeds})
add_executable(sim-learner main.cpp quick_memory.cpp)
target_link_libraries(sim-learner PRIVATE ha::sim_world)
target_compile_options(sim-learner PRIVATE -fcs-profile-generate)
target_link_options(sim-learner PRIVATE -fcs-profile-generate)

list(JOIN seeds " " words)
set(counts "${CMAKE_CURRENT_BINARY_DIR}/sim.profraw")
set(profile "${CMAKE_CURRENT_BINARY_DIR}/sim.profdata")
add_custom_command(
  OUTPUT "${profile}"
  COMMAND sh -c "rm -f '${counts}.'*"
  COMMAND sh -c "for seed in ${words}; do LLVM_PROFILE_FILE='${counts}.'$seed '$<TARGET_FILE:sim-learner>' $seed >/dev/null || exit; done"
  COMMAND sh -c "llvm-profdata-19 merge -o '${profile}' '${counts}.'*"
  DEPENDS sim-learner
  COMMENT "Learning from four seeds of the simulation"
  VERBATIM)
add_custom_target(sim-profile DEPENDS "${profile}")
add_dependencies(sim sim-profile)
set_property(TARGET sim APPEND PROPERTY LINK_DEPENDS "${profile}")
target_link_options(sim PRIVATE "-Wl,--lto-cs-profile-file=${profile}")

# A turn of the simulation goes through more code than the nearest cache holds, so the linked program is put in order
# once more, by the same seeds: what runs together lies together.
target_link_options(sim PRIVATE -Wl,--emit-relocs,-z,now)
add_custom_command(
  TARGET sim
  POST_BUILD
  COMMAND "${CMAKE_CURRENT_SOURCE_DIR}/put_in_order" $<TARGET_FILE:sim> ${seeds}
  COMMENT "Putting the code of the simulation in order"
  VERBATIM)
