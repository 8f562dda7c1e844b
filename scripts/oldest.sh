#!/usr/bin/env bash
# The whole path in the oldest JupyterLab that we support, with the wheel (see wheel.sh), and
# the oldest Python where there is one.
set -euo pipefail
cd "$(dirname "$0")/.."
venv=$PWD/.venv-oldest

oldest_python() {
  local candidate
  for candidate in python3.10 "$(pyenv prefix 3.10 2>/dev/null || true)/bin/python" python; do
    if "$candidate" --version >/dev/null 2>&1; then
      echo "$candidate"
      return
    fi
  done
}

[ -x "$venv/bin/pip" ] || "$(oldest_python)" -m venv "$venv"
"$venv/bin/python" -m pip install -qq --disable-pip-version-check 'jupyterlab==4.0.*' \
  ipykernel numpy dist/*.whl
"$venv/bin/python" -m pip install -qq --disable-pip-version-check --no-deps --force-reinstall \
  dist/*.whl
CHROMIUM=$(scripts/chromium.sh)
export CHROMIUM JUPYTER=$venv/bin/jupyter UI_RESULTS=test-results-oldest
"$venv/bin/python" --version
"$venv/bin/python" -c 'import jupyterlab; print("JupyterLab", jupyterlab.__version__)'
"$venv/bin/python" scripts/imports.py
# The dark theme has been seen in the newest.
jlpm test:ui first-light panes notebook.spec --grep-invert Dark
