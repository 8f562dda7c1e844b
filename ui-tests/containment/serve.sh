#!/usr/bin/env bash
# Starts a JupyterLab that two people share, and a gateway before it that wants a cookie:
# serve.sh PORT BASE_URL. The gateway is at the next port.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
port=$1 base_url=$2
nginx=$("$here/../../scripts/nginx.sh")
folder=$(mktemp -d)
sed -e "s|@FOLDER@|$folder|g" -e "s|@PORT@|$((port + 1))|g" -e "s|@BEHIND@|$port|g" \
  "$here/nginx.conf" >"$folder/nginx.conf"
JUPYTER_OPTIONS="--config=$here/users.py" bash "$here/../serve.sh" "$port" "$base_url" &
jupyter=$!
"$nginx" -p "$folder" -c "$folder/nginx.conf" &
gateway=$!
trap 'kill "$jupyter" "$gateway" 2>/dev/null; wait || true; rm -rf "$folder"' EXIT
trap exit INT TERM
wait "$jupyter"
