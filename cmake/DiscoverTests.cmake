# Runs inside ctest: asks a Catch2 executable for its cases and makes each known, once per build of the executable.
# In: executable, listing (its options that list names), prefix, labels, timeout, directory, source (the checkout, which
# tests find in HA_SOURCE_DIR), out (the file that keeps the answer).
function(ha_discover)
  set(settings "HA_SOURCE_DIR=${source}")
  if(labels MATCHES "integration|contract")
    # Where the drivers are listed. A driver that cannot be had is a failure of the tests that need it.
    execute_process(COMMAND "${source}/tools/fetch-odbc-driver" OUTPUT_VARIABLE drivers OUTPUT_STRIP_TRAILING_WHITESPACE)
    list(APPEND settings "ODBCSYSINI=${drivers}")
  endif()
  execute_process(COMMAND "${executable}" ${listing} WORKING_DIRECTORY "${directory}"
    OUTPUT_VARIABLE names RESULT_VARIABLE count ERROR_VARIABLE complaint)
  # Catch2 v2 returns the number of cases, v3 returns 0; anything that is not a small number is a crash.
  if(NOT count MATCHES "^[0-9]+$" OR names STREQUAL "")
    set(script "add_test([==[${prefix}: cannot list its tests]==] false)\n")
    file(WRITE "${out}" "${script}")
    return()
  endif()
  # A semicolon or a bracket in a name would be taken for a list.
  string(REGEX REPLACE "[][;]" "?" names "${names}")
  string(STRIP "${names}" names)
  string(REPLACE "\n" ";" names "${names}")
  set(script "")
  foreach(name IN LISTS names)
    string(STRIP "${name}" name)
    string(REPLACE "," "\\," pattern "${name}")
    string(REPLACE "?" "*" pattern "${pattern}")
    string(APPEND script
      "add_test([==[${prefix}: ${name}]==] [==[${executable}]==] [==[${pattern}]==])\n"
      "set_tests_properties([==[${prefix}: ${name}]==] PROPERTIES LABELS \"${labels}\" TIMEOUT ${timeout} "
      "WORKING_DIRECTORY [==[${directory}]==] ENVIRONMENT \"${settings}\")\n")
  endforeach()
  file(WRITE "${out}" "${script}")
endfunction()

if(NOT EXISTS "${executable}")
  add_test("${prefix}: not built" false)
else()
  if("${executable}" IS_NEWER_THAN "${out}" OR "${CMAKE_CURRENT_LIST_FILE}" IS_NEWER_THAN "${out}")
    ha_discover()
  endif()
  include("${out}")
endif()
