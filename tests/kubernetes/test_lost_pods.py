"""Pods that are taken away from clusters that run: what is told, and that all comes back.

Evicted as by ``kubectl drain``, killed for their memory, made anew under other addresses.
"""

from __future__ import annotations

import contextlib
import json
import re
import time
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest

from .audit import Requests
from .conftest import until
from .faultbench import LIMIT, Admin, Make, admin, clusters, told
from .test_outside import Socket
from .workbench import Workbench, bench, count, empty_bench

__all__ = ["admin", "bench", "clusters", "empty_bench"]

LIVED = 31.0
"""Seconds after which a scheduler may have had work: then its restart is told."""


@pytest.fixture
def requests(bench: Workbench) -> Iterator[Requests]:
    """Counts what the API server is asked during a test: nothing asks in a loop."""
    found = Requests(bench.team.namespace)
    yield found
    found.check()


def pods(bench: Workbench, name: str, part: str) -> list[str]:
    label = f"dask.org/cluster-name={name},dask.org/component={part}"
    return bench.kubectl("get", "pods", "-l", label, "-o", "name").split()


def evict(bench: Workbench, admin: Admin, pod: str) -> None:
    """Ask Kubernetes to take a pod away, as who empties a node does."""
    name = pod.partition("/")[2]
    versions = json.loads(admin("get", "--raw", "/apis/policy"))["versions"]
    # Since 1.22 it is in v1.
    version = "policy/v1"
    if all(it["groupVersion"] != version for it in versions):
        version = "policy/v1beta1"
    metadata = {"name": name, "namespace": bench.team.namespace}
    body = {"apiVersion": version, "kind": "Eviction", "metadata": metadata}
    path = f"/api/v1/namespaces/{bench.team.namespace}/pods/{name}/eviction"
    admin("create", "--raw", path, "-f", "-", body=body)


def pane(bench: Workbench, name: str) -> Socket:
    """Return the websocket of a plot, as a browser opens it."""
    path = f"clusters/{name}/dashboard/individual-task-stream"
    until("the page is there", lambda: bench.server.status_of(path) == 200, LIMIT)
    with urllib.request.urlopen(bench.server.url + path, timeout=30) as answer:
        found = re.search(r'"token":"([^"]+)"', answer.read().decode())
    assert found
    socket = Socket(f"{bench.server.url}{path}/ws", ("bokeh", found[1]))
    until("Bokeh greets", lambda: any('"ACK"' in str(it) for it in socket.messages), 20)
    return socket


def test_a_worker_that_is_evicted(
    bench: Workbench, clusters: Make, admin: Admin, requests: Requests
) -> None:
    name = clusters("evicted", workers=2)
    bench.running(name)
    evict(bench, admin, pods(bench, name, "worker")[0])
    # Before 1.25 Kubernetes does not write down who took it away.
    words = r"1 worker was (deleted by somebody|evicted: somebody empties its node, say)\."
    told(bench, name, "never", words)
    found = bench.running(name)
    assert count(found) == (2, 2)


def test_a_scheduler_that_runs_out_of_memory(
    bench: Workbench, clusters: Make, requests: Requests
) -> None:
    """Kubernetes kills it while it works; its results are lost, and the card says so."""
    name = clusters("full")
    bench.running(name)
    pod = pods(bench, name, "scheduler")
    time.sleep(LIVED)
    with bench.client(name) as client, contextlib.suppress(OSError):
        client.run_on_scheduler(lambda: len(b"x" * 2**30))
    # While it starts again the card says that; why it had to, once it runs.
    words = r"The scheduler was restarted at .* \(it ran out of memory\)"
    told(bench, name, "never", words)
    assert pods(bench, name, "scheduler") == pod
    bench.running(name)


def test_a_scheduler_with_other_addresses(
    bench: Workbench, clusters: Make, requests: Requests
) -> None:
    """Another pod behind another Service: the dashboard is reached again by itself."""
    name = clusters("moved")
    bench.running(name)
    before = pane(bench, name)
    service = bench.get("service", f"{name}-scheduler")
    bench.kubectl("delete", "service", f"{name}-scheduler")
    old = pods(bench, name, "scheduler")
    bench.kubectl("delete", *old, "--wait=false")
    assert before.over.wait(60), "the pane is not told"
    before.close()
    spec = {key: service["spec"][key] for key in ("ports", "selector", "type")}
    metadata = {key: service["metadata"][key] for key in ("name", "labels")}
    body: dict[str, Any] = {"apiVersion": "v1", "kind": "Service"}
    bench.kubectl("create", "-f", "-", body={**body, "metadata": metadata, "spec": spec})
    begin = time.monotonic()
    until("a new pod", lambda: pods(bench, name, "scheduler") not in ([], old), LIMIT)
    bench.running(name)
    pane(bench, name).close()
    now = bench.get("service", f"{name}-scheduler")["spec"]["clusterIP"]
    print(f"\n  {service['spec']['clusterIP']} -> {now}")
    assert now != service["spec"]["clusterIP"]
    print(f"  a pane of the new one after {time.monotonic() - begin:.1f} s")
