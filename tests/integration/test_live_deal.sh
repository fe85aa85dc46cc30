#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The fanout program in the kernel and the C function deal every frame alike, on a live veth: goldens with IPv4,
# IPv6, VLAN tags, fragments and tunnels, and captures of cameras.
set -eu
. "$CAMWATCH_SOURCE/tests/integration/live.sh"
live_enter sh "$0"
live_span
golden=$CAMWATCH_SOURCE/tests/golden
for shards in 2 5; do
    "$CAMWATCH_BUILD/tests/integration/deal_live" span0 span1 $shards "$golden/hikvision.pcap" "$golden/dual-stack.pcap" \
        "$golden/vlan-one-side.pcap" "$golden/fragments.pcap" "$golden/vxlan.pcap" "$golden/gre.pcap" "$golden/nvr.pcap" \
        "$golden/viewer.pcap" "$golden/pppp.pcap" "$captures/cameras/amcrest-boot.pcap" || die "misdealt"
done
