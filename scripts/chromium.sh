#!/usr/bin/env bash
# Prints the path of a Chromium for the browser tests; installs Debian's as root.
set -euo pipefail

find_chromium() {
  local candidate
  for candidate in "${CHROMIUM:-}" chromium chromium-browser google-chrome google-chrome-stable; do
    # Ubuntu's chromium-browser may be a stub that only asks for a snap.
    if [ -n "$candidate" ] && command -v "$candidate" >/dev/null &&
      "$candidate" --version >/dev/null 2>&1; then
      command -v "$candidate"
      return
    fi
  done
  return 1
}

find_chromium && exit
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "Installing Chromium" >&2
  apt-get update -qq >&2 && apt-get install -y -qq chromium fonts-dejavu-core >/dev/null
  find_chromium && exit
fi
echo "The browser tests need Chromium. Install it with: sudo apt install chromium" >&2
echo "or name one: make test CHROMIUM=/path/to/chromium" >&2
exit 1
