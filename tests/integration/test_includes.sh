#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Who may include whom (base <- model <- every stage <- monitor.c, publisher.c, packet_side/, event_side/ <- host), that
# third-party headers stay in their one folder and out of headers, and that every source names its licence.
set -eu
cd "$CAMWATCH_SOURCE"
bad=$(mktemp)
trap 'rm -f "$bad"' EXIT

for stage in base model decode flow inspect wire local rules event inventory publish sink; do
    case $stage in
    base) allowed='base' ;;
    model) allowed='base|model|camwatch' ;;
    *) allowed="base|model|camwatch|$stage" ;;
    esac
    grep -rnE '^# *include "[a-z_]+/' "plugin/$stage" --include='*.[ch]' |
        grep -vE "include \"($allowed)/" >>"$bad" || true
done
grep -rnE '^# *include "[a-z_]+/' host --include='*.[ch]' | grep -vE 'include "(camwatch/|host/|server/(server|scrape)\.h)' >>"$bad" || true
# the dashboard's server shares the connection to Redis with the sink, and nothing else of the library's inside
grep -rnE '^# *include "[a-z_]+/' dashboard/server --include='*.[ch]' |
    grep -vE 'include "(base/|camwatch/|server/|sink/(redis_(link|route|keys|error)|resp)\.h)' >>"$bad" || true

# header, the one place that may include it
while read -r header place; do
    grep -rnE "^# *include <$header" include plugin host dashboard/server --include='*.[ch]' |
        grep -vE "^$place" >>"$bad" || true
    grep -rnE "^# *include <$header" plugin host dashboard/server --include='*.h' >>"$bad" || true
done <<'EOF'
ndpi plugin/inspect/ndpi.c
maxminddb plugin/publish/
hiredis (plugin/sink/|dashboard/server/)
yaml (plugin/rules/|host/settings_file.c)
microhttpd dashboard/server/
EOF
grep -rnE '^# *include <pcap' plugin --include='*.[ch]' >>"$bad" || true

for file in $(find plugin host dashboard/server include tests examples bench -name '*.[ch]' 2>/dev/null); do
    head -n 1 "$file" | grep -q 'SPDX-License-Identifier: Apache-2.0' || echo "$file: no SPDX line" >>"$bad"
done
if [ -s "$bad" ]; then
    echo "includes or licences out of place:"
    cat "$bad"
    exit 1
fi
echo "includes and licences are in place"
