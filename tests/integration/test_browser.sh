#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The report and the live page in Debian's Chromium. Screenshots go to build/screens/ to be looked at.
set -eu
cd "$CAMWATCH_SOURCE/dashboard"
if ! command -v node >/dev/null 2>&1 || [ ! -d node_modules/playwright-core ] || [ ! -x /usr/bin/chromium ]; then
    echo "skipped: needs chromium, node and dashboard/node_modules (npm ci)"
    exit 77
fi
CAMWATCH_PROGRAM=$CAMWATCH_BUILD/host/camwatch
export CAMWATCH_PROGRAM
exec node --test --test-concurrency=1 test/*.test.mjs
