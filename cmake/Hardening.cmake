# What the programs of an image are compiled with beyond being fast: an overrun or a bad index ends the process, with a
# line that says where (common/log/crash_report.hpp), instead of going on. The pod's other containers do not notice, and
# the next process finds in the Lease and the record where to go on. docker/check looks for it in the image.
set(ha_hardened $<CONFIG:RelWithDebInfo>)
add_compile_options(
  $<${ha_hardened}:-fstack-protector-strong>
  $<${ha_hardened}:-fstack-clash-protection>
  $<${ha_hardened}:-fcf-protection>
  # No path of the machine that compiled is in what comes out.
  $<${ha_hardened}:-ffile-prefix-map=${PROJECT_SOURCE_DIR}=.>)
add_compile_definitions($<${ha_hardened}:_FORTIFY_SOURCE=2> $<${ha_hardened}:_GLIBCXX_ASSERTIONS>)
add_link_options($<${ha_hardened}:LINKER:-z,relro> $<${ha_hardened}:LINKER:-z,now>)
