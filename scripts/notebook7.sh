#!/usr/bin/env bash
# The wheel (see wheel.sh) in the newest Notebook 7, whose pages have room for one document.
set -euo pipefail
cd "$(dirname "$0")/.."
venv=$PWD/.venv-notebook7
[ -x "$venv/bin/pip" ] || python -m venv "$venv"
"$venv/bin/python" -m pip install -qq --disable-pip-version-check 'notebook>=7.5,<8' ipykernel \
  dist/*.whl
"$venv/bin/python" -m pip install -qq --disable-pip-version-check --no-deps --force-reinstall \
  dist/*.whl
CHROMIUM=$(scripts/chromium.sh)
export CHROMIUM JUPYTER=$venv/bin/jupyter
"$venv/bin/python" -c 'import notebook; print("Notebook", notebook.__version__)'
jlpm playwright test --config ui-tests/notebook7/playwright.config.ts
