#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What is checked in under dashboard/dist/ is what dashboard/web/ makes.
set -eu
cd "$CAMWATCH_SOURCE/dashboard"
if ! command -v node >/dev/null 2>&1 || [ ! -d node_modules/esbuild ]; then
    echo "skipped: needs node and dashboard/node_modules (npm ci)"
    exit 77
fi
exec node build/build.mjs --check
