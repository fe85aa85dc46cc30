# SPDX-License-Identifier: Apache-2.0
# Files inside the program, as C arrays.
#
#   cw_embed(TARGET NAME FILE...)   makes NAME.h and NAME.c for the target: for each file, report.html say,
#                                   const unsigned char cw_asset_report_html[] and its _size without the
#                                   NUL that follows it
#
# The same file, run as a script (cmake -P), does the work when the program is built.

if(NOT CMAKE_SCRIPT_MODE_FILE)
  function(cw_embed target name)
    set(base ${CMAKE_CURRENT_BINARY_DIR}/${name})
    add_custom_command(OUTPUT ${base}.c ${base}.h
      COMMAND ${CMAKE_COMMAND} -D "base=${base}" -D "files=${ARGN}" -P ${PROJECT_SOURCE_DIR}/cmake/CamwatchEmbed.cmake
      DEPENDS ${ARGN} ${PROJECT_SOURCE_DIR}/cmake/CamwatchEmbed.cmake VERBATIM)
    target_sources(${target} PRIVATE ${base}.c ${base}.h)
    target_include_directories(${target} PRIVATE ${CMAKE_CURRENT_BINARY_DIR})
  endfunction()
  return()
endif()

set(source "/* Made by CamwatchEmbed.cmake. */\n#include \"${base}.h\"\n")
set(header "/* Made by CamwatchEmbed.cmake. */\n#pragma once\n#include <stddef.h>\n")
foreach(file IN LISTS files)
  get_filename_component(symbol ${file} NAME)
  string(MAKE_C_IDENTIFIER ${symbol} symbol)
  file(SIZE ${file} size)
  file(READ ${file} hex HEX)
  string(REGEX REPLACE "(................................................................)" "\\1\n" hex "${hex}")
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
  string(APPEND header "extern const unsigned char cw_asset_${symbol}[];\nextern const size_t cw_asset_${symbol}_size;\n")
  string(APPEND source "const unsigned char cw_asset_${symbol}[] = {\n${bytes}0};\n"
    "const size_t cw_asset_${symbol}_size = ${size};\n")
endforeach()
file(WRITE ${base}.h "${header}")
file(WRITE ${base}.c "${source}")
