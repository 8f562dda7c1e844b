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
  # What fails once and passes then is told: these machines are slow at times.
  pytest tests --reruns 1 -rfER
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
log=$(mktemp)
trap 'rm -f "$log"' EXIT
for suite in "$@"; do
  printf '\n=== %s\n' "$suite"
  begin=$SECONDS
  if "$suite" 2>&1 | tee "$log"; then verdict="passed"; else
    verdict="FAILED"
    status=1
  fi
  summary+=$(printf '%-9s %s (%d s)' "$suite" "$verdict" $((SECONDS - begin)))$'\n'
  # Which tests failed, of pytest, Playwright and Jest; also those that passed then.
  summary+=$(grep -aE '^(FAILED|ERROR|RERUN) |^ +✘ |^ +● .* › ' "$log" | sort -u | cut -c -150 | head -n 20 |
    sed 's/^ */    /')$'\n'
done
printf '\n%s' "$summary" | grep -v '^$'
exit $status
