#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The machine's clock is set while camwatch live runs: an hour back, to the year 2106, and right again. Nothing ends:
# every frame is accounted for, every conversation is told, and the counters come each second.
set -eu
. "$CAMWATCH_SOURCE/tests/integration/live.sh"
live_enter sh "$0" "$@"
live_span

flows() {
    jq -r 'select(.["event.action"] == "flow-end") | .["network.community_id"]' "$1" | sort -u
}

capture=$captures/cameras/amcrest-boot.pcap
live_preload=$(find "$CAMWATCH_BUILD/tests/integration" -name 'libstep_clock.so' | head -n 1)
[ -n "$live_preload" ] || die "no libstep_clock.so"
live_asan=verify_asan_link_order=0
export STEP_CLOCK=4:-3600,8:2500000000,12:0
live_start "$@" --state "$work/state" --json "$work/live.json" --flows all span1
all=0
for seconds in 0 3 4 4 4; do
    sleep "$seconds"
    live_play "$capture"
    all=$((all + sent))
done
live_stop
[ "$(live_account handled)" = "$all" ] || die "sent $all, handled $(live_account handled)"
"$camwatch" replay --quiet --flows all --json "$work/replay.json" "$capture"
flows "$work/live.json" >"$work/live.flows"
flows "$work/replay.json" >"$work/replay.flows"
diff "$work/replay.flows" "$work/live.flows" >"$work/diff" || die "other conversations: $(head -n 5 "$work/diff")"
jq -r 'select(.["event.action"] == "sensor-stats") | .["@timestamp"]' "$work/live.json" >"$work/times"
sort -c -u "$work/times" 2>"$work/order" || [ "$(uniq -d "$work/times" | wc -l)" -le 1 ] || die "time went back: $(cat "$work/order")"
# an hour back and from 2106 on, the counters' clock goes on at half its pace
echo "$(wc -l <"$work/times") sensor-stats in 16 seconds"
[ "$(wc -l <"$work/times")" -ge 5 ] || die "$(wc -l <"$work/times") sensor-stats in 16 seconds"
grep -q '^210[0-9]' "$work/times" || grep -aq 'rules-stale: .* [0-9]\{5\} days ago' "$work/live.err" || die "the clock was not set: $(tail -n 3 "$work/times")"
[ "$(tail -n 1 "$work/live.json" | jq -r '.["camwatch.stats.packets"] // empty')" != 0 ] || die "no counters at the end"
new=$(jq -r 'select(.["event.action"] == "device-new") | .["camwatch.device.id"]' "$work/live.json" | sort)
[ "$(echo "$new" | wc -l)" = "$(echo "$new" | sort -u | wc -l)" ] || die "a device was announced twice"
echo "clock: an hour back, 2106 and back again: $all frames accounted for"
