# SPDX-License-Identifier: Apache-2.0
# Shared by quickstart.sh and test.sh (POSIX sh, sourced): says what is done, installs what is missing.
#   setup_packages NAME...   Debian packages; nothing happens when all are there
#   setup_node FOLDER        npm packages of a folder
#   setup_build PRESET ON|OFF [TARGET...]   configure once, with or without tests, then build

say() {
    printf '\033[1m==>\033[0m %s\n' "$*" >&2
}

fail() {
    printf 'camwatch: %s\n' "$*" >&2
    exit 1
}

as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif command -v sudo >/dev/null 2>&1; then
        sudo "$@"
    else
        fail "packages are missing ($missing) and this is neither root nor is there sudo"
    fi
}

BUILD_PACKAGES="gcc cmake ninja-build pkg-config libpcap-dev libndpi-dev libmaxminddb-dev libhiredis-dev
    libyaml-dev zlib1g-dev libzstd-dev libseccomp-dev libcap-ng-dev libmicrohttpd-dev libssl-dev scdoc"
# a span port to test on: network namespaces and traffic
SPAN_PACKAGES="iproute2 tcpreplay jq procps"
# the report and the live page in a browser (test.sh --all); node also comes from elsewhere, npm with it
BROWSER_PACKAGES="chromium fonts-dejavu-core"
command -v npm >/dev/null 2>&1 || BROWSER_PACKAGES="$BROWSER_PACKAGES nodejs npm"
# what writes the geo databases; their data is unpacked, not installed (tools/camwatch-geo)
GEO_PACKAGES="libmaxmind-db-writer-perl python3"

check_distribution() {
    ID=unknown
    VERSION_ID=
    # shellcheck disable=SC1091
    [ -r /etc/os-release ] && . /etc/os-release
    if ! command -v apt-get >/dev/null 2>&1; then
        fail "this is $ID $VERSION_ID; the set-up knows Debian 12, 13 and Ubuntu 24.04.
Elsewhere install a C compiler, cmake 3.25, ninja, pkg-config and the development files of libpcap, nDPI
(4.2 or later), libmaxminddb, hiredis, libyaml, zlib, libzstd,
libseccomp, libcap-ng and libmicrohttpd (tests: cmocka, redis-server), then:
    cmake --preset release && cmake --build --preset release"
    fi
}

is_installed() {
    dpkg-query -W -f '${Status}' "$1" 2>/dev/null | grep -q 'ok installed'
}

setup_packages() {
    missing=
    for package in "$@"; do
        is_installed "$package" || missing="$missing $package"
    done
    [ -z "$missing" ] && return 0
    check_distribution
    say "installing:$missing"
    as_root env DEBIAN_FRONTEND=noninteractive apt-get update -qq >&2 ||
        fail "apt-get update failed: is the network there?"
    # shellcheck disable=SC2086
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing \
        >"${TMPDIR:-/tmp}/camwatch-setup.log" 2>&1 || {
        tail -n 20 "${TMPDIR:-/tmp}/camwatch-setup.log" >&2
        fail "the packages could not be installed; the whole output is in ${TMPDIR:-/tmp}/camwatch-setup.log"
    }
}

# is the build configured, with this choice about tests?
is_configured() {
    [ -f "build/$1/build.ninja" ] && grep -qx "CW_BUILD_TESTS:BOOL=$2" "build/$1/CMakeCache.txt"
}

# the packages of a folder with a package-lock.json, once for each state of it; no install scripts run
setup_node() {
    stamp=$1/node_modules/.package-lock.json
    [ -f "$stamp" ] && [ ! "$1/package-lock.json" -nt "$stamp" ] && return 0
    say "installing the npm packages of $1"
    (cd "$1" && npm ci --no-audit --no-fund --loglevel=error >&2) || fail "npm ci in $1 failed"
}

setup_build() {
    preset=$1
    tests=$2
    shift 2
    mkdir -p "build/$preset"
    if ! is_configured "$preset" "$tests"; then
        say "configuring the $preset build"
        cmake --preset "$preset" -DCW_BUILD_TESTS="$tests" >"build/$preset/configure.log" 2>&1 || {
            tail -n 20 "build/$preset/configure.log" >&2
            fail "cmake could not configure the $preset build; see build/$preset/configure.log"
        }
    fi
    say "building ($preset)"
    cmake --build --preset "$preset" ${1:+--target "$@"} >"build/$preset/build.log" 2>&1 || {
        tail -n 40 "build/$preset/build.log" >&2
        fail "the $preset build failed; the whole output is in build/$preset/build.log"
    }
}
