"""The published walk-throughs of Dask on Kubeflow, step by step, beside our list.

Sources: "Using Dask on KubeFlow with the Dask Kubernetes Operator" (2022), whose module
dask_kubernetes.experimental is dask_kubernetes.operator today; and a platform's page on the
cluster named dask-cluster that each of its users finds in the namespace.
"""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Iterator

import pytest

from .conftest import Team, until
from .workbench import MANIFESTS, PUBLISHED_IMAGE, Workbench, bench, count, empty_bench

__all__ = ["bench", "empty_bench"]

SOON = 5.0
"""Seconds until what kubectl made is in the list."""

SUM = "print('sum:', client.submit(sum, [20, 22]).result())"


def say_running(bench: Workbench, name: str) -> None:
    """Repair what KubeCluster waits for.

    The operator (2026.3) sets status.phase to Running when it sees the Service, and to
    Pending when it has made everything; it ends with Pending where the API server is slow.
    KubeCluster then gives up after a minute, here as everywhere.
    """

    def made() -> bool:
        found = bench.get("daskcluster", name)
        group = bench.get("daskworkergroup", f"{name}-default")
        return bool(group) and found["status"].get("phase") in ("Pending", "Running")

    until("the operator has made everything", made)
    time.sleep(1)
    patch = json.dumps({"status": {"phase": "Running"}})
    bench.kubectl("patch", "daskcluster", name, "--type=merge", "-p", patch)


def test_a_cluster_from_a_notebook(bench: Workbench) -> None:
    kernel = bench.kernel()
    kernel.run("from dask_kubernetes.operator import KubeCluster")

    cell = kernel.begin('cluster = KubeCluster(name="demo")')
    seen = bench.until("demo", lambda it: it is not None, 30)
    assert seen["phase"] == "Pending"
    assert seen["reason"]
    say_running(bench, "demo")
    kernel.finish(cell)
    seen = bench.running("demo")
    # It began with three workers in the article, and begins with none today.
    assert count(seen) == (0, kernel.value("cluster.n_workers")) == (0, 0)
    assert not seen["shared"]

    kernel.run("cluster.scale(5)")
    begin = time.monotonic()
    bench.until("demo", lambda it: (count(it) or (0, 0))[1] == 5, SOON)
    assert time.monotonic() - begin < SOON
    assert count(bench.running("demo")) == (5, 5)
    assert "demo" in bench.kubectl("get", "daskclusters")

    kernel.run("from dask.distributed import Client\n\nclient = Client(cluster)")
    # Pods of others are ready a moment before their workers are.
    metrics = "clusters/demo/metrics"
    bench.server.until(metrics, lambda it: it and it["workers"] == 5, 120)
    # The article's array has 75 GB; ours has the same shape, smaller.
    kernel.run(
        "import dask.array as da\n\n"
        "arr = da.random.random((100, 100, 100), chunks=(50, 50, 50))\n"
        "result = arr.mean().compute()"
    )
    assert 0.4 < kernel.value("float(result)") < 0.6

    kernel.run("cluster.scale(1)")
    bench.until("demo", lambda it: count(it) == (1, 1))
    cell = kernel.begin("cluster.close()")
    bench.until("demo", lambda it: it is None or it["phase"] == "Stopping", SOON)
    kernel.finish(cell)
    bench.gone("demo")


def test_a_cluster_from_yaml(bench: Workbench) -> None:
    """The published manifest, with a Service of type NodePort."""
    bench.kubectl("apply", "-f", bench.manifest("cluster.yaml"))
    begin = time.monotonic()
    seen = bench.until("simple-cluster", lambda it: it is not None, SOON)
    print(f"listed after {time.monotonic() - begin:.2f} s")
    assert seen["owner"] == ""
    seen = bench.running("simple-cluster")
    assert count(seen) == (3, 3)
    assert seen["scheduler_address"].startswith("tcp://simple-cluster-scheduler.")
    metrics = "clusters/simple-cluster/metrics"
    bench.server.until(metrics, lambda it: it and it["workers"] == 3, 120)
    assert bench.server.status_of("clusters/simple-cluster/dashboard/status") == 200


def test_the_code_for_that_cluster_computes(bench: Workbench) -> None:
    """Also where the Service is a NodePort: users of Kubeflow may not list nodes."""
    kernel = bench.kernel()
    kernel.run(bench.export("simple-cluster", "kubecluster"), 60)
    assert "sum: 42" in kernel.run(SUM)
    kernel.shut_down()
    assert count(bench.running("simple-cluster")) == (3, 3)


def test_yaml_deletes_just_as_easily(bench: Workbench) -> None:
    bench.kubectl("delete", "--wait=false", "-f", bench.manifest("cluster.yaml"))
    bench.until("simple-cluster", lambda it: it is None or it["phase"] == "Stopping", SOON)
    until("it is gone", lambda: bench.get("daskcluster", "simple-cluster") is None)


@pytest.fixture(scope="module")
def dask_cluster(bench: Workbench, team: Team) -> Iterator[str]:
    """What the platform puts into each namespace."""
    text = (MANIFESTS / "cluster.yaml").read_text().replace(PUBLISHED_IMAGE, bench.image)
    text = text.replace("simple-cluster", "dask-cluster").replace("NodePort", "ClusterIP")
    path = bench.manifest("cluster.yaml").with_name("dask-cluster.yaml")
    path.write_text(text.replace("replicas: 3", "replicas: 1"))
    bench.kubectl("apply", "-f", path)
    bench.running("dask-cluster")
    yield "dask-cluster"
    bench.kubectl("delete", "daskcluster", "dask-cluster", "--wait=false")


def test_the_platforms_own_code(bench: Workbench, dask_cluster: str) -> None:
    assert bench.done("GET", f"clusters/{dask_cluster}")["shared"]
    kernel = bench.kernel()
    kernel.run(
        "import os\n"
        "os.environ['JUPYTERHUB_USER'] = \"vincent.park\"\n"
        "\n"
        "from dask.distributed import Client\n"
        "from dask_kubernetes.operator import KubeCluster\n"
        "\n"
        'cluster = KubeCluster.from_name("dask-cluster", shutdown_on_close=False)\n'
        "client = Client(cluster)\n"
        "client"
    )
    assert "sum: 42" in kernel.run(SUM)
    kernel.shut_down()
    assert stays(bench, dask_cluster)


@pytest.mark.parametrize("end", ["shut_down", "SIGTERM", "SIGKILL"])
def test_the_end_of_a_kernel_deletes_nothing(
    bench: Workbench, dask_cluster: str, end: str
) -> None:
    code = bench.export(dask_cluster, "kubecluster")
    assert 'KubeCluster.from_name("dask-cluster"' in code
    assert "shutdown_on_close=False" in code
    kernel = bench.kernel()
    kernel.run(code)
    assert "sum: 42" in kernel.run(SUM)
    if end == "shut_down":
        kernel.shut_down()
    else:
        kernel.signal(signal.Signals[end])
    assert stays(bench, dask_cluster)


def stays(bench: Workbench, name: str) -> bool:
    """Whether a cluster is neither gone nor about to go a moment later."""
    time.sleep(2)
    found = json.loads(bench.kubectl("get", "daskcluster", name, "-o", "json"))
    running = bench.done("GET", f"clusters/{name}")["phase"] == "Running"
    return running and "deletionTimestamp" not in found["metadata"]
