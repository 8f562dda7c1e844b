#!/usr/bin/env bash
# Runs the named suites, one after the other, and prints one line for each at the end. After a
# `+` begins another row of suites, which runs beside the first: what each of them says is
# printed when it has ended.
#   SERVER_PROCESSES  how many run the tests of the server at the same time (2)
set -uo pipefail
cd "$(dirname "$0")/.."

lint() {
  ruff check . && ruff format --check . && scripts/schema.sh --check && jlpm lint:check
}

types() {
  mypy && jlpm tsc --noEmit -p tsconfig.test.json
}

server() {
  local all=(tests --numprocesses "${SERVER_PROCESSES:-2}" --dist worksteal) status=0
  pytest "${all[@]}" || status=$?
  case $status in
    0) ;;
    # What fails beside others and passes alone is told: these machines are slow at times.
    1) pytest tests --last-failed --last-failed-no-failures all ;;
    # Not a test failed, but what runs them: an internal error, a signal.
    *) echo "pytest ended with status $status: all once more" && pytest "${all[@]}" ;;
  esac
}

# Thousands of requests and inputs that nobody would write; the suite `server` tries some.
fuzz() {
  FUZZ_CASES=${FUZZ_CASES:-300} pytest tests/fuzz
}

frontend() {
  jlpm test
}

# What the suites `server` and `frontend` run through. Other processes are not counted (hosts of
# clusters, schedulers), nor what only runs in a browser: most of src/plugins and all drawing.
coverage() {
  pytest tests --reruns 1 --numprocesses "${SERVER_PROCESSES:-2}" --dist worksteal \
    --cov=jupyter_dask_k8s --cov-report=term:skip-covered && jlpm test --coverage
}

# The wheel works by itself: installed into a new environment, without Node.
wheel() {
  scripts/wheel.sh
}

browser() {
  local chromium
  chromium=$(scripts/chromium.sh) && CHROMIUM=$chromium jlpm test:ui --grep-invert @idle
}

# What happens while nothing happens; it mostly waits.
idle() {
  local chromium
  chromium=$(scripts/chromium.sh) && CHROMIUM=$chromium UI_PORT=18898 \
    UI_RESULTS=test-results-idle jlpm test:ui --grep @idle
}

# The main path behind a gateway as Kubeflow has it.
gateway() {
  local chromium
  chromium=$(scripts/chromium.sh) && scripts/nginx.sh >/dev/null &&
    CHROMIUM=$chromium jlpm playwright test --config ui-tests/gateway/playwright.config.ts
}

# What a page of somebody else's cluster can do, and where it cannot be shown.
containment() {
  local chromium
  chromium=$(scripts/chromium.sh) && scripts/nginx.sh >/dev/null &&
    CHROMIUM=$chromium jlpm playwright test --config ui-tests/containment/playwright.config.ts
}

# The wheel's front end in the oldest JupyterLab that we support.
oldest() {
  scripts/oldest.sh
}

# The wheel in Notebook 7.
notebook7() {
  scripts/notebook7.sh
}

# The export for Kubeflow Pipelines compiles with the package kfp.
kfp() {
  scripts/kfp.sh
}

# Runs one suite; its line for the end goes to a file.
run() {
  local suite=$1 begin=$SECONDS verdict=passed log=$results/$1.log
  if [ -z "$beside" ]; then
    printf '\n=== %s\n' "$suite"
    "$suite" 2>&1 | tee "$log" || verdict=FAILED
  else
    echo "... $suite"
    "$suite" >"$log" 2>&1 || verdict=FAILED
    flock "$results" sh -c 'printf "\n=== %s\n" "$1"; cat "$2"' - "$suite" "$log"
  fi
  {
    printf '%-11s %s (%d s)\n' "$suite" "$verdict" $((SECONDS - begin))
    # Which tests failed, of pytest, Playwright and Jest; also those that passed then.
    grep -aE '^(FAILED|ERROR|RERUN) |^ +✘ |^ +● .* › ' "$log" | sort -u | cut -c -150 |
      head -n 20 | sed 's/^ */    /'
    # A runner that broke names no test: what it said last tells more.
    [ "$verdict" = passed ] || tail -n 12 "$log" | cut -c -150 | sed 's/^/    | /'
  } >"$results/$suite.result"
}

# The suites up to the next `+`.
row() {
  local suite
  for suite in "$@"; do
    [ "$suite" != + ] || break
    run "$suite"
  done
}

results=$(mktemp -d)
beside=""
rows=()
# Rows get process groups of their own: so all of a row can be ended.
set -m
trap 'kill -- "${rows[@]/#/-}" 2>/dev/null; wait; rm -rf "$results"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

if [[ " $* " != *" + "* ]]; then
  row "$@"
else
  beside=1
  suites=(+ "$@")
  for index in "${!suites[@]}"; do
    [ "${suites[index]}" = + ] || continue
    row "${suites[@]:index+1}" &
    rows+=($!)
  done
  wait
fi

printf '\n'
status=0
for suite in "${@/+/}"; do
  [ -z "$suite" ] || cat "$results/$suite.result" || status=1
done
# The lines of suites count; tests that failed at first and passed then are named only.
! grep -qE '^[a-z0-9]+ +FAILED' "$results"/*.result && exit $status
