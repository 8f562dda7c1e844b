#!/usr/bin/env bash
# Figures of ours beside those of dask-labextension, in the same JupyterLab: benchmarks.sh
# [ROW...], where a row is a module of benchmarks/peer, or `browser`. All of them without one.
set -euo pipefail
cd "$(dirname "$0")/.."
venv=$PWD/.venv-peer
lab=$(python -c 'import jupyterlab; print(jupyterlab.__version__)')
same=()
# What both stand on has the versions of ours, so that nothing but the extensions differs.
for package in jupyter_server tornado aiohttp dask distributed bokeh; do
  same+=("$package==$(python -c "from importlib.metadata import version; print(version('$package'))")")
done
[ -x "$venv/bin/pip" ] || python -m venv "$venv"
"$venv/bin/python" -m pip install -qq --disable-pip-version-check "jupyterlab==$lab" \
  dask-labextension==7.0.0 ipykernel numpy "${same[@]}"
export PEER_PYTHON=$venv/bin/python
"$PEER_PYTHON" -c 'from importlib.metadata import version as it
print("JupyterLab", it("jupyterlab"), "· dask-labextension", it("dask-labextension"),
      "· jupyter-server-proxy", it("jupyter-server-proxy"), "· distributed", it("distributed"))'
# Who else is at work here: ratios bear it, figures do not.
uptime
printf '\n'

browser() {
  local chromium
  chromium=$(scripts/chromium.sh)
  CHROMIUM=$chromium jlpm playwright test --config ui-tests/benchmarks/peer/playwright.config.ts
}

[ $# -gt 0 ] || set -- imports start stalls listing proxy browser
for row in "$@"; do
  if [ "$row" = browser ]; then
    browser
  else
    python -m "benchmarks.peer.$row"
  fi
done
