#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What the processes of camwatch live are to the kernel: another user than root, no way to gain privileges, a
# seccomp filter each, and no capability but the supervisor's to open packet sockets.
set -eu
. "$CAMWATCH_SOURCE/tests/integration/live.sh"
live_enter sh "$0"
[ "$(id -u)" = 0 ] || skip "not root: there is no user to change to"
live_span

of() {
    sed -n "s/^$2:[[:space:]]*\([^[:space:]]*\).*/\1/p" "/proc/$1/status"
}

# of PID, name: exactly these effective capabilities
check() {
    for field in Uid Gid; do
        [ "$(of "$1" $field)" != 0 ] || die "$2 has $field 0"
    done
    [ "$(of "$1" Uid)" = "$(id -u nobody)" ] || die "$2 is not nobody"
    for field in CapEff CapPrm; do
        [ "$(of "$1" $field)" = "$3" ] || die "$2 has $field $(of "$1" $field)"
    done
    [ "$(of "$1" CapBnd)" = 0000000000000000 ] || [ "$(of "$1" CapBnd)" = "$3" ] ||
        die "$2 has CapBnd $(of "$1" CapBnd)"
    [ "$(of "$1" NoNewPrivs)" = 1 ] || die "$2 may gain privileges"
    [ "$(of "$1" Seccomp)" = 2 ] || die "$2 has no filter"
}

chmod 755 "$work"
mkdir "$work/out"
chown nobody "$work/out"
for mode in fanout reader; do
    live_start --user nobody --mode $mode --shards 2 --json "$work/out/live.json" --state "$work/out/state" span1
    check "$live" supervisor 0000000000002000 # CAP_NET_RAW, bit 13
    n=0
    for pid in $(ps -o pid= --ppid "$live"); do
        check "$pid" "$(cat "/proc/$pid/comm")" 0000000000000000
        n=$((n + 1))
    done
    [ $n = 3 ] || [ $mode,$n = reader,4 ] || die "$n processes, not 2 monitors and a publisher"
    live_play "$captures/cameras/amcrest-boot.pcap"
    live_stop
    [ "$(live_account handled)" = "$sent" ] || die "sent $sent, handled $(live_account handled)"
done
# nobody is told whom to be: nobody where there is no user camwatch, and what he cannot write ends it at once
if ! id camwatch >/dev/null 2>&1; then
    mkdir "$work/roots"
    status=0
    "$camwatch" live --config /dev/null --run-dir "$work/own" --state "$work/roots/state" span1 2>"$work/live.err" || status=$?
    [ "$status" = 4 ] || die "a state that cannot be written ended it with $status"
    grep -q 'no user camwatch: this runs as nobody' "$work/live.err" || die "it does not say who it is"
    grep -q 'roots/state: its folder cannot be written: Permission denied' "$work/live.err" || die "it does not say what is wrong"
    [ "$(stat -c %U "$work/own")" = nobody ] || die "the run folder is not nobody's"
    # who ran sudo is who it becomes; a new file of events may stand where only root can write
    SUDO_USER=daemon "$camwatch" live --config /dev/null --stats 1 --run-dir "$work/his" --json "$work/roots/live.json" \
        span1 2>"$work/live.err" &
    live=$!
    live_skip=0
    live_wait_for watching
    publisher=$(ps -o pid=,comm= --ppid "$live" | awk '$2 == "publisher" { print $1 }')
    [ "$(of "$publisher" Uid)" = "$(id -u daemon)" ] || die "the publisher is not who ran sudo"
    [ "$(stat -c %U "$work/roots/live.json")" = daemon ] || die "roots/live.json is not his"
    live_until "sensor-stats in roots/live.json" grep -q sensor-stats "$work/roots/live.json"
    live_stop
fi
# who is not root is told what it takes
as_nobody() {
    setpriv --reuid nobody --regid nogroup --clear-groups "$@"
}
if as_nobody test -x "$camwatch" 2>/dev/null; then
    mkdir -m 755 "$work/not"
    status=0
    as_nobody "$camwatch" live --config /dev/null --run-dir "$work/not/his" span1 2>"$work/live.err" || status=$?
    [ "$status" = 4 ] || die "a run folder that cannot be made ended it with $status"
    grep -q 'Permission denied: run as root' "$work/live.err" || die "it does not say that root may watch"
fi
[ "$(stat -c %U "$work/out/live.json")" = nobody ] || die "live.json is not nobody's"
echo "confined: supervisor, monitors, publisher and reader"
