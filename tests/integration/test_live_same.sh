#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Live and replay of the same frames give the same set of events: captures of every kind, one after the other, with
# one shard and with two. What a replay is given is what the interface showed, recorded beside camwatch.
#   test_live_same.sh SHARDS [--mode reader]
set -eu
. "$CAMWATCH_SOURCE/tests/integration/live.sh"
live_enter sh "$0" "$@"
live_span
shards=$1
shift

# With several shards, what is left out:
# - network.application: nDPI keeps caches of its own in each;
# - conversations of two ends at home: one shard's, which may not know what the other end is;
# - what is known of a device when it is told of: it depends on which shard was first.
facts() {
    live_facts "$1" | if [ "$shards" = 1 ]; then cat; else
        jq -cS 'select(.["network.direction"] != "internal") | del(.["network.application"])
            | if .["event.dataset"] == "camwatch.devices"
              then select(.["event.action"] == "device-new") | .["camwatch.device.id"]
              else with_entries(select(.key | startswith("camwatch.device.") | not)) + {of: .["camwatch.device.id"]}
              end' | sort
    fi
}

compare() {
    rm -f "$work/live.json" "$work/seen.pcap"
    "$CAMWATCH_BUILD/tests/integration/record" span1 "$work/seen.pcap" >"$work/record.out" &
    record=$!
    until grep -q recording "$work/record.out"; do sleep 0.1; done
    live_start --shards "$shards" "$@" --json "$work/live.json" --home 2001:db8:10::/48 --flows all span1
    live_play "$capture"
    kill -TERM "$record"
    wait "$record"
    live_stop
    [ "$(live_account handled)" = "$sent" ] || die "$capture: sent $sent, handled $(live_account handled)"
    "$camwatch" replay --quiet --home 2001:db8:10::/48 --flows all --stats 1 --json "$work/replay.json" "$work/seen.pcap" || die "replay"
    facts "$work/live.json" >"$work/live.facts"
    facts "$work/replay.json" >"$work/replay.facts"
    [ -s "$work/live.facts" ] || die "$capture: no event"
    all=$((all + $(wc -l <"$work/live.facts")))
    diff "$work/replay.facts" "$work/live.facts" >"$work/diff" ||
        die "$capture: live ($shards shards) and replay differ: $(head -n 6 "$work/diff" | cut -c 1-3000)"
}

all=0
for name in hikvision dahua reolink pppp pppp-tcp relay viewer nvr dual-stack vlan-one-side fragments gre; do
    capture=$CAMWATCH_SOURCE/tests/golden/$name.pcap
    compare "$@"
done
for name in ${CAMWATCH_SAME_CAMERAS:-amcrest-boot}; do
    capture=$captures/cameras/$name.pcap
    compare "$@"
done
echo "the same $all events live with $shards shards as in a replay"
