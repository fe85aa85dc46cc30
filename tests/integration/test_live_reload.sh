#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What is exchanged while camwatch live runs: assets and geo files by SIGHUP, each validated first; geo files that
# are replaced by rename, without; and what is written into a geo file in place, or cut off it, harms nobody.
set -eu
. "$CAMWATCH_SOURCE/tests/integration/live.sh"
live_enter sh "$0" "$@"
command -v perl >/dev/null && perl -MMaxMind::DB::Writer::Tree -e 1 2>/dev/null || skip "no MaxMind::DB::Writer in Perl"
live_span
mode=${1:-}
capture=$captures/cameras/amcrest-boot.pcap

all=0
play() {
    live_play "$capture"
    all=$((all + sent))
}

# All frames are told, and for seconds, by the sensor's own clock, nothing but that.
is_quiet() {
    has_told "$all" && awk '/"event.action":"sensor-stats"/ { n++; next } { n = 0 } END { exit n < 4 }' "$work/live.json"
}

# found: a value of the events of the capture, played once more after everything before has ended.
values() {
    live_until "all $all frames are told, and then nothing" is_quiet
    seen=$(wc -l <"$work/live.json")
    play
    live_until "all $all frames are told, and then nothing" is_quiet
    found=$(tail -n +$((seen + 1)) "$work/live.json" | jq -r ".[\"$1\"] // empty" | sort -u)
}

one_country() { # FILE CODE: the whole address space is of one country
    perl -MMaxMind::DB::Writer::Tree -e '
        my %types = (country => "map", iso_code => "utf8_string");
        my $tree = MaxMind::DB::Writer::Tree->new(ip_version => 6, record_size => 24,
            database_type => "Test-Country", languages => ["en"], description => {en => "test"},
            map_key_type_callback => sub { $types{$_[0]} }, remove_reserved_networks => 0);
        $tree->insert_network("::/1", {country => {iso_code => $ARGV[1]}});
        open my $out, ">:raw", $ARGV[0] or die; $tree->write_tree($out); close $out or die;' "$1" "$2"
}

one_country "$work/geo.mmdb" NL
one_country "$work/fresh.mmdb" SE
one_country "$work/third.mmdb" PT
echo 'mac,name,site' >"$work/assets.csv"
live_start $mode --json "$work/live.json" --geo "$work/geo.mmdb" --assets "$work/assets.csv" --flows all --udp-idle 1 \
    --tcp-idle 1 span1
values camwatch.peer.country
[ "$found" = NL ] || die "geo: not NL"

# replaced by rename
mv "$work/fresh.mmdb" "$work/geo.mmdb"
live_wait_for '1 geo file is in use'
values camwatch.peer.country
[ "$found" = SE ] || die "the new geo file is not in use"

# written over in place, then cut short: the copy in memory stays; and what is not good is refused
live_look_from_here
dd if=/dev/urandom of="$work/geo.mmdb" bs=64 count=8 conv=notrunc 2>/dev/null
play
truncate -s 100 "$work/geo.mmdb"
play
live_wait_for 'old ones stay in use'
values camwatch.peer.country
[ "$found" = SE ] || die "a damaged geo file is in use"
kill -0 "$live" || die "it ended"
cp "$work/third.mmdb" "$work/geo.mmdb" # in place, and whole: settles
live_wait_for '1 geo file is in use'
values camwatch.peer.country
[ "$found" = PT ] || die "the third geo file is not in use"

# assets: faulty ones change nothing
mac=$(jq -r 'select(.["event.action"] == "device-new") | .["camwatch.device.mac"]' "$work/live.json" | head -n 1)
[ -n "$mac" ] || die "no device with a MAC"
printf 'mac,name,site\n%s,Front door,Lobby\n' "$mac" >"$work/assets.csv"
kill -HUP "$live"
live_wait_for 'assets of .* are in use'
values camwatch.device.asset.name
[ "$found" = "Front door" ] || die "the new assets are not in use"
printf 'mac,name,site\nno-mac,Back door,Lobby\n' >"$work/assets.csv"
kill -HUP "$live"
live_wait_for 'assets.csv:2: .*the old assets stay in use'
values camwatch.device.asset.name
[ "$found" = "Front door" ] || die "faulty assets changed something"
live_stop
echo "reload${mode}: geo and assets exchanged, damage refused"
