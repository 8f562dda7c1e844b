#!/usr/bin/env bash
# Builds sdist and wheel, and shows that each works in an environment of its own, without
# Node, and leaves nothing behind.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/dist.sh >/dev/null
venv=.venv-wheel
[ -x $venv/bin/pip ] || python -m venv $venv
without=$(mktemp -d)
trap 'rm -rf "$without"' EXIT
for program in node npm npx jlpm; do
  printf '#!/bin/sh\necho "%s is not to be had" >&2\nexit 1\n' $program >"$without/$program"
  chmod +x "$without/$program"
done
export PATH=$without:$PWD/$venv/bin:/usr/bin:/bin NO_COLOR=1 PIP_DISABLE_PIP_VERSION_CHECK=1

# expect COMMAND... TEXT: the command's output has a line that matches.
expect() {
  local text=${*: -1} output
  output=$("${@:1:$#-1}" 2>&1)
  grep -q "$text" <<<"$output" || {
    printf '%s\n' "$output" "Not found: $text" >&2
    exit 1
  }
}

for file in dist/*.tar.gz dist/*.whl; do
  pip uninstall -qq --yes jupyter_dask_k8s 2>/dev/null
  pip install -qq "$file"
  expect jupyter server extension list 'jupyter_dask_k8s.*OK'
  expect jupyter labextension list 'jupyter-dask-k8s.*enabled.*OK'
  pip uninstall -qq --yes jupyter_dask_k8s
  left=$(find $venv -ipath '*dask[-_]k8s*' -not -path '*/__pycache__/*' -type f)
  if [ -n "$left" ]; then
    printf 'Left by pip uninstall:\n%s\n' "$left" >&2
    exit 1
  fi
  echo "$(basename "$file"): installs without Node, both halves load, and it goes without a trace"
done
