#!/bin/sh
# Is server/api/openapi.json OpenAPI 3.1? A public validator says, pinned to a version that runs on
# Debian's Node 18 and kept in build/npm. Without npm or a way to its registry: skipped.
set -eu
cd "$(dirname "$0")/../.."
validator=@seriousme/openapi-schema-validator
version=2.2.5
place=build/npm/openapi-$version

if ! command -v npm >/dev/null 2>&1; then
    echo 'skipped: no npm'
    exit 0
fi
if [ ! -e "$place/node_modules/$validator" ]; then
    mkdir -p "$place"
    if ! timeout 120 npm install --prefix "$place" --ignore-scripts --no-audit --no-fund --loglevel=error \
        "$validator@$version" >"$place/log" 2>&1; then
        rm -rf "$place/node_modules"
        echo 'skipped: no npm'
        exit 0
    fi
fi
node "$place/node_modules/$validator/bin/validate-api-cli.js" server/api/openapi.json
