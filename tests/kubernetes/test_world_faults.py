"""Faults of the whole Kubernetes, made for real and mended again.

They come after all other tests: a failure here harms no other test.
"""

from __future__ import annotations

import contextlib
import datetime
import json
import os
import re
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from .audit import Requests
from .conftest import kubectl, until
from .faultbench import LATE, Make, admin, clusters, told
from .workbench import SMALL, Workbench, bench, count, empty_bench

__all__ = ["admin", "bench", "clusters", "empty_bench"]

pytestmark = pytest.mark.whole_cluster


@pytest.fixture(scope="module", autouse=True)
def testbed(kubeconfig: Path) -> Path:
    """The testbed's program; without it nothing is run: others may use that Kubernetes."""
    mine = os.environ.get("TESTBED_API")
    used = kubectl("config", "view", "--minify", kubeconfig=kubeconfig)
    if not mine or f"server: {mine}\n" not in used:
        pytest.skip("changes the whole Kubernetes, and this one is not our testbed")
    return Path(__file__).parent / "testbed/testbed"


def test_a_cordoned_node(bench: Workbench, clusters: Make, kubeconfig: Path) -> None:
    name = clusters("cordon")
    bench.running(name)
    nodes = json.loads(kubectl("get", "nodes", "-o", "json", kubeconfig=kubeconfig))
    free = [it["metadata"]["name"] for it in nodes["items"] if not it["spec"].get("taints")]
    try:
        for node in free:
            kubectl("cordon", node, kubeconfig=kubeconfig)
        bench.done("PATCH", f"clusters/{name}", {"workers": 2})
        words = (
            r"1 of 2 ready\. A worker cannot be placed.* closed to new pods \(cordoned\)"
        )
        card = told(bench, name, "unschedulable", words)
        assert (card["phase"], count(card)) == ("Running", (1, 2))
    finally:
        for node in free:
            kubectl("uncordon", node, kubeconfig=kubeconfig)
    bench.running(name)


def test_a_node_that_is_emptied(bench: Workbench, clusters: Make, kubeconfig: Path) -> None:
    """All pods of a cluster are evicted and find no place, until the node is back."""
    name = clusters("drained")
    bench.running(name)
    requests = Requests(bench.team.namespace)
    nodes = json.loads(kubectl("get", "nodes", "-o", "json", kubeconfig=kubeconfig))
    free = [it["metadata"]["name"] for it in nodes["items"] if not it["spec"].get("taints")]
    # Others live on these nodes, too.
    whom = (f"--pod-selector=dask.org/cluster-name={name}", "--ignore-daemonsets")
    try:
        for node in free:
            kubectl("drain", node, *whom, "--timeout=60s", kubeconfig=kubeconfig)
        words = r"The scheduler cannot be placed.* closed to new pods \(cordoned\)"
        card = told(bench, name, "unschedulable", words)
        assert card["phase"] in ("Pending", "Failed")
    finally:
        for node in free:
            kubectl("uncordon", node, kubeconfig=kubeconfig)
    begin = time.monotonic()
    found = bench.running(name)
    assert count(found) == (1, 1)
    print(f"  whole again {time.monotonic() - begin:.1f} s after the node was open")
    requests.check()


@pytest.fixture
def no_operator(kubeconfig: Path) -> Iterator[Callable[[], None]]:
    """Stop the operator; returns what starts it again."""
    where = ("-n", "dask-operator", "deployment/dask-kubernetes-operator")

    def scale(replicas: int) -> None:
        kubectl("scale", *where, f"--replicas={replicas}", kubeconfig=kubeconfig)
        pods = ("get", "pods", *where[:2], "-l", "app=dask-operator", "-o", "name")
        if not replicas:
            until("no operator", lambda: not kubectl(*pods, kubeconfig=kubeconfig), 90)

    def start() -> None:
        scale(1)
        wait = ("rollout", "status", *where, "--timeout=120s")
        kubectl(*wait, kubeconfig=kubeconfig, timeout=150)

    scale(0)
    try:
        yield start
    finally:
        start()


def job(bench: Workbench) -> dict[str, Any]:
    found: dict[str, Any] = bench.done("GET", "jobs/ignored")
    return found


def test_an_operator_that_is_stopped(
    bench: Workbench, clusters: Make, no_operator: Callable[[], None]
) -> None:
    begin = time.monotonic()
    name = clusters("silent")
    body = {"name": "ignored", "command": ["true"], "cluster": {"resources": SMALL}}
    bench.done("POST", "jobs", body)
    words = r"The Dask operator does not act on this cluster\."
    card = told(bench, name, "never", words)
    assert 20 <= time.monotonic() - begin < 20 + LATE
    assert (card["phase"], card["since"]) == ("Pending", card["created"])
    words = "The Dask operator does not act on this job."
    until("the job says it", lambda: words in job(bench)["reason"], LATE)
    print(f"  {job(bench)['phase']}: {job(bench)['reason']}")
    no_operator()
    bench.running(name)
    until("the job goes on", lambda: words not in job(bench)["reason"], 60)
    bench.done("DELETE", "jobs/ignored")


def saved(kubeconfig: Path, name: str) -> Any:
    """Return an object so that it can be made again."""
    found = json.loads(kubectl("get", name, "-o", "json", kubeconfig=kubeconfig))
    metadata = found["metadata"]
    found["metadata"] = {
        key: metadata[key] for key in ("name", "labels", "annotations") if key in metadata
    }
    found.pop("status", None)
    return found


@pytest.fixture
def no_clusters(bench: Workbench, kubeconfig: Path) -> Iterator[Callable[[], None]]:
    """Remove the kind DaskCluster; returns what brings it back.

    All clusters would go with it. Worse: of a kind that is on its way out the operator
    (kopf 1.45) takes its marks off no more, and neither goes without help.
    """
    names = ("get", "daskclusters", "-o", "name")
    until("our clusters are gone", lambda: not bench.kubectl(*names), 60)
    others = kubectl(*names, "-A", kubeconfig=kubeconfig).split()
    if others:
        pytest.skip(f"would delete clusters of others: {', '.join(others)}")
    name = "crd/daskclusters.kubernetes.dask.org"
    crd = saved(kubeconfig, name)

    def back() -> None:
        if not kubectl("get", name, "--ignore-not-found", kubeconfig=kubeconfig):
            kubectl("create", "-f", "-", kubeconfig=kubeconfig, body=crd)

    kubectl("delete", name, kubeconfig=kubeconfig)
    try:
        yield back
    finally:
        back()
        where = ("-n", "dask-operator", "deployment/dask-kubernetes-operator")
        kubectl("rollout", "restart", *where, kubeconfig=kubeconfig)
        kubectl("rollout", "status", *where, kubeconfig=kubeconfig)


def shown(bench: Workbench, missing: list[str], limit: float) -> dict[str, Any]:
    """Return the status once it says what is missing; prints how soon it does."""
    begin = time.monotonic()
    until(f"{missing=}", lambda: bench.status()["missing"] == missing, limit)
    found = bench.status()
    print(f"\n{time.monotonic() - begin:.1f} s: {missing} {found['trouble']}")
    return found


def test_a_kind_that_is_removed(
    bench: Workbench, clusters: Make, no_clusters: Callable[[], None]
) -> None:
    status = shown(bench, ["operator"], LATE)
    assert status["operator"] is False
    assert status["stale_since"]
    words = (
        "This Kubernetes has no Dask operator: it does not know "
        "daskclusters.kubernetes.dask.org. Ask an administrator to install "
        "dask-kubernetes-operator."
    )
    assert status["trouble"] == words
    assert bench.names() == []
    code, answer = bench.ask("POST", "clusters", {"name": "nowhere", "workers": 1})
    assert (code, answer["message"]) == (503, words)
    no_clusters()
    status = shown(bench, [], 3 * LATE)
    assert (status["operator"], status["trouble"], status["stale_since"]) == (
        True,
        "",
        None,
    )
    clusters("again")
    until("it is listed", lambda: bench.names() == ["again"], LATE)


@pytest.fixture
def api_server(testbed: Path) -> Iterator[Callable[[str], None]]:
    """Let the API server hang, go on, end, or start again."""

    def do(what: str) -> None:
        subprocess.run([testbed, "api-server", what], check=True, timeout=120)

    try:
        yield do
    finally:
        with contextlib.suppress(subprocess.CalledProcessError):
            do("resume")
        do("start")


OUTAGE = 30.0
START = 8.0
"""Seconds that the API server takes to start, at least."""


@pytest.mark.parametrize(
    ("end", "begin", "words"),
    [
        # What hangs takes longer to be found out: a question may take some seconds.
        ("pause", "resume", r"does not answer in time\.$"),
        ("stop", "start", r"cannot be reached: .+\.$"),
    ],
    ids=("hangs", "stopped"),
)
def test_an_api_server_that_is_away(
    bench: Workbench,
    clusters: Make,
    api_server: Callable[[str], None],
    end: str,
    begin: str,
    words: str,
) -> None:
    name = clusters(f"over-{end}")
    before = bench.running(name)
    bench.status()
    started = time.monotonic()
    api_server(end)
    status = shown(bench, ["api"], 2 * LATE)
    assert re.search(words, status["trouble"])
    assert status["trouble"].count("The Kubernetes API at") == 1
    since = datetime.datetime.fromisoformat(status["stale_since"]).timestamp()
    assert abs(time.time() - since) < 2 * LATE
    # What was known is still there, as it was.
    assert bench.done("GET", f"clusters/{name}") == before
    code, answer = bench.ask("PATCH", f"clusters/{name}", {"workers": 2})
    print(f"  changing: {answer['message']}")
    assert code == 503
    if end == "stop":
        api_server("renew")  # it comes back with another certificate
    # It takes its time to start.
    still = OUTAGE - START if end == "stop" else OUTAGE
    time.sleep(max(0.0, started + still - time.monotonic()))
    assert bench.status()["missing"] == ["api"]
    assert bench.status()["stale_since"] == status["stale_since"]
    api_server(begin)
    print(f"  away for {time.monotonic() - started:.0f} s")
    status = shown(bench, [], 2 * LATE)
    assert (status["trouble"], status["stale_since"]) == ("", None)
    bench.done("PATCH", f"clusters/{name}", {"workers": 2})
    bench.until(name, lambda it: it and count(it) == (2, 2) and not it["reason"])
