#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# captures.sh DECODE_CAPTURES: run it over the encapsulation, hostile and camera captures.
set -eu
captures=${CAMWATCH_CAPTURES:-$CAMWATCH_SOURCE/../shared/pcaps}
if [ ! -d "$captures/encapsulation" ]; then
    echo "skipped: no captures in $captures (set CAMWATCH_CAPTURES)"
    exit 77
fi
exec "$1" "$captures"/encapsulation/*.pcap* "$captures"/hostile/*.pcap \
    "$captures"/hostile/*.pcapng "$captures"/cameras/*
