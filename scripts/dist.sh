#!/usr/bin/env bash
# Builds the sdist, and from it the wheel, into dist/: what is tested, and what deploy/image
# installs. They are not built again while nothing that goes into them is newer.
set -euo pipefail
cd "$(dirname "$0")/.."
sources=(jupyter_dask_k8s src style schema jupyter-config ./*.json ./*.toml ./*.md yarn.lock LICENSE)
newer() { find "${sources[@]}" -newer "$1" -not -name __pycache__ -print -quit; }

for wheel in dist/*.whl; do
  if [ -f "$wheel" ] && [ -z "$(newer "$wheel")" ]; then
    echo "$wheel"
    exit
  fi
done
rm -f dist/*.whl dist/*.tar.gz
log=$(mktemp)
trap 'rm -f "$log"' EXIT
python -m build --outdir dist . >"$log" 2>&1 || { cat "$log" >&2; exit 1; }
ls dist/*.whl
