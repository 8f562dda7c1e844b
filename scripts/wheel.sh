#!/usr/bin/env bash
# Builds the wheel and shows that it works in an environment of its own, without Node.
set -euo pipefail
cd "$(dirname "$0")/.."
rm -rf dist
python -m pip wheel --quiet --disable-pip-version-check --no-deps --wheel-dir dist .
venv=.venv-wheel
[ -x $venv/bin/pip ] || python -m venv $venv
$venv/bin/python -m pip install --quiet --disable-pip-version-check dist/*.whl
$venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --force-reinstall dist/*.whl
path=$PWD/$venv/bin:/usr/bin:/bin
PATH=$path jupyter server extension list 2>&1 | grep -q 'jupyter_dask_k8s.*OK' ||
  { echo "The wheel's server extension does not load." >&2; exit 1; }
PATH=$path jupyter labextension list 2>&1 | grep -q 'jupyter-dask-k8s.*enabled.*OK' ||
  { echo "The wheel's front end is not enabled." >&2; exit 1; }
echo "$(basename dist/*.whl): both halves load"
