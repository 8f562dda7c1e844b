#!/usr/bin/env bash
# Runs the named suites, one after the other, and prints one line for each at the end.
set -uo pipefail
cd "$(dirname "$0")/.."

lint() {
  ruff check . && ruff format --check . && scripts/schema.sh --check && jlpm lint:check
}

types() {
  mypy && jlpm tsc --noEmit -p tsconfig.test.json
}

server() {
  pytest tests
}

frontend() {
  jlpm test
}

# The wheel works by itself: installed into a new environment, without Node.
wheel() {
  scripts/wheel.sh
}

browser() {
  local chromium
  chromium=$(scripts/chromium.sh) && CHROMIUM=$chromium jlpm test:ui
}

# The wheel's front end in the oldest JupyterLab that we support.
oldest() {
  scripts/oldest.sh
}

# The export for Kubeflow Pipelines compiles with the package kfp.
kfp() {
  scripts/kfp.sh
}

status=0
summary=""
for suite in "$@"; do
  printf '\n=== %s\n' "$suite"
  begin=$SECONDS
  if "$suite"; then verdict="passed"; else
    verdict="FAILED"
    status=1
  fi
  summary+=$(printf '%-9s %s (%d s)' "$suite" "$verdict" $((SECONDS - begin)))$'\n'
done
printf '\n%s' "$summary"
exit $status
