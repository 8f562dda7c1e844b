#!/usr/bin/env bash
# Runs tests/kubernetes on the cluster of $KUBECONFIG, or on a testbed (see
# tests/kubernetes/testbed/README.md) that is brought up, and taken down again, for it.
#   PYTEST_ARGS     more arguments for pytest
#   KEEP_TESTBED=1  leaves the testbed up
#   KUBERNETES_PROCESSES  how many run tests at the same time (3)
set -euo pipefail
cd "$(dirname "$0")/.."
testbed=tests/kubernetes/testbed/testbed
ours=""    # whether the testbed is ours to take down
log=$(mktemp)
running="" # whether there is a cluster whose operator has a log

can_have_testbed() {
  [ "$(id -u)" = 0 ] && [ "$(uname -m)" = x86_64 ] && [ -r /etc/os-release ] &&
    (. /etc/os-release && [ "$ID-${VERSION_CODENAME:-}" = debian-bookworm ])
}

operator_log() {
  local kubectl=${TESTBED_KUBECTL:-kubectl} where
  where=$("$kubectl" get deployments -A --no-headers --request-timeout=10s 2>/dev/null |
    awk '$2 ~ /dask.*operator/ { print "-n", $1, "deployment/" $2; exit }') || where=""
  if [ -z "$where" ]; then
    echo "The cluster does not answer, or has no deployment of the Dask operator." >&2
    return
  fi
  printf '\n=== the end of the operator'"'"'s log (without requests and probes)\n' >&2
  # shellcheck disable=SC2086
  timeout 30 "$kubectl" logs $where --tail=2000 |
    grep -vE ' (httpx|aiohttp\.access|kopf\.activities\.prob) ' | tail -n 50 >&2
}

finish() {
  local status=$?
  trap '' INT TERM
  if [ "$status" != 0 ] && [ -n "$running" ]; then operator_log || true; fi
  if [ -n "$ours" ] && [ "${KEEP_TESTBED:-}" = 1 ]; then
    echo "The testbed stays up: eval \"\$($testbed env)\", and at last $testbed down" >&2
  elif [ -n "$ours" ]; then
    "$testbed" down || true
  fi
  # Last, where it is found: which tests it was, also those that passed the second time.
  grep -aE '^(FAILED|ERROR|RERUN) ' "$log" | cut -c -150 >&2 || true
  rm -f "$log"
  exit "$status"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

bring_up() {
  if ! can_have_testbed; then
    echo "A testbed needs root on Debian 12, x86_64: set KUBECONFIG to the file of another" \
      "cluster (kind, k3d, a real one) that has the Dask operator." >&2
    exit 1
  fi
  if [ ! -x /usr/bin/python3 ]; then
    apt-get update -qq && apt-get install -y -qq python3 >/dev/null
  fi
  # For test_clock.py; without it that one is left out.
  [ -e /usr/lib/x86_64-linux-gnu/faketime ] ||
    { apt-get update -qq && apt-get install -y -qq libfaketime >/dev/null; } || true
  # The notebook's image has the wheel; as long as that is the same, the image is.
  PATH=$PWD/.venv/bin:$PATH scripts/dist.sh >/dev/null
  export NOTEBOOK_IMAGE=localhost/jupyter:test
  "$testbed" build --image-extra "jupyterlab ipykernel pip $(echo dist/*.whl)" \
    --image-tag "$NOTEBOOK_IMAGE"
  "$testbed" status >/dev/null || ours=1
  "$testbed" up
  eval "$("$testbed" env)"
}

if [ -z "${KUBECONFIG:-}" ]; then bring_up; fi
running=1
CHROMIUM=$(scripts/chromium.sh)
export CHROMIUM

# Arguments choose the tests; none chosen is no failure.
tests() {
  local status=0
  # Warnings are those of kr8s and dask-kubernetes about old or new versions of Kubernetes.
  # shellcheck disable=SC2086
  .venv/bin/python -m pytest -W default tests/kubernetes --reruns 2 -rfER --durations=20 "$@" \
    ${PYTEST_ARGS:-} | tee -a "$log" || status=$?
  [ "$status" = 5 ] || return "$status"
}

# Mostly they wait for pods: so three at a time. What changes the whole cluster comes alone.
status=0
tests -m "not whole_cluster" --numprocesses "${KUBERNETES_PROCESSES:-3}" --dist loadfile || status=$?
tests -m whole_cluster || status=$?
exit "$status"
