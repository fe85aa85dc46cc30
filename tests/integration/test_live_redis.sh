#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# camwatch live with Redis away at its start: it watches and says so, what it saw is delivered once a server
# is there, and again after the server was away for a while. A server that answers and refuses ends it at once.
set -eu
. "$CAMWATCH_SOURCE/tests/integration/live.sh"
live_enter "$0" "$@"
command -v redis-server >/dev/null 2>&1 || skip "redis-server is not installed"
command -v redis-cli >/dev/null 2>&1 || skip "redis-cli is not installed"
live_span
chmod 755 "$work" # whoever camwatch becomes must reach the socket
socket=$work/redis.sock

server_start() { # OPTION...
    redis-server --port 0 --unixsocket "$socket" --unixsocketperm 777 --dir "$work" --save '' --appendonly no \
        --daemonize yes --pidfile "$work/redis.pid" --logfile "$work/redis.log" "$@" >/dev/null
    tries=0
    until redis-cli -s "$socket" ping >/dev/null 2>&1; do
        tries=$((tries + 1))
        [ $tries -lt 900 ] || die "redis-server did not start: $(tail -3 "$work/redis.log")"
        sleep 0.1
    done
}

server_stop() {
    redis-cli -s "$socket" ${1:+-a "$1"} shutdown nosave >/dev/null 2>&1 || true
    while [ -S "$socket" ]; do sleep 0.1; done
}

leave() {
    server_stop secret
    live_leave
}

length() {
    redis-cli -s "$socket" XLEN "camwatch:{away}:$1"
}

wait_for_more() { # STREAM THAN
    tries=0
    until [ "$(length "$1")" -gt "$2" ]; do
        tries=$((tries + 1))
        [ $tries -lt 1200 ] || die "no more than $2 events in $1: $(length "$1")"
        kill -0 "$live" 2>/dev/null || die "camwatch live ended early"
        sleep 0.1
    done
}

live_start --redis "unix://$socket" --sensor away "$@" span1
live_wait_for "$socket: No such file"
live_play "$CAMWATCH_SOURCE/tests/golden/demo.pcap"
sleep 1
trap 'leave' EXIT
server_start
wait_for_more devices 0
wait_for_more stats 0
live_wait_for "$socket: connected"
stats=$(length stats)

server_stop
sleep 2
server_start
wait_for_more stats 0 # not in this server's memory: written after it came back
echo "delivered $stats stats before, $(length stats) after the server was away again"
live_stop
server_stop

server_start --requirepass secret
status=0
"$camwatch" live --user root --run-dir "$work/run" --redis "unix://$socket" --sensor away "$@" span1 2>"$work/live.err" || status=$?
[ "$status" = 4 ] || die "a server that wants a password ended it with $status"
grep -q NOAUTH "$work/live.err" || die "it does not say what the server answered"
