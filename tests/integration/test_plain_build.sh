#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The same events, byte for byte, from this build and from the plain one (no optimisation, sanitizers on),
# of everything that is here: all captures interleaved with addresses of their own, and the synthetic inputs.
set -eu
plain=$CAMWATCH_SOURCE/build/asan/bench/bench-replay
this=$CAMWATCH_BUILD/bench/bench-replay
if [ ! -x "$plain" ] || [ "$plain" -ef "$this" ]; then
    echo "skipped: no other build to compare with (build/asan)"
    exit 77
fi
if [ "$plain" -ot "$CAMWATCH_BUILD/plugin/libcw_core.a" ]; then
    echo "skipped: build/asan is older than this build"
    exit 77
fi
shared=${CAMWATCH_CAPTURES:-$CAMWATCH_SOURCE/../shared/pcaps}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
set -- "$CAMWATCH_SOURCE"/tests/golden/*.pcap
[ ! -d "$shared/cameras" ] || set -- "$@" "$shared"/cameras/* "$shared"/ordinary/*

compare() {
    "$this" "$CAMWATCH_SOURCE/rules" "$work/in.pcap" "$work/this.ndjson" >/dev/null
    "$plain" "$CAMWATCH_SOURCE/rules" "$work/in.pcap" "$work/plain.ndjson" >/dev/null
    cmp "$work/this.ndjson" "$work/plain.ndjson"
    echo "$1: $(wc -l <"$work/this.ndjson") events are the same"
}

"$CAMWATCH_BUILD/bench/bench-generate" mix 1 "$work/in.pcap" "$@" >/dev/null 2>&1
[ "$(stat -c %s "$work/in.pcap")" -gt 24 ]
compare captures
for profile in cameras elephants dns flood; do
    "$CAMWATCH_BUILD/bench/bench-generate" $profile 5000 "$work/in.pcap" >/dev/null
    compare $profile
done
