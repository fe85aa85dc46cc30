#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# From nothing to a first result.
#   ./quickstart.sh [FILE...]           set up, build, replay FILE (or a constructed capture), summary
#   ./quickstart.sh --redis [FILE...]   the same into a private redis-server, then read events back
set -eu
here=$PWD
cd "$(dirname "$0")"
. tools/setup.sh

use_redis=no
case "${1:-}" in
--redis)
    use_redis=yes
    shift
    ;;
-h | --help)
    sed -n '3,5s/^# \{0,1\}//p' "$0"
    exit 0
    ;;
-*) fail "usage: ./quickstart.sh [--redis] [FILE...]" ;;
esac

# shellcheck disable=SC2086
setup_packages $BUILD_PACKAGES $GEO_PACKAGES
[ "$use_redis" = no ] || setup_packages redis-server redis-tools
# a build that has tests keeps them
if is_configured release ON; then setup_build release ON; else setup_build release OFF; fi
program=$PWD/build/release/host/camwatch
rules=$PWD/rules
geo=$PWD/build/geo
if [ ! -f "$geo/camwatch-country.mmdb" ] || [ ! -f "$geo/camwatch-asn.mmdb" ]; then
    say "building the geo databases (country and AS; about a minute, once)"
    mkdir -p "$geo"
    tools/camwatch-geo update --dir "$geo" >&2 ||
        say "no geo databases: countries stay empty (tools/camwatch-geo update tries again)"
fi

if [ $# = 0 ]; then
    set -- "$PWD/tests/golden/demo.pcap"
    say "no FILE given: replaying tests/golden/demo.pcap, which is constructed, not captured"
else
    cd "$here"
fi
# how to go on without this script
tell_more() {
    printf '\n' >&2
    say "the program is $program; its 'help' tells what it can do"
    say "it finds the geo databases made here with: export CAMWATCH_GEO_DIR=$geo"
}
if [ "$use_redis" = no ]; then
    status=0
    CAMWATCH_GEO_DIR="$geo" "$program" replay --rules "$rules" "$@" || status=$?
    [ $status -ne 0 ] || tell_more
    exit $status
fi

run=$(dirname "$program")/redis
mkdir -p "$run"
socket=$run/redis.sock
say "private redis-server on $socket"
redis-server --port 0 --unixsocket "$socket" --dir "$run" --save '' --appendonly no --daemonize yes \
    --pidfile "$run/redis.pid" --logfile "$run/redis.log" >/dev/null
trap 'redis-cli -s "$socket" shutdown nosave >/dev/null 2>&1 || true' EXIT
tries=0
until redis-cli -s "$socket" ping >/dev/null 2>&1; do
    tries=$((tries + 1))
    [ $tries -lt 50 ] || fail "redis-server did not start; see $run/redis.log"
    sleep 0.1
done
status=0
CAMWATCH_GEO_DIR="$geo" "$program" replay --rules "$rules" --redis "unix://$socket" --sensor quickstart "$@" ||
    status=$?
for stream in devices flows; do
    say "redis-cli XRANGE camwatch:{quickstart}:$stream - + COUNT 1"
    # the entry's ID, then fields and values in turn
    redis-cli -s "$socket" XRANGE "camwatch:{quickstart}:$stream" - + COUNT 1 | sed 1d |
        paste - - 2>/dev/null | awk -F '\t' 'NF == 2 && $2 != "" { print "   " $1 " = " $2 }' || true
done
exit $status
