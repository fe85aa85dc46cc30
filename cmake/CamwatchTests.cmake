# SPDX-License-Identifier: Apache-2.0
# One cmocka program per module; ctest knows it by its name. Exit status 77 means skipped, and says why.
#
# TIMEOUT is there to end what hangs, on a machine that is slow and busy too. A test that measures, or works with
# processes and a network of its own, runs alone (RUN_SERIAL).

function(cw_unit_test name)
  add_executable(${name} ${ARGN})
  cw_target(${name})
  cw_no_lto(${name})
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR}/plugin ${PROJECT_SOURCE_DIR}/include
    ${PROJECT_SOURCE_DIR}/tests/support)
  target_link_libraries(${name} PRIVATE cw_core PkgConfig::CMOCKA)
  add_test(NAME unit.${name} COMMAND ${name})
  set_tests_properties(unit.${name} PROPERTIES LABELS unit SKIP_RETURN_CODE 77
    ENVIRONMENT "CAMWATCH_SOURCE=${PROJECT_SOURCE_DIR}")
endfunction()

function(cw_script_test name)
  add_test(NAME ${name} COMMAND ${ARGN})
  set_tests_properties(${name} PROPERTIES LABELS integration SKIP_RETURN_CODE 77
    ENVIRONMENT "CAMWATCH_SOURCE=${PROJECT_SOURCE_DIR};CAMWATCH_BUILD=${PROJECT_BINARY_DIR}")
endfunction()

# test.sh runs these in one of its trees, which is enough: "asan" where faults of memory are looked for, "release"
# where it is what is shipped, under load. ctest alone runs them in any.
function(cw_in_one_tree tree)
  foreach(name ${ARGN})
    set_property(TEST ${name} APPEND PROPERTY LABELS only-${tree})
  endforeach()
endfunction()
