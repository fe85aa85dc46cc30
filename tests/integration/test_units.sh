#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The units are as confined as they claim (systemd-analyze: 2.0 or better), and the settings that are shipped
# are good ones.
set -eu
"$CAMWATCH_BUILD/host/camwatch" check --config "$CAMWATCH_SOURCE/packaging/camwatch.yaml" >settings.out ||
    { cat settings.out; exit 1; }
grep -q 'settings file' settings.out || { echo "the settings file was not looked at"; exit 1; }
command -v systemd-analyze >/dev/null 2>&1 || { echo "skipped: systemd-analyze is not installed"; exit 77; }
for unit in camwatch.service camwatch@.service; do
    file=$(mktemp -d)/$(echo "$unit" | sed 's/@/@eth1/')
    cp "$CAMWATCH_BUILD/packaging/$unit" "$file"
    systemd-analyze security --offline=true --threshold=20 "$file" >"$file.out" 2>&1 ||
        { tail -n 3 "$file.out"; exit 1; }
    tail -n 1 "$file.out"
    rm -r "$(dirname "$file")"
done
