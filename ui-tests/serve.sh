#!/usr/bin/env bash
# Starts Jupyter for the browser tests: serve.sh PORT BASE_URL [lab|notebook]. What it writes is
# in a folder of its own, so that neither settings nor layouts of a person have a part in it.
set -euo pipefail
port=$1 base_url=$2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir -p "$folder"/{config,data,runtime,notebooks}
export JUPYTER_CONFIG_DIR=$folder/config JUPYTER_DATA_DIR=$folder/data
export JUPYTER_RUNTIME_DIR=$folder/runtime JUPYTERLAB_SETTINGS_DIR=$folder/settings
export JUPYTERLAB_WORKSPACES_DIR=$folder/workspaces IPYTHONDIR=$folder/ipython
# What workers install must not change this environment; see packages.spec.ts.
mkdir "$folder/installed"
export PYTHONPATH=$folder/installed${PYTHONPATH:+:$PYTHONPATH} PIP_TARGET=$folder/installed
# No question about news in the corner of our pictures.
settings=$JUPYTERLAB_SETTINGS_DIR/@jupyterlab/apputils-extension
mkdir -p "$settings"
echo '{"fetchNews": "false"}' >"$settings/notification.jupyterlab-settings"
"${JUPYTER:-jupyter}" "${3:-lab}" --allow-root --no-browser --ip=127.0.0.1 --port="$port" --ServerApp.port_retries=0 \
  --ServerApp.base_url="$base_url" --IdentityProvider.token= --PasswordIdentityProvider.hashed_password= \
  --ServerApp.root_dir="$folder/notebooks" --DaskK8sApp.backend=local ${JUPYTER_OPTIONS:-} &
server=$!
trap 'kill "$server" 2>/dev/null; wait "$server" || true; rm -rf "$folder"' EXIT
trap exit INT TERM
wait "$server"
