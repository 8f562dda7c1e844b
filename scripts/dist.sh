#!/usr/bin/env bash
# Builds the wheel into dist/: what is tested, and what deploy/image installs. It is not built
# again while nothing that goes into it is newer.
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
rm -f dist/*.whl
python -m pip wheel -qq --disable-pip-version-check --no-deps --wheel-dir dist .
ls dist/*.whl
