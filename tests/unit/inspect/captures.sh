#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# captures.sh INSPECT_CAPTURES: run it over all captures, then look for names that the cameras'
# captures are known to hold.
set -eu
captures=${CAMWATCH_CAPTURES:-$CAMWATCH_SOURCE/../shared/pcaps}
if [ ! -d "$captures/hostile" ]; then
    echo "skipped: no captures in $captures (set CAMWATCH_CAPTURES)"
    exit 77
fi

find "$captures" -name '*.pcap*' | sort | xargs "$1"

# expect FILE LINE: the run with -v holds the line.
expect() {
    if ! "$1" -v "$captures/cameras/$2" | grep -qF "$3"; then
        echo "$2: not found: $3"
        exit 1
    fi
}
expect "$1" amcrest-boot.pcap 'own 52.42.224.222 p2p.amcrestview.com'
expect "$1" amcrest-boot.pcap 'own 54.84.228.44 dh.amcrestsecurity.com'
expect "$1" amcrest-boot.pcap 'cert 54.144.24.78 *.amcrestcloud.com'
expect "$1" amcrest-boot.pcap 'http amcrestview.com /p2pdev/update '
expect "$1" yi-boot.pcap 'own 47.254.14.172 api.us.xiaoyi.com'
expect "$1" zmodo-doorbell-boot.pcap 'sni 50.226.99.168 13-devaccess.myzmodo.com'
expect "$1" blink-hub-boot.pcap 'own 54.173.50.102 rest-hw-u002.immedia-semi.com'
expect "$1" naxclow-v720.pcapng 'own 10.42.0.1 v720.naxclow.com'
expect "$1" dlink-dcs935l-setup.pcap 'signal.mydlink.com'
# TLS without SNI: what nDPI calls it comes from the address
expect "$1" amcrest-boot.pcap 'network 54.144.24.78 AmazonAWS'
