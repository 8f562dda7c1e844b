#!/usr/bin/env bash
# Writes src/schema.ts from models.py; with --check only tells whether it is stale.
set -euo pipefail
cd "$(dirname "$0")/.."
made=$(mktemp --suffix=.ts)
trap 'rm -f "$made" "$made.json"' EXIT
python -m jupyter_dask_k8s.openapi --types >"$made.json"
node_modules/.bin/json2ts --additionalProperties=false --unreachableDefinitions \
  --style.singleQuote --bannerComment \
  '// Generated from jupyter_dask_k8s/models.py by scripts/schema.sh. Do not edit.' \
  --input "$made.json" --output "$made"
if [ "${1:-}" = --check ]; then
  cmp -s "$made" src/schema.ts || {
    echo "src/schema.ts is stale: run scripts/schema.sh" >&2
    exit 1
  }
else
  cp "$made" src/schema.ts
fi
