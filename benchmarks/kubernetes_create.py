"""From the wish to workers that are ready: ours beside ``kubectl apply`` of the same YAML.

``python -m benchmarks.kubernetes_create [runs] [workers]``, with $KUBECONFIG that of
somebody who may have clusters (as a notebook's service account) and $DASK_IMAGE (default:
the testbed's). Both ways are taken in turn; ready means that all pods are.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.server_process import Server

KUBECTL = os.environ.get("TESTBED_KUBECTL") or shutil.which("kubectl") or "kubectl"
IMAGE = os.environ.get("DASK_IMAGE", "localhost/dask:test")
NAME = "bench"
"""Each run has a name of its own: a Service of the same name has an address that others may
still believe to be the old one."""


def kubectl(*args: str, body: str | None = None) -> str:
    return subprocess.run(
        [KUBECTL, *args],
        input=body,
        check=True,
        capture_output=True,
        text=True,
        timeout=120,
    ).stdout


def wait_for_pods(name: str, count: int) -> None:
    """Return once so many pods are ready, without a pause between the questions."""
    end = time.monotonic() + 300
    while time.monotonic() < end:
        pods = json.loads(
            kubectl("get", "pods", "-l", f"dask.org/cluster-name={name}", "-o", "json")
        )["items"]
        if len(pods) == count and all(is_ready(pod) for pod in pods):
            return
        time.sleep(0.02)
    raise TimeoutError(f"{count} pods were not ready within 300 s")


def is_ready(pod: dict[str, Any]) -> bool:
    conditions = pod["status"].get("conditions", [])
    return any(it["type"] == "Ready" and it["status"] == "True" for it in conditions)


def wait_until_gone(name: str) -> None:
    kubectl("delete", "daskcluster", name, "--ignore-not-found")
    while kubectl("get", "pods", "-l", f"dask.org/cluster-name={name}", "-o", "name"):
        time.sleep(0.2)
    time.sleep(3)  # the node takes a moment after the pods are gone


def ours(server: Server, name: str, workers: int) -> float:
    begin = time.monotonic()
    server.ask("clusters", {"name": name, "workers": workers})
    answered = time.monotonic() - begin
    wait_for_pods(name, workers + 1)
    ready = time.monotonic() - begin
    print(f"  ours           {ready:6.2f} s (answered after {answered:.3f} s)", flush=True)
    return ready


def theirs(manifest: str, name: str, workers: int) -> float:
    begin = time.monotonic()
    kubectl("apply", "-f", "-", body=manifest.replace(f"{NAME}-0", name))
    answered = time.monotonic() - begin
    wait_for_pods(name, workers + 1)
    ready = time.monotonic() - begin
    print(f"  kubectl apply  {ready:6.2f} s (answered after {answered:.3f} s)", flush=True)
    return ready


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    workers = int(sys.argv[2]) if len(sys.argv) > 2 else 2
    with tempfile.TemporaryDirectory() as folder:
        server = Server(
            Path(folder),
            "--DaskK8sApp.backend=kubernetes",
            f"--KubernetesBackend.image={IMAGE}",
            "--KubernetesBackend.cpu_overcommit=20",
            "--KubernetesBackend.default_memory=512 MiB",
            "--KubernetesBackend.scheduler_memory=512 MiB",
        )
        try:
            server.until("status", lambda it: it and it["state"] == "ready")
            compare(server, runs, workers)
        finally:
            server.close()


def compare(server: Server, runs: int, workers: int) -> None:
    server.ask("profiles")  # as the form does
    # The first one warms the node, and gives the manifest.
    ours(server, f"{NAME}-0", workers)
    manifest = server.ask(f"clusters/{NAME}-0/export?as=yaml")["content"]
    wait_until_gone(f"{NAME}-0")
    a, b = [], []
    for run in range(1, runs + 1):
        b.append(theirs(manifest, f"{NAME}-k{run}", workers))
        wait_until_gone(f"{NAME}-k{run}")
        a.append(ours(server, f"{NAME}-o{run}", workers))
        wait_until_gone(f"{NAME}-o{run}")
    mine, other = statistics.median(a), statistics.median(b)
    print(f"create to {workers} workers ready, medians of {runs} runs:")
    print(f"  ours {mine:.2f} s, kubectl apply {other:.2f} s, ratio {mine / other:.3f}")


if __name__ == "__main__":
    main()
