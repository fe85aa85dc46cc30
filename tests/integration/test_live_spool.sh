#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# camwatch live into Redis through a spool on disk, with the publisher and the server killed (-9) under it: every
# event is in its stream once and in order, no device is announced twice, and what was counted is what was sent.
set -eu
. "$CAMWATCH_SOURCE/tests/integration/live.sh"
command -v redis-server >/dev/null 2>&1 || skip "redis-server is not installed"
live_enter sh "$0"
live_span
socket=$work/redis.sock
server=

leave() {
    [ -z "$server" ] || kill -KILL "$server" 2>/dev/null || true
    live_leave
}
trap 'leave' EXIT

ask() {
    redis-cli -s "$socket" "$@"
}

server_start() {
    mkdir -p "$work/data"
    redis-server --port 0 --unixsocket "$socket" --unixsocketperm 777 --dir "$work/data" --save "" --appendonly yes \
        --appendfsync always >"$work/redis.out" 2>&1 &
    server=$!
    tries=0
    until [ "$(ask ping 2>/dev/null)" = PONG ]; do
        tries=$((tries + 1))
        [ $tries -lt 900 ] || die "redis-server: $(cat "$work/redis.out")"
        sleep 0.1
    done
}

server_cut() {
    kill -KILL "$server"
    wait "$server" 2>/dev/null || true
}

# A field of all entries of a stream, a line each.
field() {
    ask --raw XRANGE "camwatch:{spool}:$1" - + | awk -v name="$2" 'is_it { print } { is_it = $0 == name }'
}

capture=$captures/cameras/amcrest-boot.pcap
server_start
live_start --shards 2 --state "$work/state" --redis "unix://$socket" --spool "$work/spool" --sensor spool --flows all span1
live_play "$capture"
all=$sent
live_kill publisher
live_play "$capture"
all=$((all + sent))
server_cut
live_play "$capture"
all=$((all + sent))
live_kill publisher
live_play "$capture"
all=$((all + sent))
server_start
tries=0
until [ "$(field stats camwatch.stats.packets | tail -n 1)" = "$all" ]; do
    tries=$((tries + 1))
    [ $tries -lt 300 ] || die "sent $all frames, sensor-stats in Redis knows of $(field stats camwatch.stats.packets | tail -n 1)"
    sleep 0.5
done
live_stop
[ "$(ask get 'camwatch:{spool}:owner')" = "" ] || die "the name is still held"
for stream in alerts devices flows stats; do
    field $stream event.id | awk -v stream="$stream" '{
        split($0, part, "-"); number = substr(part[2], 2) + 0
        if (NR > 1 && (part[1] != boot || number != last + 1)) { print stream ": " $0 " behind " boot " " last; bad = 1 }
        if (NR == 1 && number != 1) { print stream " begins with " $0; bad = 1 }
        boot = part[1]; last = number
    } END { if (NR == 0) { print stream " is empty"; bad = 1 } exit bad }' || die "numbers of $stream"
done
new=$(ask --raw XRANGE 'camwatch:{spool}:devices' - + | awk '
    last == "event.action" { action = $0 } last == "camwatch.device.id" && action == "device-new" { print } { last = $0 }')
[ -n "$new" ] || die "no device"
[ "$(echo "$new" | sort | uniq -d)" = "" ] || die "announced twice: $(echo "$new" | sort | uniq -d)"
echo "$all frames, $(field flows event.id | wc -l) events of flows, each once; $(echo "$new" | wc -l) devices"
