#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# SIGTERM drains what is on its way and ends with 0, also where all its processes get it, as from Ctrl-C at a
# terminal and from service managers; whoever hangs is waited for no longer than --drain says, and
# then the exit status tells that the account does not close.
set -eu
. "$CAMWATCH_SOURCE/tests/integration/live.sh"
live_enter sh "$0"
live_span

# Seconds and status of an end by SIGTERM, to processes besides the supervisor first.
stop() {
    begin=$(date +%s)
    kill -TERM "$@" "$live"
    status=0
    wait "$live" || status=$?
    live=
    seconds=$(($(date +%s) - begin))
}

for run in "fanout one" "reader one" "fanout all" "reader all"; do
    mode=${run% *}
    rm -f "$work/live.json"
    live_start --mode "$mode" --shards 2 --drain 100 --json "$work/live.json" --flows all span1
    live_play "$captures/cameras/amcrest-boot.pcap"
    # at once: what waits in the kernel and in rings is still told
    # shellcheck disable=SC2046
    if [ "$run" = "$mode all" ]; then stop $(ps -o pid= --ppid "$live"); else stop; fi
    [ "$status" = 0 ] || die "$run: SIGTERM ended it with $status"
    echo "$run: it ended $seconds s after SIGTERM"
    [ "$seconds" -lt 60 ] || die "$run: it took $seconds s, as if somebody were waited for"
    [ "$(live_account handled)" = "$sent" ] || die "$run: sent $sent, handled $(live_account handled)"
    told=$(jq -s 'map(select(.["event.action"] == "sensor-stats")) | last | .["camwatch.stats.packets"]' "$work/live.json")
    [ "$told" = "$sent" ] || die "$run: sent $sent, sensor-stats knows of $told"
done
for name in "monitor 0" publisher reader; do
    live_start --mode reader --shards 2 --drain 1 --json "$work/live.json" span1
    kill -STOP "$(live_pid_of "$name")"
    stop
    [ "$status" = 5 ] || die "$name hangs, and it ended with $status"
    [ "$seconds" -ge 2 ] || die "$name hangs, and was not waited for"
    echo "$name hangs: it ended $seconds s after SIGTERM"
    [ "$seconds" -lt 60 ] || die "$name hangs, and it took $seconds s"
done
echo "stop: drained at once, and hanging processes are not waited for"
