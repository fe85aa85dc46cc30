#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# camwatch live with several shards: no frame is misdealt or lost between them, processes that are killed
# come back, what they had made is kept, no device is announced twice, and a second camwatch keeps away.
set -eu
. "$CAMWATCH_SOURCE/tests/integration/live.sh"
live_enter sh "$0"
live_span

count() {
    jq -s "map(select($1)) | length" "$work/live.json"
}

# The conversations of an output, each once, by both ends.
flows() {
    jq -r 'select(.["event.action"] == "flow-end") | .["network.community_id"]' "$1" | sort
}

has_metrics() {
    grep -q "^camwatch_frames_total $first\$" "$work/camwatch.prom"
}

has_counted() {
    [ "$("$camwatch" counters --json --run-dir "$work/run" | jq -r 'select(.counter == "frames").value')" = "$first" ]
}

capture=$captures/cameras/amcrest-boot.pcap
state=$work/state
live_start --shards 3 --metrics-file "$work/camwatch.prom" --state "$state" --json "$work/live.json" --flows all span1
"$camwatch" live --user root --run-dir "$work/run" --json "$work/second.json" span1 2>"$work/second.err" &&
    die "a second camwatch works in the same folder"
grep -q 'another camwatch' "$work/second.err" || die "the second one says: $(cat "$work/second.err")"

live_play "$capture"
first=$sent
live_wait_for_frames "$first"
live_until "$first frames for who asks" has_counted
live_until "metrics of $first frames" has_metrics
[ "$(ps -o pid= --ppid "$live" | wc -l)" = 4 ] || die "not 3 monitors and a publisher"

# questions of an operator
ask() {
    "$camwatch" "$@" --run-dir "$work/run" || die "camwatch $* ended with $?"
}
ask devices --json | jq -e 'select(.brand == "Amcrest" and .kind == "camera")' >"$work/out" || die "devices: no Amcrest"
[ "$(ask status --json | jq -r 'select(.what == "shards").value')" = 3 ] || die "status: not 3 shards"
[ "$(ask counters --json | jq -r 'select(.counter == "frames").value')" = "$first" ] || die "counters: not $first frames"
ask counters --csv | grep -q "^frames parsed,$first" || die "counters as CSV"
ask alerts --csv | grep -q '^time,kind,severity' || die "alerts"
"$camwatch" status --run-dir "$work/elsewhere" 2>"$work/out" && die "status of nobody"

live_kill publisher
live_play "$capture"
second=$sent
live_wait_for_frames $((first + second)) # what a monitor has not reported ends with it
live_kill 'monitor 1'
live_play "$capture" # while it is gone its frames wait
live_wait_for_frames $((first + second + sent))
live_stop

all=$((first + second + sent))
dead=$(sed -n 's/.*monitor \([0-9]\) ended.*/\1/p' "$work/live.err")
[ "$(live_account handled)" -gt 0 ] || die "no account"
# what the killed monitor had counted is in the sum of sensor-stats as far as it had reported it
sum=$(jq -s 'map(select(.["event.action"] == "sensor-stats")) | last | .["camwatch.stats.packets"]' "$work/live.json")
[ "$sum" = "$all" ] || die "sent $all frames, sensor-stats knows of $sum (monitor $dead was killed)"
[ "$(count '.["event.action"] == "device-new"')" = "$(
    jq -s 'map(select(.["event.action"] == "device-new") | .["camwatch.device.id"]) | unique | length' "$work/live.json"
)" ] || die "a device was announced twice"
[ "$(count '.["event.action"] == "device-new"')" -gt 0 ] || die "no device"

# dealt out: as one process sees it
rm -f "$state"
live_start --shards 3 --json "$work/live.json" --flows all span1
live_play "$capture"
live_stop
[ "$(live_account received)" = "$sent" ] || die "sent $sent, received $(live_account received)"
"$camwatch" replay --quiet --flows all --json "$work/replay.json" "$capture"
flows "$work/live.json" | uniq >"$work/live.flows"
flows "$work/replay.json" | uniq >"$work/replay.flows"
diff "$work/replay.flows" "$work/live.flows" >"$work/diff" ||
    die "other conversations than in a replay: $(head -n 10 "$work/diff")"
# a monitor that cannot follow: what the kernel drops is counted to the frame, and told
live_start --shards 1 --buffer 1M --json "$work/live.json" span1
kill -STOP "$(live_pid_of "monitor 0")"
live_play --loop 4 "$captures/cameras/xiaomi-y2-speak_local.pcap"
kill -CONT "$(live_pid_of "monitor 0")"
live_wait_for 'kernel-drops: '
live_stop
[ "$(live_account received)" = "$sent" ] || die "sent $sent, received $(live_account received)"
[ "$(live_account handled)" -lt "$sent" ] || die "nothing was dropped"
dropped=$(jq -s 'map(select(.["event.action"] == "sensor-stats")) | last | .["camwatch.stats.kernel_drops"]' "$work/live.json")
[ $((dropped + $(live_account handled))) = "$sent" ] || die "sent $sent, dropped $dropped, handled $(live_account handled)"
[ "$(count '.["event.action"] == "sensor-alert" and .["rule.id"] == "kernel-drops"')" = 1 ] || die "no alert of drops"

echo "3 shards: nothing misdealt; killed processes came back"
