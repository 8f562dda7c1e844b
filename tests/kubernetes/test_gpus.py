"""GPUs that the node only claims to have: Kubernetes counts them all the same."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.nvml import STANDIN

from .conftest import kubectl, until
from .test_walkthroughs import say_running
from .workbench import SMALL, Workbench, bench, count, empty_bench, group

__all__ = ["bench", "empty_bench"]

GPU = "nvidia.com/gpu"
CONFLICTS = 5

WITH_NVML = f"""
import os, sys, tempfile
os.environ["PYTHONPATH"] = folder = tempfile.mkdtemp()
with open(folder + "/pynvml.py", "w") as file:
    file.write({(STANDIN / "pynvml.py").read_text()!r})
os.execvp("dask", ["dask", "worker", *sys.argv[1:]])
"""
"""Brings the stand-in for NVML into a pod, and becomes a worker there."""


def change_node(change: Callable[[dict[str, Any]], None], kubeconfig: Path) -> str:
    """Change the status of a node that takes pods; returns the node's name."""
    for attempt in range(CONFLICTS):
        nodes = json.loads(kubectl("get", "nodes", "-o", "json", kubeconfig=kubeconfig))
        node = next(it for it in nodes["items"] if not it["spec"].get("taints"))
        change(node["status"])
        url = f"/api/v1/nodes/{node['metadata']['name']}/status"
        try:
            kubectl("replace", "--raw", url, "-f", "-", kubeconfig=kubeconfig, body=node)
        except AssertionError as error:
            # The kubelet has written at the same moment.
            if "the object has been modified" not in str(error) or attempt == CONFLICTS - 1:
                raise
        else:
            return str(node["metadata"]["name"])
    raise AssertionError("unreachable")


@contextlib.contextmanager
def gpus(number: int, kubeconfig: Path) -> Iterator[None]:
    def add(status: dict[str, Any]) -> None:
        assert not status["capacity"].get(GPU), "The node has GPUs of its own."
        status["capacity"][GPU] = status["allocatable"][GPU] = str(number)

    def remove(status: dict[str, Any]) -> None:
        status["capacity"].pop(GPU, None)
        status["allocatable"].pop(GPU, None)

    def told(part: str) -> str:
        path = f"jsonpath={{.status.{part}.nvidia\\.com/gpu}}"
        return kubectl("get", "node", node, "-o", path, kubeconfig=kubeconfig)

    node = change_node(add, kubeconfig)
    try:
        there = str(number)
        until("GPUs", lambda: told("capacity") == told("allocatable") == there, 30)
        yield
    finally:
        change_node(remove, kubeconfig)
        until("no GPU", lambda: told("allocatable") in ("", "0"), 30)


@pytest.fixture
def two_gpus(kubeconfig: Path) -> Iterator[None]:
    with gpus(2, kubeconfig):
        yield


@pytest.fixture
def three_gpus(kubeconfig: Path) -> Iterator[None]:
    with gpus(3, kubeconfig):
        yield


def test_two_gpu_workers(bench: Workbench, two_gpus: None) -> None:
    bench.create("demo", workers=1)
    body = {"name": "gpu", "workers": 2, "resources": {**SMALL, "gpus": 1}}
    body["worker_command"] = ["python", "-c", WITH_NVML]
    answer = bench.done("POST", "clusters/demo/groups", body)
    assert count(answer, "gpu") == (0, 2)
    assert group(answer, "gpu")["gpus"] == 1
    seen = bench.running("demo")
    assert count(seen, "gpu") == (2, 2)
    assert group(seen, "gpu")["gpus"] == 1
    assert (count(seen), group(seen)["gpus"]) == ((1, 1), 0)

    # Both are in use: each pod has one of its own.
    def readings() -> Any:
        return bench.done("GET", "clusters/demo/metrics")["gpu"]

    until("the readings of both GPUs", lambda: (readings() or {}).get("count") == 2, 30)
    gpu = readings()
    print(gpu)
    assert 0 < gpu["memory"] < gpu["memory_total"] == 2 * 16 * 2**30
    assert 0 <= gpu["utilization"] <= 100

    # The third finds no GPU, and the card says so.
    bench.done("PATCH", "clusters/demo/groups/gpu", {"workers": 3})
    seen = bench.until("demo", lambda it: it and "gpu" in it["reason"].lower(), 30)
    print(seen["reason"])
    assert count(seen, "gpu") == (2, 3)
    assert seen["phase"] == "Running"
    assert "2 of 3" in seen["reason"] or "3 of 4" in seen["reason"]
    bench.done("PATCH", "clusters/demo/groups/gpu", {"workers": 2})
    assert count(bench.running("demo"), "gpu") == (2, 2)
    bench.done("DELETE", "clusters/demo")
    bench.gone("demo")


def test_the_rapids_walkthrough(bench: Workbench, three_gpus: None) -> None:
    """As published, but for the image and its worker command (there is no CUDA here).

    The third GPU is the scheduler's: dask-kubernetes 2026.3 gives it the same resources.
    """
    kernel = bench.kernel()
    kernel.run("from dask_kubernetes.operator import KubeCluster")
    cell = kernel.begin(
        'cluster = KubeCluster(name="rapids-dask",\n'
        f'                      image="{bench.image}",\n'
        '                      worker_command="dask-worker",\n'
        "                      n_workers=2,\n"
        f'                      resources={{"limits": {{"{GPU}": "1"}}}},\n'
        '                      env={"DISABLE_JUPYTER": "true"})'
    )
    bench.until("rapids-dask", lambda it: it is not None, 30)
    say_running(bench, "rapids-dask")
    seen = bench.running("rapids-dask")
    assert (count(seen), group(seen)["gpus"]) == ((2, 2), 1)
    kernel.finish(cell)
