#!/usr/bin/env bash
# The whole path in the oldest JupyterLab that we support, with the wheel (see wheel.sh).
set -euo pipefail
cd "$(dirname "$0")/.."
venv=$PWD/.venv-oldest
[ -x "$venv/bin/pip" ] || python -m venv "$venv"
"$venv/bin/python" -m pip install -qq --disable-pip-version-check 'jupyterlab==4.0.*' \
  ipykernel numpy dist/*.whl
"$venv/bin/python" -m pip install -qq --disable-pip-version-check --no-deps --force-reinstall \
  dist/*.whl
CHROMIUM=$(scripts/chromium.sh)
export CHROMIUM JUPYTER=$venv/bin/jupyter UI_RESULTS=test-results-oldest
"$venv/bin/python" -c 'import jupyterlab; print("JupyterLab", jupyterlab.__version__)'
# The dark theme has been seen in the newest.
jlpm test:ui first-light panes notebook.spec --grep-invert Dark
