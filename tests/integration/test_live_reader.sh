#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Where a tunnel carries the traffic, the kernel sees its two ends only: all of it falls to one shard. With
# --mode reader the frames are dealt out by the devices inside, none is lost on the way, the conversations are those
# of a replay, and whoever dies or vanishes comes back.
set -eu
. "$CAMWATCH_SOURCE/tests/integration/live.sh"
live_enter sh "$0"
live_span
for end in span0 span1; do
    ip link set $end mtu 9000
done

flows() {
    jq -r 'select(.["event.action"] == "flow-end") | .["network.community_id"]' "$1" | sort | uniq
}

# Monitors that had anything to do with more than a few frames.
busy() {
    sed -n 's/^.*monitor [0-9]*: received \([0-9]*\) frames.*/\1/p' "$work/live.err" | awk '$1 > 20 { n++ } END { print n + 0 }'
}

capture=$work/plain.pcap
python3 - "$captures/cameras/amcrest-boot.pcap" "$capture" <<'END'
# The camera ten times, at ten addresses: the last byte of its network's addresses and its MAC go up.
import struct, sys
data = open(sys.argv[1], "rb").read()
with open(sys.argv[2], "wb") as out:
    out.write(data[:24])
    at, n = 24, 0
    while at < len(data):
        size = struct.unpack_from("<I", data, at + 8)[0]
        head, frame = data[at:at + 16], bytearray(data[at + 16:at + 16 + size])
        at += 16 + size
        for copy in range(10):
            new = bytearray(frame)
            if new[12:14] == b"\x08\x00":
                for place in (26, 30):
                    if new[place] in (10, 172, 192):
                        new[place + 1] = copy if new[place] == 10 else new[place + 1]
                        new[place + 2] ^= copy << 2
            out.write(head + new)
END
sum() {
    [ "$(live_account received)" = "$sent" ] || die "$1: sent $sent, received $(live_account received)"
    [ "$(live_account handled)" = "$sent" ] || die "$1: sent $sent, handled $(live_account handled)"
}

for tunnel in vxlan gre; do
    python3 "$CAMWATCH_SOURCE/tests/integration/wrap.py" $tunnel "$capture" "$work/$tunnel.pcap"
    "$camwatch" replay --quiet --flows all --json "$work/replay.json" "$work/$tunnel.pcap" || true
    flows "$work/replay.json" >"$work/replay.flows"
    [ "$(wc -l <"$work/replay.flows")" -gt 100 ] || die "$tunnel: hardly a conversation"

    rm -f "$work/live.json"
    live_start --shards 4 --json "$work/live.json" --flows all span1
    live_play "$work/$tunnel.pcap"
    live_stop
    sum "$tunnel, fanout"
    [ "$(busy)" -le 1 ] || die "$tunnel: the kernel dealt by more than the tunnel's ends"

    rm -f "$work/live.json"
    live_start --mode reader --shards 4 --json "$work/live.json" --flows all span1
    live_play "$work/$tunnel.pcap"
    live_stop
    sum "$tunnel, reader"
    [ "$(busy)" -ge 3 ] || die "$tunnel: $(busy) of 4 shards had work"
    flows "$work/live.json" >"$work/live.flows"
    diff "$work/replay.flows" "$work/live.flows" >"$work/diff" ||
        die "$tunnel: other conversations than in a replay: $(head -n 10 "$work/diff")"
done

# the reader dies, a monitor dies, the interface vanishes
rm -f "$work/live.json"
live_start --mode reader --shards 2 --json "$work/live.json" span1
live_kill reader
live_until 'a reader is there' is_there reader
live_kill 'monitor 1'
live_play "$work/gre.pcap" # while it is gone its frames wait
first=$sent
live_wait_for_frames "$first" # what is still in a ring goes with its interface
live_look_from_here
ip link del span0
live_wait_for 'waiting for it to come back'
live_span
for end in span0 span1; do
    ip link set $end mtu 9000
done
live_wait_for 'span1 is back'
live_play "$work/vxlan.pcap"
live_stop
sent=$((first + sent))
sum "restarts"

# monitors that cannot follow: what the reader could not hand on is counted, and told
rm -f "$work/live.json"
live_start --mode reader --shards 2 --buffer 1M --json "$work/live.json" span1
kill -STOP "$(live_pid_of "monitor 0")" "$(live_pid_of "monitor 1")"
live_play --loop 2 "$work/gre.pcap"
kill -CONT "$(live_pid_of "monitor 0")" "$(live_pid_of "monitor 1")"
live_wait_for 'kernel-drops: '
live_stop
[ "$(live_account received)" = "$sent" ] || die "sent $sent, received $(live_account received)"
handled=$(live_account handled)
[ "$handled" -lt "$sent" ] || die "nothing was dropped"
dropped=$(jq -s 'map(select(.["event.action"] == "sensor-stats")) | last | .["camwatch.stats.kernel_drops"]' "$work/live.json")
[ $((dropped + handled)) = "$sent" ] || die "sent $sent, dropped $dropped, handled $handled"
echo "reader: tunnels dealt out by the devices inside; every frame accounted for"
