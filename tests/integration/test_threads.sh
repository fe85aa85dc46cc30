#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# replay --threads N: the same set of events from one thread and from several, also where sites share
# clouds; the same output, byte for byte, each time with the same N; the account closes.
# sensor-stats tell how many events were made by then, which depends on the rounds.
set -eu
program=$CAMWATCH_BUILD/host/camwatch generate=$CAMWATCH_BUILD/bench/bench-generate
if [ ! -x "$program" ] || [ ! -x "$generate" ]; then
    echo "skipped: the program or bench-generate is not built"
    exit 77
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$generate" cameras 12000 "$work/in.pcap" >/dev/null

replay() {
    "$program" replay --quiet --sensor threads --rules "$CAMWATCH_SOURCE/rules" --threads "$1" \
        --json "$work/$2.ndjson" "$work/in.pcap"
    grep -v '"event.action":"sensor-stats"' "$work/$2.ndjson" | LC_ALL=C sort >"$work/$2.set"
}

replay 1 one
[ "$(wc -l <"$work/one.set")" -gt 1000 ]
for n in 2 3; do
    replay $n several
    cmp "$work/one.set" "$work/several.set"
    if cmp -s "$work/one.ndjson" "$work/several.ndjson"; then
        echo "with $n threads the order was that of one: nothing was dealt out"
        exit 1
    fi
    replay $n again
    cmp "$work/several.ndjson" "$work/again.ndjson"
done

# Some captures, each by itself (all of them take minutes): the hosts of most are one group, and no event may depend on the number of shards.
separate() {
    mkdir "$work/separate$1"
    "$program" replay --separate --quiet --sensor threads --rules "$CAMWATCH_SOURCE/rules" --threads "$1" \
        --json "$work/separate$1" "$CAMWATCH_SOURCE"/tests/golden/[m-n]*.pcap
}
separate 1
separate 2
n_captures=0
for file in "$work"/separate1/*; do
    for n in 1 2; do
        grep -v '"event.action":"sensor-stats"' "$work/separate$n/${file##*/}" | LC_ALL=C sort >"$work/separate$n.set"
    done
    cmp "$work/separate1.set" "$work/separate2.set"
    n_captures=$((n_captures + 1))
done
[ $n_captures -gt 3 ]
echo "$n_captures captures tell the same with 1 and 2 threads"
echo "$(wc -l <"$work/one.set") events are the same with 1, 2 and 3 threads"
