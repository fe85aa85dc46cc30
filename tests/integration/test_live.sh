#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# camwatch live on a span port: every frame is accounted for, the events are those of a replay of the same
# capture, rules are exchanged under traffic, an interface may vanish.
set -eu
. "$CAMWATCH_SOURCE/tests/integration/live.sh"
live_enter sh "$0" "$@"
live_span
mode=${1:-} # --alone, or "--shards 2", or one shard with processes

check_account() {
    received=$(live_account received)
    handled=$(live_account handled)
    [ "$received" = "$1" ] || die "sent $1 frames, received $received"
    [ "$handled" = "$1" ] || die "sent $1 frames, handled $handled"
    sum=$(jq -s 'map(select(.["event.action"] == "sensor-stats")) | last
        | .["camwatch.stats.packets"] + .["camwatch.stats.kernel_drops"]' "$work/live.json")
    [ "$sum" = "$1" ] || die "sent $1 frames, sensor-stats knows of $sum"
}

capture=$captures/cameras/amcrest-boot.pcap
"$CAMWATCH_BUILD/tests/integration/record" span1 "$work/seen.pcap" >"$work/record.out" &
record=$!
until grep -q recording "$work/record.out"; do sleep 0.1; done
live_start $mode --json "$work/live.json" --flows all span1
live_play "$capture"
kill -TERM "$record"
wait "$record"
live_stop
check_account "$sent"
if [ "${mode#--shards}" = "$mode" ]; then # those of several: test_live_same.sh
    "$camwatch" replay --quiet --flows all --stats 1 --json "$work/replay.json" "$work/seen.pcap" || die "replay"
    live_facts "$work/live.json" >"$work/live.facts"
    live_facts "$work/replay.json" >"$work/replay.facts"
    [ "$(wc -l <"$work/live.facts")" -gt 100 ] || die "hardly any events"
    diff "$work/replay.facts" "$work/live.facts" >"$work/diff" ||
        die "live and replay differ: $(head -n 6 "$work/diff" | cut -c 1-3000)"
fi

# new rules under traffic; faulty ones change nothing
cp -r "$CAMWATCH_SOURCE/rules" "$work/rules"
rm -f "$work/live.json"
live_start $mode --json "$work/live.json" --rules "$work/rules" span1
live_play "$capture"
live_look_from_here
echo 'nonsense: here' >"$work/rules/vendors/broken.yaml"
kill -HUP "$live"
live_wait_for 'broken.yaml:1: '
live_wait_for 'stays in use'
rm "$work/rules/vendors/broken.yaml"
kill -HUP "$live"
live_wait_for 'are in use'
first=$sent
live_play "$capture"

# the interface goes down and up, vanishes and comes back
second=$((first + sent))
live_wait_for_frames $second # what is still in a ring goes with its interface
live_look_from_here
ip link set span1 down
sleep 0.3
ip link set span1 up
ip link del span0
live_wait_for 'waiting for it to come back'
live_span
live_wait_for 'span1 is back'
live_play "$capture"
live_stop
check_account $((second + sent))
echo "live: every frame of 4 runs accounted for, events as in a replay"
