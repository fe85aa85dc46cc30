#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What an interface drops before the kernel has it is in sensor-stats, in the answers to an operator, in the metrics,
# and an alert where it is much. The interface is a TUN device: what is no IP it counts as dropped.
set -eu
. "$CAMWATCH_SOURCE/tests/integration/live.sh"
live_enter sh "$0"
[ -c /dev/net/tun ] || skip "no /dev/net/tun"
cat >"$work/tun.py" <<'END'
import fcntl, os, struct, sys
tun = os.open("/dev/net/tun", os.O_RDWR)
fcntl.ioctl(tun, 0x400454CA, struct.pack("16sH22x", b"span1", 0x0001 | 0x1000))  # TUNSETIFF: IFF_TUN, IFF_NO_PI
print("open", flush=True)
for line in sys.stdin:
    good, bad = map(int, line.split())
    packet = bytes.fromhex("4500001c000100004011") + bytes(2) + bytes([10, 9, 0, 1, 192, 0, 2, 1]) + bytes.fromhex("9c4022b800080000")
    for _ in range(good):
        os.write(tun, packet)
    for _ in range(bad):
        try:
            os.write(tun, b"\x00" * 20)  # neither IPv4 nor IPv6
        except OSError:
            pass
    print("written", flush=True)
END
mkfifo "$work/orders"
python3 "$work/tun.py" <"$work/orders" >"$work/tun.out" 2>&1 &
tun=$!
exec 9>"$work/orders"
leave() {
    exec 9>&-
    live_leave
}
trap 'leave' EXIT

# GOOD packets and BAD ones; afterwards so many lines say that they are written
feed() {
    echo "$1 $2" >&9
    tries=0
    until [ "$(grep -c written "$work/tun.out")" = "$3" ]; do
        tries=$((tries + 1))
        [ $tries -lt 200 ] || die "tun: $(cat "$work/tun.out")"
        sleep 0.1
    done
}
tries=0
until grep -q open "$work/tun.out"; do
    kill -0 $tun 2>/dev/null || skip "no TUN device here: $(tail -n 1 "$work/tun.out")"
    tries=$((tries + 1))
    [ $tries -lt 100 ] || die "tun does not start"
    sleep 0.1
done
echo 1 >/proc/sys/net/ipv6/conf/span1/disable_ipv6 # it is not to speak by itself
ip link set span1 up
feed 0 5 1 # before: none of ours
stats() {
    jq -s "map(select(.[\"event.action\"] == \"sensor-stats\")) | last | .[\"camwatch.stats.$1\"] // 0" "$work/live.json"
}
await() { # NAME VALUE
    tries=0
    until [ "$(stats "$1")" = "$2" ]; do
        tries=$((tries + 1))
        [ $tries -lt 300 ] || die "$1 is $(stats "$1"), not $2"
        sleep 0.1
    done
}
live_start --json "$work/live.json" --metrics-file "$work/camwatch.prom" span1
feed 300 40 2
await packets 300
await interface_drops 40
live_wait_for 'interface-drops: interfaces dropped 40 of'
says() { # COMMAND LINE
    "$camwatch" "$1" --run-dir "$work/run" --csv | grep -q "^$2"
}
live_until "the drops in status" says status 'dropped by interfaces,40'
live_until "the drops in counters" says counters 'frames dropped by interfaces,40'
live_until "the drops in the metrics" grep -q '^camwatch_interface_drops_total 40$' "$work/camwatch.prom"
live_stop
[ "$(jq -s 'map(select(.["rule.id"] == "interface-drops")) | length' "$work/live.json")" = 1 ] || die "not one alert"
[ "$(live_account received)" = 300 ] || die "received $(live_account received)"
echo "interface drops: told everywhere, and no part of what was captured"
