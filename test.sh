#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Set-up, then every test.
#   ./test.sh         release build (program, goldens, Redis) and unit tests under ASan and UBSan
#   ./test.sh --all   also ThreadSanitizer, the report and the live page in a browser, and what needs
#                     more time; this is what CI runs
set -eu
cd "$(dirname "$0")"
. tools/setup.sh

all=no
case "${1:-}" in
"") ;;
--all) all=yes ;;
*) fail "usage: ./test.sh [--all]" ;;
esac

# shellcheck disable=SC2086
setup_packages $BUILD_PACKAGES $GEO_PACKAGES $SPAN_PACKAGES libcmocka-dev redis-server redis-tools python3 \
    python3-jsonschema g++
if [ "$all" = yes ]; then
    # shellcheck disable=SC2086
    setup_packages $BROWSER_PACKAGES
    setup_node dashboard
fi
setup_build release ON
setup_build asan ON
[ "$all" = no ] || setup_build tsan ON test_ring test_redis test_redis_tls test_hostile \
    test_delivery cw_program bench-generate

status=0
run() {
    say "tests: $*"
    ctest --output-on-failure --no-tests=error -j "$(nproc)" "$@" || status=1
}
if [ "$all" = yes ]; then
    run --test-dir build/tsan -L threads
fi
# a browser test is of the page, not of the program: once is enough
run --test-dir build/asan -LE '^(browser|only-release)$'
if [ "$all" = yes ]; then
    run --test-dir build/release -LE '^only-asan$'
else
    run --test-dir build/release -LE '^(browser|only-asan)$'
fi
[ "$all" = yes ] || say "left out: ThreadSanitizer; the report and the live page in a browser (./test.sh --all runs them)"
exit $status
