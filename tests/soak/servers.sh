# SPDX-License-Identifier: Apache-2.0
# Sourced by the scripts here: servers of their own on loopback, in a folder that goes with them.
#   work            the folder
#   serve PORT ARG...     start a redis-server there (pid in $work/PORT/pid) and wait for it
#   cut PORT        kill -9 it
#   ask PORT ARG... redis-cli
#   wait_for WHAT COMMAND...   until it succeeds; ends the script where it does not, after minutes
#   has_flows PORT N      the stream of flows has as many
#   knows_all PORT N      a Sentinel knows a replica and N other Sentinels
command -v redis-server >/dev/null 2>&1 || { echo "skipped: no redis-server on this machine"; exit 77; }
# A network of their own, where the system allows it: no port is anybody else's.
if [ -z "${CAMWATCH_IN_NAMESPACE:-}" ] && command -v ip >/dev/null 2>&1 && unshare -n true 2>/dev/null; then
    CAMWATCH_IN_NAMESPACE=1 exec unshare -n sh "$0" "$@"
fi
[ -z "${CAMWATCH_IN_NAMESPACE:-}" ] || ip link set lo up
deliver=${CAMWATCH_BUILD:?}/tests/soak/deliver
work=$(mktemp -d "${TMPDIR:-/tmp}/camwatch-soak-XXXXXX")
started=

clean_up() {
    for pid in $started; do
        kill -9 "$pid" 2>/dev/null || true
    done
    touch "$work/over"
    for file in "$work"/*.pid; do
        [ ! -e "$file" ] || kill -9 "$(cat "$file")" 2>/dev/null || true
    done
    wait 2>/dev/null || true
    ${on_exit:-true}
    rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 1' INT TERM

ask() {
    ask_port=$1
    shift
    redis-cli -h 127.0.0.1 -p "$ask_port" "$@"
}

wait_for() {
    waits_for=$1
    shift
    waits_until=$(($(date +%s) + 180))
    until "$@"; do
        [ "$(date +%s)" -lt $waits_until ] || { echo "it did not come about: $waits_for"; exit 1; }
        sleep 0.1
    done
}

has_flows() {
    found=$(ask "$1" xlen 'camwatch:{soak}:flows' 2>/dev/null) || return 1
    [ "${found:-0}" -ge "$2" ] 2>/dev/null
}

knows_all() {
    ask "$1" --no-auth-warning sentinel master site 2>/dev/null | tr -d '\r' >"$work/knows" || return 1
    [ "$(sed -n '/^num-slaves$/{n;p}' "$work/knows")" = 1 ] &&
        [ "$(sed -n '/^num-other-sentinels$/{n;p}' "$work/knows")" = "$2" ]
}

# A port that nobody listens on, from a place of our own; 12 in a row are used.
base_port=$((10000 + $$ % 900 * 12)) # below those that connections take, also 10000 above

serve() {
    serve_port=$1
    shift
    mkdir -p "$work/$serve_port"
    (cd "$work/$serve_port" && exec redis-server "$@" --port "$serve_port" --bind 127.0.0.1 --dir "$work/$serve_port" \
        --save "" --daemonize no >>"$work/$serve_port/log" 2>&1) &
    echo $! >"$work/$serve_port/pid"
    started="$started $!"
    tries=0
    until [ "$(ask "$serve_port" ping 2>/dev/null | tail -n 1)" = PONG ] || [ $tries -ge 3000 ]; do # a long log is read first
        sleep 0.1
        tries=$((tries + 1))
    done
}

cut() {
    pid=$(cat "$work/$1/pid")
    kill -9 "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
}
