# SPDX-License-Identifier: Apache-2.0
# Warnings, hardening and sanitizers as functions on a target; nothing global.

function(cw_warnings target)
  target_compile_options(${target} PRIVATE
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wcast-qual -Wpointer-arith
    -Wundef -Wvla -Wformat=2 -Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition
    -Wswitch-enum -Wwrite-strings -Wimplicit-fallthrough
    -Werror=implicit-function-declaration -Werror=incompatible-pointer-types
    -Werror=int-conversion -Werror=vla -Werror=missing-prototypes
    $<$<C_COMPILER_ID:GNU>:-Wduplicated-cond -Wlogical-op -Wjump-misses-init>
    $<$<BOOL:${CW_WERROR}>:-Werror>)
endfunction()

function(cw_harden target)
  target_compile_options(${target} PRIVATE
    $<$<NOT:$<CONFIG:Debug>>:-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2>
    -fstack-protector-strong -fstack-clash-protection
    $<$<STREQUAL:${CMAKE_SYSTEM_PROCESSOR},x86_64>:-fcf-protection>)
  target_link_options(${target} PRIVATE -Wl,-z,relro,-z,now)
endfunction()

function(cw_sanitize target)
  foreach(kind IN LISTS CW_SANITIZE)
    target_compile_options(${target} PRIVATE -fsanitize=${kind} -fno-sanitize-recover=all -fno-omit-frame-pointer)
    target_link_options(${target} PRIVATE -fsanitize=${kind})
  endforeach()
  if(CW_BUILD_FUZZ)
    target_compile_options(${target} PRIVATE -fsanitize=fuzzer-no-link)
    target_link_options(${target} PRIVATE -fsanitize=fuzzer-no-link)
  endif()
endfunction()

# A test is built for its answer, not for its speed.
function(cw_no_lto target)
  if(CW_LTO)
    set_target_properties(${target} PROPERTIES INTERPROCEDURAL_OPTIMIZATION OFF)
    target_link_options(${target} PRIVATE $<$<C_COMPILER_ID:GNU>:-fno-lto>)
  endif()
endfunction()

function(cw_target target)
  target_compile_features(${target} PRIVATE c_std_17)
  set_target_properties(${target} PROPERTIES C_EXTENSIONS OFF C_VISIBILITY_PRESET hidden)
  cw_warnings(${target})
  cw_harden(${target})
  cw_sanitize(${target})
  if(CW_LTO)
    # fat objects: what is shipped is optimised as a whole, tests link the ordinary code and quickly
    set_target_properties(${target} PROPERTIES INTERPROCEDURAL_OPTIMIZATION ON)
    target_compile_options(${target} PRIVATE $<$<C_COMPILER_ID:GNU>:-ffat-lto-objects>)
  endif()
endfunction()
