#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The shared library exports camwatch_* and nothing else, and every function that the headers promise.
set -eu
library=$CAMWATCH_BUILD/plugin/libcamwatch.so
names=$(nm -D --defined-only "$library" | awk '{ print $3 }' | sed 's/@.*//')
others=$(echo "$names" | grep -v '^camwatch_' | grep -vE '^(_init|_fini|__bss_start|_edata|_end)$' || true)
[ -z "$others" ] || { echo "exported, but not camwatch_*:" && echo "$others" && exit 1; }
for name in $(grep -ohE '\bcamwatch_[a-z_]+\(' "$CAMWATCH_SOURCE"/include/camwatch/*.h | tr -d '(' | sort -u); do
    grep -qE "typedef .*\*$name|\(\*$name\)" "$CAMWATCH_SOURCE"/include/camwatch/*.h && continue
    echo "$names" | grep -qx "$name" || { echo "promised in a header, not exported: $name" && exit 1; }
done
echo "$(echo "$names" | wc -l) symbols, all camwatch_*"
