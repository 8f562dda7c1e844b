#!/usr/bin/env bash
# Prints the path of an nginx for the tests behind a gateway; installs Debian's as root.
set -euo pipefail

find_nginx() {
  local candidate
  for candidate in "${NGINX:-}" nginx /usr/sbin/nginx; do
    if [ -n "$candidate" ] && command -v "$candidate" >/dev/null; then
      command -v "$candidate"
      return
    fi
  done
  return 1
}

find_nginx && exit
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "Installing nginx" >&2
  apt-get update -qq >&2 && apt-get install -y -qq --no-install-recommends nginx-light openssl >/dev/null
  find_nginx && exit
fi
echo "The tests behind a gateway need nginx. Install it with: sudo apt install nginx-light" >&2
exit 1
