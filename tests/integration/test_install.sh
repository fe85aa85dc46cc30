#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Installed into a prefix, the library is found by CMake and pkg-config, and the example of a capture loop
# builds and finds the constructed camera. Every public header compiles alone, in C and in C++.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
DESTDIR= cmake --install "$CAMWATCH_BUILD" --prefix "$work/prefix" >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
libdir=$(dirname "$(find "$work/prefix" -name 'libcamwatch.so' | head -n 1)")
# camwatch.pc names the configured prefix; an installation into another one is told so
export PKG_CONFIG_PATH="$libdir/pkgconfig"
flags=$(pkg-config --define-variable=prefix="$work/prefix" --cflags --libs camwatch)
sanitize=
nm -D "$libdir/libcamwatch.so" | grep -q __asan_init && sanitize=-fsanitize=address,undefined
nm -D "$libdir/libcamwatch.so" | grep -q __tsan_init && sanitize=-fsanitize=thread

for header in "$work"/prefix/include/camwatch/*.h; do
    printf '#define _DEFAULT_SOURCE\n#include "%s"\n' "$header" >"$work/alone.c"
    cc -std=c17 -Wall -Wextra -Werror -fsyntax-only -I"$work/prefix/include" "$work/alone.c"
    if command -v c++ >/dev/null 2>&1; then
        c++ -x c++ -std=c++17 -Wall -Wextra -Werror -fsyntax-only -I"$work/prefix/include" "$work/alone.c"
    fi
done

# shellcheck disable=SC2086
cc -std=c17 -Wall -Wextra -Werror $sanitize "$CAMWATCH_SOURCE/examples/embed.c" -o "$work/embed" $flags $(pkg-config --cflags --libs libpcap)
LD_LIBRARY_PATH="$libdir" "$work/embed" "$CAMWATCH_SOURCE/tests/golden/demo.pcap" \
    "$work/prefix/share/camwatch/rules" >"$work/events"
grep -q '"event.action":"device-new"' "$work/events"

mkdir "$work/consumer"
cat >"$work/consumer/CMakeLists.txt" <<'EOF'
cmake_minimum_required(VERSION 3.20)
project(consumer C)
find_package(camwatch REQUIRED)
add_executable(consumer main.c)
target_link_libraries(consumer camwatch::camwatch)
EOF
printf '#include <camwatch/version.h>\n#include <stdio.h>\nint main(void) { return puts(camwatch_version()) < 0; }\n' \
    >"$work/consumer/main.c"
cmake -G Ninja -S "$work/consumer" -B "$work/consumer/build" -DCMAKE_PREFIX_PATH="$work/prefix" \
    ${sanitize:+"-DCMAKE_C_FLAGS=$sanitize"} >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
cmake --build "$work/consumer/build" >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
LD_LIBRARY_PATH="$libdir" "$work/consumer/build/consumer"
