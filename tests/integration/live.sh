# SPDX-License-Identifier: Apache-2.0
# Sourced by tests of camwatch live (POSIX sh): a span port of their own, in a network namespace of their
# own. Traffic leaves neither.
#   live_enter "$0" "$@"   run the script again inside a new namespace; ends it with 77 where that cannot be
#   live_span              veth pair: frames sent into span0 are seen on span1, and nothing else is
#   live_play CAPTURE...   send captures in, at a rate that no drop is due to
#   live_wait_for PATTERN  a line of the log, from where live_look_from_here was last called
#   live_until WHAT COMMAND...  it comes to succeed; the limits here end what hangs, whatever the machine
#   live_stat NAME         of the last sensor-stats in live.json
#   live_facts JSON        its events as what they say, sorted: to compare with those of a replay
# Expects CAMWATCH_BUILD, CAMWATCH_SOURCE. Gives camwatch, captures, work (a folder that goes with the test).

skip() {
    echo "skipped: $*"
    exit 77
}

die() {
    echo "FAILED: $*"
    [ -f "$work/live.err" ] && sed 's/^/    /' "$work/live.err"
    exit 1
}

live_enter() {
    if [ -z "${CAMWATCH_IN_NAMESPACE:-}" ]; then
        for tool in unshare ip tcpreplay jq ps; do
            command -v $tool >/dev/null 2>&1 || skip "$tool is not installed"
        done
        unshare -n true 2>/dev/null || skip "this system does not let us make network namespaces"
        CAMWATCH_IN_NAMESPACE=1 exec unshare -n "$@"
    fi
    camwatch=$CAMWATCH_BUILD/host/camwatch
    captures=${CAMWATCH_CAPTURES:-$CAMWATCH_SOURCE/../shared/pcaps}
    [ -d "$captures" ] || skip "no captures at $captures (CAMWATCH_CAPTURES)"
    work=$(mktemp -d)
    live_skip=0
    trap 'live_leave' EXIT
    live=
}

live_leave() {
    if [ -n "$live" ]; then
        kill -TERM "$live" 2>/dev/null
        sleep 2
        kill -KILL "$live" 2>/dev/null
    fi
    rm -rf "$work"
}

live_span() {
    ip link add span0 type veth peer name span1 || skip "no veth interfaces here"
    for end in span0 span1; do
        echo 1 >/proc/sys/net/ipv6/conf/$end/disable_ipv6
        ip link set $end arp off up
    done
}

# Start it and wait until it watches. LeakSanitizer traces the process that it looks at, which no confined
# process lets it do; with --alone it looks.
live_start() {
    : >"$work/live.err"
    live_skip=0
    as=root # the folder of the test is root's
    case " $* " in
    *" --user "*) as= ;;
    esac
    case " $* " in
    *" --alone "*) export ASAN_OPTIONS="${live_asan:-}" ;;
    *) export ASAN_OPTIONS="detect_leaks=0:${live_asan:-}" ;;
    esac
    LD_PRELOAD="${live_preload:-}" "$camwatch" live --stats 1 --run-dir "$work/run" --drain 120 ${as:+--user $as} "$@" \
        2>"$work/live.err" &
    live=$!
    live_wait_for 'watching'
}

live_until() {
    what=$1
    shift
    until_s=$(($(date +%s) + 180))
    until "$@"; do
        [ "$(date +%s)" -lt $until_s ] || die "it did not come about: $what (the last sensor-stats: $(live_stat packets) frames)"
        kill -0 "$live" 2>/dev/null || die "camwatch live ended early"
        sleep 0.1
    done
}

live_look_from_here() {
    live_skip=$(wc -l <"$work/live.err")
}

log_has() {
    tail -n +$((live_skip + 1)) "$work/live.err" | grep -aq "$1"
}

live_wait_for() {
    live_until "a line '$1' in the log" log_has "$1"
}

live_stat() {
    grep -a '"event.action":"sensor-stats"' "$work/live.json" 2>/dev/null | tail -n 1 |
        jq -r ".[\"camwatch.stats.$1\"] // 0" 2>/dev/null || echo 0
}

has_told() {
    [ "$(live_stat packets)" = "$1" ]
}

# Frames that the last sensor-stats must come to know of.
live_wait_for_frames() {
    live_until "$1 frames in sensor-stats" has_told "$1"
}

# The number of a process, as ps names it; nothing where it is not there.
live_pid_of() {
    ps -o pid=,comm= --ppid "$live" | awk -v name="$1" '{ pid = $1; $1 = ""; if ($0 == " " name) print pid }'
}

is_there() {
    [ -n "$(live_pid_of "$1")" ]
}

# Kill -9 it, once it is there.
live_kill() {
    live_until "$1 is there" is_there "$1"
    live_look_from_here
    kill -KILL "$(live_pid_of "$1")"
    live_wait_for "$1 ended: signal 9"
}

live_play() {
    tcpreplay -q -i span0 --pps 4000 "$@" >"$work/play.out" 2>&1 || die "tcpreplay: $(cat "$work/play.out")"
    sent=$(sed -n 's/.*Successful packets: *//p' "$work/play.out")
}

# SIGTERM: drains, ends with 0.
live_stop() {
    kill -TERM "$live"
    status=0
    wait "$live" || status=$?
    live=
    [ "$status" = 0 ] || die "SIGTERM ended it with $status"
}

# The sum of what is behind "received" or "handled" in the account lines of all monitors.
live_account() {
    sed -n "s/^.*[: ]received \([0-9]*\) frames = handled \([0-9]*\) .*/received \1 handled \2/p" "$work/live.err" |
        sed -n "s/^.*$1 \([0-9]*\).*/\1/p" | awk '{ sum += $1 } END { print sum + 0 }'
}

# What an event says, without when, which number, and what only a sensor or a replay has. Alerts are left
# out: a sensor that starts learns first what is usual, a replay does not.
live_facts() {
    jq -cS 'select(.["event.action"] != "sensor-stats" and .["event.kind"] != "alert")
        | del(.["@timestamp"], .["event.id"], .["event.start"], .["event.end"], .["event.duration"],
              .["event.created"], .["observer.name"], .["observer.ingress.interface.name"],
              .["camwatch.capture.file"], .["camwatch.capture.frame"], .["camwatch.flow.id"],
              .["message"])
        | if .["camwatch.evidence"] then .["camwatch.evidence"] |= map(sub(":[^:]*$"; "")) else . end' "$1" |
        sort
}
