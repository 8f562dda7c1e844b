#!/usr/bin/env bash
# Starts JupyterLab behind nginx: serve.sh PORT PREFIX. See nginx.conf.
#   GATEWAY_IDLE   seconds of silence after which a websocket is cut
#   GATEWAY_TOTAL  seconds after which every connection is cut
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
port=$1 prefix=$2 behind=$(($1 + 1))
nginx=$("$here/../../scripts/nginx.sh")
folder=$(mktemp -d)
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost \
  -addext subjectAltName=IP:127.0.0.1 -keyout "$folder/key.pem" -out "$folder/cert.pem" 2>/dev/null
sed -e "s|@FOLDER@|$folder|g" -e "s|@PORT@|$port|g" -e "s|@PREFIX@|$prefix|g" \
  -e "s|@BEHIND@|$behind|g" -e "s|@IDLE@|${GATEWAY_IDLE:-5}|g" "$here/nginx.conf" >"$folder/nginx.conf"

# As Kubeflow's images start it: whoever comes through the gateway may come.
JUPYTER_OPTIONS="--ServerApp.allow_origin=* --ServerApp.allow_remote_access=True" \
  bash "$here/../serve.sh" "$behind" "$prefix" &
jupyter=$!
"$nginx" -p "$folder" -c "$folder/nginx.conf" &
gateway=$!
trap 'kill "$jupyter" "$gateway" 2>/dev/null; wait || true; rm -rf "$folder"' EXIT
trap exit INT TERM
while sleep "${GATEWAY_TOTAL:-10}"; do
  kill -0 "$jupyter" && kill -HUP "$gateway"
done
