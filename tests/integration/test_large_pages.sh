#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# replay asks glibc for large pages, by its own environment; what the operator says there stays.
set -eu
program=$CAMWATCH_BUILD/host/camwatch
if [ ! -x "$program" ]; then
    echo "skipped: the program is not built"
    exit 77
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkfifo "$work/capture"

# check WANTED COMMAND...: what stands in the environment of a replay that waits for its input.
check() {
    wanted=$1
    shift
    "$@" "$program" replay --quiet --rules "$CAMWATCH_SOURCE/rules" - <"$work/capture" \
        >"$work/out" 2>&1 &
    pid=$!
    exec 3>"$work/capture"
    while ! tr '\0' '\n' <"/proc/$pid/environ" 2>/dev/null | grep -qx "GLIBC_TUNABLES=$wanted"; do
        if ! kill -0 "$pid" 2>/dev/null; then
            cat "$work/out"
            echo "replay ended with no GLIBC_TUNABLES=$wanted"
            exit 1
        fi
        sleep 0.1
    done
    [ "$(cat "/proc/$pid/comm")" = camwatch ] || { echo "its name is $(cat "/proc/$pid/comm")"; exit 1; }
    exec 3>&-
    wait "$pid" || true # an input without a capture is told of
    grep -q "empty" "$work/out"
}

check glibc.malloc.hugetlb=1 env -u GLIBC_TUNABLES
check glibc.malloc.tcache_count=3 env GLIBC_TUNABLES=glibc.malloc.tcache_count=3
