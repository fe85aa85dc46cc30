# SPDX-License-Identifier: Apache-2.0
# cmake -D FOLDER=dashboard/dist -D OUT=assets.c -P embed.cmake: files as C arrays.
file(GLOB_RECURSE names RELATIVE "${FOLDER}" "${FOLDER}/*")
list(REMOVE_ITEM names report.html) # of camwatch replay --report
set(arrays "")
set(rows "")
set(n 0)
foreach(name IN LISTS names)
  file(READ "${FOLDER}/${name}" hex HEX)
  if(hex STREQUAL "")
    continue()
  endif()
  file(SHA256 "${FOLDER}/${name}" digest)
  string(SUBSTRING "${digest}" 0 32 etag)
  string(REGEX REPLACE "(................................)" "\\1\n" hex "${hex}")
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," hex "${hex}")
  string(APPEND arrays "static const unsigned char asset_${n}[] = {\n${hex}};\n\n")
  string(APPEND rows "    {\"/${name}\", \"${etag}\", asset_${n}, sizeof(asset_${n})},\n")
  math(EXPR n "${n} + 1")
endforeach()
file(WRITE "${OUT}" "/* SPDX-License-Identifier: Apache-2.0 */
/* Made by dashboard/server/embed.cmake. */
#include \"server/assets.h\"

${arrays}const struct cw_asset cw_assets[] = {
${rows}    {NULL, NULL, NULL, 0},
};
")
