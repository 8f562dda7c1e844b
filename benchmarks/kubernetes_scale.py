"""A namespace with a thousand clusters: what Jupyter takes, beside an empty namespace.

``python -m benchmarks.kubernetes_scale [clusters] [pods] [quiet minutes]`` (1000, 10000, 5)
with the administrator's $KUBECONFIG, and $TESTBED_AUDIT, the API server's log of requests,
if these shall be counted. An operator is not needed, nor nodes: see `kubernetes_world`.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime
import json
import os
import socket
import statistics
import sys
import tempfile
import threading
import time
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from jupyter_dask_k8s.backends.kubernetes.api import MERGE_PATCH, KubernetesAPI
from jupyter_dask_k8s.backends.kubernetes.resources import GROUPS, PODS
from jupyter_dask_k8s.events import SCHEMA_ID
from tests.kubernetes.audit import read_requests
from tests.server_process import Server

from .kubernetes_rest import report
from .kubernetes_world import as_admin, fill, namespace
from .metrics_sources import processor_time

READS = 300
CHANGES = 40
REST = 20.0
"""Seconds until controllers have done with what was made."""


class Watchman(threading.Thread):
    """Asks a server for its status without a pause from the moment it listens."""

    def __init__(self, port: int) -> None:
        super().__init__(daemon=True)
        self.times: list[float] = []
        """Seconds that each answer took until the server was ready."""
        self.begin = self.end = 0.0
        self._connection = HTTPConnection("127.0.0.1", port, timeout=60)
        self.start()

    def run(self) -> None:
        """Ask until the server is ready."""
        while not self._listens():
            time.sleep(0.005)
        self.begin = time.monotonic()
        while not self.end:
            start = time.monotonic()
            self._connection.request("GET", f"{Server.base_url}dask-k8s/api/status")
            answer = json.loads(self._connection.getresponse().read())
            now = time.monotonic()
            self.times.append(now - start)
            if answer["state"] == "ready":
                self.end = now
            time.sleep(0.002)

    def _listens(self) -> bool:
        try:
            self._connection.connect()
        except OSError:
            return False
        return True


class Bench:
    """A server in one namespace."""

    def __init__(self, kubeconfig: Path, folder: Path) -> None:
        folder.mkdir()
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.watchman = Watchman(port)
        self.server = Server(
            folder,
            "--DaskK8sApp.backend=kubernetes",
            "--KubernetesBackend.image=localhost/dask:test",
            port=port,
            KUBECONFIG=str(kubeconfig),
        )
        self.server.until("status", lambda it: it and it["state"] == "ready")
        self.watchman.join()

    def memory(self) -> tuple[float, float]:
        """Return what the process has in memory now, and the most it ever had, in MiB."""
        text = Path(f"/proc/{self.server.process.pid}/status").read_text()
        lines = dict(line.split(":", 1) for line in text.splitlines() if ":" in line)
        now, most = (int(lines[key].split()[0]) / 1024 for key in ("VmRSS", "VmHWM"))
        return now, most

    def read_list(self) -> tuple[list[float], int]:
        """Return how long reading the list takes, again and again, and its bytes."""
        url = urlsplit(self.server.url)
        connection = HTTPConnection("127.0.0.1", url.port or 80, timeout=60)
        times = []
        for _ in range(READS):
            start = time.monotonic()
            connection.request("GET", f"{url.path}api/clusters")
            size = len(connection.getresponse().read())
            times.append(time.monotonic() - start)
        return times, size


def tell(what: str, times: list[float]) -> None:
    """Print a line of times."""
    ordered = sorted(times)
    p99 = ordered[min(len(ordered) - 1, int(0.99 * len(ordered)))]
    median = statistics.median(ordered)
    print(
        f"  {what:44} p50 {1000 * median:7.1f}  p99 {1000 * p99:7.1f}"
        f"  worst {1000 * ordered[-1]:7.1f} ms  ({len(times)})",
        flush=True,
    )


async def measure_changes(
    server: Server, api: KubernetesAPI, clusters: int
) -> dict[str, list[float]]:
    """Return how long changes take from the request until our event bus tells of them."""
    where = "ws" + server.url.removeprefix("http").removesuffix("dask-k8s/")
    found: dict[str, list[float]] = {"a group scaled": [], "a pod deleted": []}
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(f"{where}api/events/subscribe", max_msg_size=0) as socket,
    ):
        for number in range(CHANGES):
            name = f"bench-{number * clusters // CHANGES:04}"
            pod = f"{name}-default-worker-{0:010x}-6d4cf56db6-abcde"
            body = {"spec": {"worker": {"replicas": 100 + number}}}
            scale = api.request(
                *("PATCH", GROUPS, f"{name}-default"), body=body, content_type=MERGE_PATCH
            )
            found["a group scaled"].append(await _until_told(scale, socket, name))
            await asyncio.sleep(0.3)
            kill = api.request("DELETE", PODS, pod, params={"gracePeriodSeconds": "0"})
            found["a pod deleted"].append(await _until_told(kill, socket, name))
            await asyncio.sleep(0.3)
    return found


async def _until_told(change: Any, socket: Any, name: str) -> float:
    start = time.monotonic()
    asking = asyncio.ensure_future(change)
    event: dict[str, Any] = {}
    while (event.get("schema_id"), event.get("name")) != (SCHEMA_ID, name):
        event = json.loads((await socket.receive(timeout=30)).data)
    took = time.monotonic() - start
    await asking
    return took


def quiet(server: Server, name: str, minutes: float) -> None:
    """Count what the API server is asked while a panel is open and nothing happens."""
    cost = processor_time(server.process.pid)
    start = datetime.datetime.now(datetime.timezone.utc).isoformat()
    time.sleep(60 * minutes)
    cost = processor_time(server.process.pid) - cost
    print(
        f"  Jupyter's processor time at rest: {1000 * cost / 60 / minutes:.2f} ms a second"
    )
    if log := os.environ.get("TESTBED_AUDIT"):
        report(read_requests(Path(log), start, name), minutes)


def look(bench: Bench, title: str) -> float:
    """Print the figures that need no change; returns the memory."""
    print(title)
    times = bench.watchman.times
    begin, end = bench.watchman.begin, bench.watchman.end
    print(f"  ready {end - begin:.2f} s after it listens")
    tell("status while it starts to watch", times)
    reads, size = bench.read_list()
    tell(f"list ({size:,} bytes)", reads)
    now, most = bench.memory()
    print(f"  memory {now:.0f} MiB, at most {most:.0f} MiB", flush=True)
    return now


def main() -> None:
    numbers = [float(it) for it in sys.argv[1:]]
    clusters, pods, minutes = [*numbers, *(1000.0, 10_000.0, 5.0)[len(numbers) :]]
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        _, empty = stack.enter_context(namespace("bench-empty"))
        name, full = stack.enter_context(namespace("bench-full"))
        fill(name, int(clusters), int(pods))
        time.sleep(REST)
        small = Bench(empty, folder / "empty")
        stack.callback(small.server.close)
        base = look(small, "an empty namespace")
        large = Bench(full, folder / "full")
        stack.callback(large.server.close)
        taken = look(large, f"{clusters:g} clusters with {pods:g} pods")
        print(f"  memory for them: {taken - base:+.0f} MiB")

        async def change(api: KubernetesAPI) -> Any:
            return await measure_changes(large.server, api, int(clusters))

        for what, times in as_admin(name, change).items():
            tell(f"{what}, until our events tell", times)
        quiet(large.server, name, minutes)


if __name__ == "__main__":
    main()
