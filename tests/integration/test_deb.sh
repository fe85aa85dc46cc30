#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The Debian package in a bare Debian 12: installed with and without a network, started as its unit would, with
# its own user and the one capability, replayed to, upgraded, removed, purged. Needs root and, the first time,
# a network for debootstrap and apt, so it only runs when asked:
#
#   CAMWATCH_BARE=1 tests/integration/test_deb.sh [PACKAGE.deb]
#
# Without a package it builds one in build/deb. The bare system is kept as build/bare/bookworm.tar; each run
# unpacks it into memory (about 700 MB), in a mount namespace of its own that takes it along when it ends.
# Traffic stays in a network namespace.
set -eu
CAMWATCH_SOURCE=${CAMWATCH_SOURCE:-$(cd "$(dirname "$0")/../.." && pwd)}
export CAMWATCH_SOURCE

skip() { echo "skipped: $*"; exit 77; }
die() { echo "FAILED: $*"; exit 1; }
step() { echo "==> $*"; }

[ "${CAMWATCH_BARE:-}" = 1 ] || skip "a bare Debian is only made when asked: CAMWATCH_BARE=1"
[ "$(id -u)" = 0 ] || skip "not root"
for tool in debootstrap cpack unshare tcpreplay jq ip dpkg-deb python3; do
    command -v $tool >/dev/null 2>&1 || skip "$tool is not installed"
done
bare=$CAMWATCH_SOURCE/build/bare
mkdir -p "$bare"

# ---- outside: the package and the bare system ----

build_package() {
    step "building the package" >&2
    cmake -G Ninja -S "$CAMWATCH_SOURCE" -B "$CAMWATCH_SOURCE/build/deb" -DCMAKE_BUILD_TYPE=RelWithDebInfo -DCW_LTO=ON \
        -DCMAKE_INSTALL_PREFIX=/usr -DCW_BUILD_TESTS=OFF -DCW_BUILD_BENCH=OFF >"$bare/build.log" 2>&1 &&
        cmake --build "$CAMWATCH_SOURCE/build/deb" >>"$bare/build.log" 2>&1 &&
        (cd "$CAMWATCH_SOURCE/build/deb" && rm -f ./*.deb && cpack -G DEB) >>"$bare/build.log" 2>&1 ||
        die "the package could not be built: $bare/build.log"
    ls "$CAMWATCH_SOURCE"/build/deb/camwatch_*.deb
}

make_bare() {
    [ ! -e "$bare/bookworm.tar" ] || return 0
    step "debootstrap (once)"
    unshare -m --propagation private sh -ec "mount -t tmpfs -o size=2G none '$1'
        debootstrap --variant=minbase --include=ca-certificates bookworm '$1' http://deb.debian.org/debian
        tar -C '$1' --one-file-system -cf '$bare/bookworm.tar.part' .
        mv '$bare/bookworm.tar.part' '$bare/bookworm.tar'" >"$bare/debootstrap.log" 2>&1 ||
        die "debootstrap: $bare/debootstrap.log"
}

if [ -z "${CAMWATCH_IN_BARE:-}" ]; then
    package=${1:-$(build_package)}
    root=$(mktemp -d)
    make_bare "$root"
    status=0
    CAMWATCH_IN_BARE=$root unshare -m --propagation private sh "$0" "$(readlink -f "$package")" || status=$?
    rmdir "$root" # empty: what was mounted there is gone with its namespace
    exit $status
fi

# ---- inside ----

root=$CAMWATCH_IN_BARE
in_root() { chroot "$root" env -u TMPDIR LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive PATH=/usr/sbin:/usr/bin:/sbin:/bin "$@"; }
quietly() { in_root "$@" >"$root/tmp/out" 2>&1 || { tail -n 30 "$root/tmp/out"; die "$*"; }; }
is() { # FILE OWNER MODE
    [ "$(in_root stat -c '%U:%G %a' "$1")" = "$2 $3" ] || die "$1 is $(in_root stat -c '%U:%G %a' "$1"), not $2 $3"
}

# ---- its own network: a span port, and the service as the unit starts it ----

if [ "${CAMWATCH_BARE_NET:-}" = 1 ]; then
    state=$1
    ip link add span0 type veth peer name span1
    for end in span0 span1; do
        echo 1 >/proc/sys/net/ipv6/conf/$end/disable_ipv6
        ip link set $end arp off up
    done
    mount -t sysfs none "$root/sys"
    unit=$root/usr/lib/systemd/system/camwatch@.service
    command_of() { sed -n "s/^$1=//p" "$unit" | sed 's/%i/span1/g; s/%H/bare/g'; }
    # RuntimeDirectory= and StateDirectory= of the unit
    in_root install -d -o camwatch -g camwatch -m 0700 /run/camwatch-span1
    python3 -c '
import os, socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1])
os.chmod(sys.argv[1], 0o777)
while True:
    with open(sys.argv[2], "ab") as out:
        out.write(s.recv(4096) + b"\n")
' "$root/run/notify" "$root/tmp/notify" &
    listener=$!
    while [ ! -S "$root/run/notify" ]; do sleep 0.1; done
    as_service() { # in a subshell of its own, whose place it takes
        exec chroot "$root" setpriv --reuid camwatch --regid camwatch --init-groups --inh-caps=-all,+net_raw \
            --ambient-caps=-all,+net_raw --bounding-set=-all,+net_raw --no-new-privs \
            env -i PATH=/usr/bin NOTIFY_SOCKET=/run/notify WATCHDOG_USEC=30000000 "$@"
    }
    # shellcheck disable=SC2046
    (as_service $(command_of ExecStartPre)) >"$root/tmp/check" 2>&1 || { cat "$root/tmp/check"; die "ExecStartPre"; }
    # shellcheck disable=SC2046
    as_service $(command_of ExecStart) --stats 1 2>"$root/tmp/log" &
    service=$!
    end() { kill -KILL $service $listener 2>/dev/null || true; umount "$root/sys"; rm -f "$root/run/notify" "$root/tmp/notify"; }
    trap end EXIT
    tries=0
    until grep -q READY=1 "$root/tmp/notify" 2>/dev/null; do
        tries=$((tries + 1))
        [ $tries -lt 150 ] || { cat "$root/tmp/log"; die "no READY=1"; }
        kill -0 $service 2>/dev/null || { cat "$root/tmp/log"; die "the service ended"; }
        sleep 0.1
    done
    # who it is, and what it may
    for pid in $service $(ps -o pid= --ppid $service); do
        cap=$(sed -n 's/^CapEff:\t//p' /proc/"$pid"/status)
        name=$(cat /proc/"$pid"/comm)
        case $name in camwatch) due=0000000000002000 ;; *) due=0000000000000000 ;; esac
        [ "$cap" = $due ] || die "$name has capabilities $cap"
        [ "$(sed -n 's/^Seccomp:\t//p' /proc/"$pid"/status)" = 2 ] || die "$name has no seccomp filter"
        [ "$(stat -c %u /proc/"$pid")" = "$(in_root id -u camwatch)" ] || die "$name is not the user camwatch"
    done
    tcpreplay -q -i span0 --pps 2000 "$CAMWATCH_SOURCE/tests/golden/demo.pcap" >"$root/tmp/play" 2>&1
    sleep 3
    ask() { in_root camwatch "$@" --run-dir /run/camwatch-span1; }
    [ "$(ask counters --json | jq -r 'select(.counter == "frames").value')" = 467 ] || die "not 467 frames"
    ask devices --json | jq -r .brand | sort | tr '\n' ' ' >"$root/tmp/brands"
    grep -q 'Hikvision\|Imou' "$root/tmp/brands" && grep -q Uniview "$root/tmp/brands" ||
        die "devices: $(cat "$root/tmp/brands"), log: $(cat "$root/tmp/log")"
    ask devices
    ask status --csv | grep -q '^interface,span1' || die "status"
    kill -TERM $service
    status=0
    wait $service || status=$?
    [ $status = 0 ] || { cat "$root/tmp/log"; die "SIGTERM ended it with $status"; }
    grep -q STOPPING=1 "$root/tmp/notify" || die "no STOPPING=1"
    grep -q 'received 467 frames = handled 467' "$root/tmp/log" || { cat "$root/tmp/log"; die "the account"; }
    new=$(jq -s 'map(select(.["event.action"] == "device-new")) | length' "$root/var/log/camwatch/events.json")
    [ "$new" = "$state" ] || die "$new devices are new in all runs, not $state"
    is /var/lib/camwatch/span1.state camwatch:camwatch 600
    exit 0
fi

package=$1
step "unpacking the bare system"
mount -t tmpfs -o size=3G,mode=0755 none "$root"
tar -C "$root" -xf "$bare/bookworm.tar"
mount -t proc none "$root/proc"
mount --rbind /dev "$root/dev"
cp /etc/resolv.conf "$root/etc/resolv.conf"
cp "$package" "$root/tmp/first.deb"
printf 'APT::Get::Always-Include-Phased-Updates "1";\nAcquire::Retries "3";\n' >"$root/etc/apt/apt.conf.d/90test"

step "apt: dependencies, then the package without a network"
quietly apt-get -qq update
quietly apt-get -qq install -y --no-install-recommends libc6 $(dpkg-deb -f "$package" Depends | sed 's/([^)]*)//g; s/,/ /g')
[ ! -e "$root/usr/bin/camwatch" ] || die "camwatch is there already"
unshare -n chroot "$root" env -u TMPDIR PATH=/usr/sbin:/usr/bin:/sbin:/bin dpkg -i /tmp/first.deb >"$root/tmp/out" 2>&1 ||
    { cat "$root/tmp/out"; die "dpkg -i without a network"; }
grep -q 'no database of countries' "$root/tmp/out" || die "nothing said about geo: $(cat "$root/tmp/out")"
[ "$(in_root dpkg-query -W -f '${Status}' camwatch)" = "install ok installed" ] || die "not installed"

step "files, user, permissions"
in_root getent passwd camwatch | grep -q ':/var/lib/camwatch:/usr/sbin/nologin$' || die "the user: $(in_root getent passwd camwatch)"
is /var/lib/camwatch camwatch:camwatch 750
is /var/log/camwatch camwatch:camwatch 750
is /etc/camwatch/camwatch.yaml root:root 644
in_root dpkg-query -W -f '${Conffiles}' camwatch | grep -q '/etc/camwatch/camwatch.yaml' || die "settings are no conffile"
for file in /usr/lib/systemd/system/camwatch.service /usr/lib/systemd/system/camwatch@.service \
    /usr/lib/sysusers.d/camwatch.conf /usr/share/man/man1/camwatch-live.1.gz /usr/share/man/man5/camwatch.yaml.5.gz \
    /usr/share/bash-completion/completions/camwatch /usr/share/camwatch/rules/makers.yaml \
    /usr/share/doc/camwatch/copyright; do
    in_root dpkg-query -S "$file" >/dev/null || die "$file does not belong to the package"
    case $file in /usr/share/man/* | /usr/share/doc/*) continue ;; esac # left out by dpkg's settings in some bare systems
    [ -e "$root$file" ] || die "$file is not there"
done
[ -z "$(in_root find /usr/bin/camwatch /usr/share/camwatch /etc/camwatch -perm /022 ! -type l)" ] || die "files that all may write"
quietly camwatch check --config /etc/camwatch/camwatch.yaml
in_root camwatch --version | grep -q 'camwatch 0' || die "--version: $(in_root camwatch --version)"
in_root ldd /usr/bin/camwatch | grep 'not found' && die "libraries are missing"

step "the service, replayed to"
CAMWATCH_BARE_NET=1 unshare -n sh "$0" 3

step "upgrade: settings that were edited and what was learnt stay"
echo '# edited' >>"$root/etc/camwatch/camwatch.yaml"
version=$(dpkg-deb -f "$package" Version)
mkdir "$root/tmp/next"
dpkg-deb -R "$package" "$root/tmp/next"
sed -i "s/^Version: .*/Version: $version+1/" "$root/tmp/next/DEBIAN/control"
echo '# a new line of the next version' >>"$root/tmp/next/etc/camwatch/camwatch.yaml"
dpkg-deb --root-owner-group -b "$root/tmp/next" "$root/tmp/next.deb" >/dev/null
cp "$root/var/lib/camwatch/span1.state" "$root/tmp/before"
# databases that wait in a folder are taken by the next install
mkdir "$root/etc/camwatch/geo" "$root/tmp/mmdb"
perl "$CAMWATCH_SOURCE/tests/support/make-mmdb.pl" "$root/tmp/mmdb" >"$root/tmp/out" 2>&1 || true
geo=$(find "$root/tmp/mmdb" -name '*.mmdb' | sort | head -n 1)
[ -z "$geo" ] || cp "$geo" "$root/etc/camwatch/geo/own.mmdb"
quietly apt-get -qq install -y --no-install-recommends -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold /tmp/next.deb
[ "$(in_root dpkg-query -W -f '${Version}' camwatch)" = "$version+1" ] || die "not upgraded"
grep -q '^# edited' "$root/etc/camwatch/camwatch.yaml" || die "the edited settings are gone"
cmp "$root/tmp/before" "$root/var/lib/camwatch/span1.state" || die "what was learnt is gone"
if [ -n "$geo" ]; then
    cmp "$geo" "$root/var/lib/camwatch/geo/own.mmdb" || die "the geo database was not taken"
    in_root camwatch geo status >"$root/tmp/out" 2>&1 || die "geo status: $(cat "$root/tmp/out")"
else
    echo "geo from a file is left out: libmaxmind-db-writer-perl is not installed"
fi
rm -rf "$root/etc/camwatch/geo"
CAMWATCH_BARE_NET=1 unshare -n sh "$0" 3 # no device is new again

step "remove: settings and state stay"
quietly apt-get -qq remove -y camwatch
[ ! -e "$root/usr/bin/camwatch" ] || die "the program is still there"
[ -e "$root/etc/camwatch/camwatch.yaml" ] || die "remove took the settings"
[ -e "$root/var/lib/camwatch/span1.state" ] || die "remove took the state"

step "purge: nothing stays but the user"
quietly apt-get -qq purge -y camwatch
for path in /etc/camwatch /var/lib/camwatch /var/log/camwatch /usr/share/camwatch /usr/libexec/camwatch; do
    [ ! -e "$root$path" ] || die "purge left $path: $(ls -R "$root$path" | head -n 5)"
done
in_root getent passwd camwatch >/dev/null || die "purge took the user"

step "with systemd's tool for users, installed by apt"
quietly userdel camwatch
quietly apt-get -qq install -y --no-install-recommends systemd
quietly apt-get -qq install -y --no-install-recommends /tmp/first.deb
in_root getent passwd camwatch | grep -q 'camwatch sensor:/var/lib/camwatch:' || die "sysusers: $(in_root getent passwd camwatch)"
in_root systemd-analyze verify /usr/lib/systemd/system/camwatch.service /usr/lib/systemd/system/camwatch@.service >"$root/tmp/out" 2>&1 || true
grep -i 'camwatch.*\(unknown\|invalid\|failed to parse\)' "$root/tmp/out" && die "the units: $(cat "$root/tmp/out")"
is /var/lib/camwatch camwatch:camwatch 750
echo "the package: installed offline, served, upgraded, removed, purged, installed by apt"
