#!/usr/bin/env bash
# Builds the wheel and shows that it works in an environment of its own, without Node.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/dist.sh >/dev/null
venv=.venv-wheel
[ -x $venv/bin/pip ] || python -m venv $venv
$venv/bin/python -m pip install -qq --disable-pip-version-check dist/*.whl
$venv/bin/python -m pip install -qq --disable-pip-version-check --no-deps --force-reinstall \
  dist/*.whl

# expect COMMAND... TEXT: the command's output has a line that matches.
expect() {
  local text=${*: -1} output
  output=$(PATH=$PWD/$venv/bin:/usr/bin:/bin NO_COLOR=1 "${@:1:$#-1}" 2>&1)
  grep -q "$text" <<<"$output" || {
    printf '%s\n' "$output" "Not found: $text" >&2
    exit 1
  }
}
expect jupyter server extension list 'jupyter_dask_k8s.*OK'
expect jupyter labextension list 'jupyter-dask-k8s.*enabled.*OK'
echo "$(basename dist/*.whl): both halves load"
