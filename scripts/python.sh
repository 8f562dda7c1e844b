#!/usr/bin/env bash
# Makes the virtual environment $1 and installs this project into it, editable, with the
# tools of the tests. The front end is built by the Makefile, not by this installation.
set -euo pipefail
venv=$1

suitable() {
  command -v "$1" >/dev/null &&
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 10))' 2>/dev/null
}

find_python() {
  local candidate
  for candidate in "${PYTHON:-python3}" python3.13 python3.12 python3.11 python3.10; do
    if suitable "$candidate"; then
      echo "$candidate"
      return
    fi
  done
  echo "Python 3.10 or later is needed. On Debian or Ubuntu: sudo apt install python3 python3-venv" >&2
  exit 1
}

make_venv() {
  # --clear: an attempt without ensurepip leaves a folder without pip behind.
  "$1" -m venv --clear "$venv" >/dev/null 2>&1
}

if [ ! -x "$venv/bin/pip" ]; then
  python=$(find_python)
  echo "Making $venv with $("$python" --version)"
  if ! make_venv "$python"; then
    package="python$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')-venv"
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
      echo "Installing $package"
      apt-get update -qq && apt-get install -y -qq "$package" >/dev/null
      make_venv "$python"
    else
      echo "This Python cannot make virtual environments. Install them with: sudo apt install $package" >&2
      exit 1
    fi
  fi
fi

echo "Installing Python packages"
mkdir -p jupyter_dask_k8s/labextension
SKIP_JUPYTER_BUILDER=1 "$venv/bin/python" -m pip install -qq --disable-pip-version-check \
  --editable '.[test]'
