"""Many notebook servers on one API server: what they cost it at rest and with a change.

``python -m benchmarks.kubernetes_servers [servers] [minutes]`` (300, 5) with the
administrator's $KUBECONFIG. Each server has a namespace of its own, with one cluster of two
workers (see `kubernetes_world`), and then all of them look at one namespace. They are one
process here, but all their watches are real: what a Jupyter server of ours holds, it holds
so many times.
"""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import json
import logging
import os
import re
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

from jupyter_dask_k8s.backends.kubernetes.access import Access, find_access
from jupyter_dask_k8s.backends.kubernetes.api import MERGE_PATCH, KubernetesAPI
from jupyter_dask_k8s.backends.kubernetes.profiles import ProfileMaps
from jupyter_dask_k8s.backends.kubernetes.quotawatch import QuotaWatch
from jupyter_dask_k8s.backends.kubernetes.reflector import Reflector
from jupyter_dask_k8s.backends.kubernetes.resources import GROUPS, JOBS, RUNNERS
from jupyter_dask_k8s.backends.kubernetes.world import Parts, World

from .kubernetes_world import ACCOUNT, ROLE, Maker, kubectl, namespace

LOG = logging.getLogger("benchmark")
CLUSTER = "bench"
LABEL = "benchmark"
CHANGES = 100
AT_ONCE = 8
"""Servers that start at the same time."""

CALM = 20.0
"""Seconds until controllers have done with what was made."""


class Watcher:
    """All that a Jupyter server of ours watches, without Jupyter."""

    def __init__(self, access: Access) -> None:
        async def login() -> Access:
            return access

        self._api = KubernetesAPI(access, login, LOG)
        self.told = asyncio.Event()
        """Set when a cluster looks different."""
        self.heard = 0
        self._ready = asyncio.Event()
        self._world = World(self._api, self._draw, self._take_state, LOG)
        self._quota = QuotaWatch(self._api, self._world, LOG)
        self._profiles = ProfileMaps(self._api, "", lambda *_: None, LOG)
        kinds = (JOBS, RUNNERS)
        self._jobs = [
            Reflector(self._api, kind, lambda *_: None, lambda: None, LOG) for kind in kinds
        ]
        self._tasks: list[asyncio.Task[None]] = []

    def _draw(self, name: str, parts: Parts) -> None:
        self.heard += 1
        self.told.set()

    def _take_state(self) -> None:
        if self._world.drawn:
            self._ready.set()

    async def start(self) -> None:
        """Begin to watch; returns when all is known."""
        self._world.start()
        self._quota.start()
        self._profiles.start()
        self._tasks = [asyncio.create_task(it.run()) for it in self._jobs]
        await self._profiles.ready()
        await self._ready.wait()

    async def stop(self) -> None:
        """End all watches."""
        for task in self._tasks:
            task.cancel()
        await self._profiles.stop()
        await self._quota.stop()
        await self._world.stop()
        await self._api.close()


class ApiServer:
    """The API server's own figures."""

    def __init__(self, admin: KubernetesAPI) -> None:
        self._admin = admin

    async def read(self) -> tuple[float, Counter[str], float]:
        """Return its processor time, its requests by verb, and its memory in MiB."""
        text = (await self._admin.send("GET", "/metrics")).decode()
        seconds = float(_value(text, "process_cpu_seconds_total"))
        memory = float(_value(text, "process_resident_memory_bytes")) / 2**20
        requests: Counter[str] = Counter()
        pattern = r"^apiserver_request_total\{(.*)\} (\S+)$"
        for labels, count in re.findall(pattern, text, re.MULTILINE):
            verb = re.search(r'verb="(\w+)"', labels)
            requests[verb[1] if verb else "?"] += float(count)  # type: ignore[assignment]
        return seconds, requests, memory


def _value(text: str, name: str) -> str:
    found = re.search(rf"^{name} (\S+)$", text, re.MULTILINE)
    assert found, name
    return found[1]


async def rest(server: ApiServer, minutes: float, title: str) -> float:
    """Print what the API server does while nobody does anything; returns how busy it is."""
    cpu, requests, _ = await server.read()
    begin = time.monotonic()
    await asyncio.sleep(60 * minutes)
    later, after, memory = await server.read()
    took = time.monotonic() - begin
    verbs = {it: (after[it] - requests[it]) / took for it in ("WATCH", "LIST", "GET")}
    told = ", ".join(f"{verb} {rate:.2f}" for verb, rate in verbs.items())
    print(
        f"{title}: at rest {1000 * (later - cpu) / took:.0f} ms processor time a second; "
        f"requests a second: {told}; memory {memory:.0f} MiB",
        flush=True,
    )
    return (later - cpu) / took


async def change(
    server: ApiServer,
    api: KubernetesAPI,
    watchers: list[Watcher],
    concerned: list[Watcher],
    busy: float,
    title: str,
) -> None:
    """Print what one change costs: who hears it, how late the last one, and the work."""
    heard = sum(it.heard for it in watchers)
    latest = []
    cpu, _, _ = await server.read()
    begin = time.monotonic()
    for number in range(CHANGES):
        body = {"spec": {"worker": {"replicas": 3 + number}}}
        for it in concerned:
            it.told.clear()
        start = time.monotonic()
        await api.request(
            *("PATCH", GROUPS, f"{CLUSTER}-default"), body=body, content_type=MERGE_PATCH
        )
        await asyncio.gather(*(it.told.wait() for it in concerned))
        latest.append(time.monotonic() - start)
        await asyncio.sleep(0.1)
    took = time.monotonic() - begin
    later, _, _ = await server.read()
    heard = sum(it.heard for it in watchers) - heard
    size = len(await api.request("GET", GROUPS, f"{CLUSTER}-default"))
    latest.sort()
    print(
        f"{title}: {heard / CHANGES:.0f} hear a change ({size:,} bytes each), "
        f"the last of them after {1000 * latest[CHANGES // 2]:.0f} ms (p50), "
        f"{1000 * latest[-1]:.0f} ms (worst); "
        f"{1000 * (later - cpu - busy * took) / CHANGES:.1f} ms more processor time of the "
        "API server for each",
        flush=True,
    )


@contextlib.asynccontextmanager
async def started(
    accesses: list[Access], server: ApiServer, title: str
) -> AsyncIterator[list[Watcher]]:
    """Start servers, some at the same time; prints what that takes."""
    watchers = [Watcher(it) for it in accesses]
    free = asyncio.Semaphore(AT_ONCE)

    async def start(it: Watcher) -> None:
        async with free:
            await it.start()

    cpu, _, memory = await server.read()
    begin = time.monotonic()
    try:
        await asyncio.gather(*(start(it) for it in watchers))
        took = time.monotonic() - begin
        later, _, more = await server.read()
        count = len(watchers)
        each = 1000 * (later - cpu) / count
        print(
            f"{title}: {count} started in {took:.0f} s; {each:.0f} ms processor "
            f"time and {(more - memory) / count:.2f} MiB of the API server for each",
            flush=True,
        )
        yield watchers
    finally:
        await asyncio.gather(*(it.stop() for it in watchers))


async def make_namespace(api: KubernetesAPI, home: str) -> None:
    """Make a namespace with one cluster of two workers."""
    metadata = {"name": api.namespace, "labels": {LABEL: home}}
    space = {"apiVersion": "v1", "kind": "Namespace", "metadata": metadata}
    await api.send("POST", "/api/v1/namespaces", body=space)
    account = f"/api/v1/namespaces/{api.namespace}/serviceaccounts"
    for _ in range(60):
        await asyncio.sleep(1)  # pods need one
        if json.loads(await api.send("GET", account))["items"]:
            break
    await Maker(api).make_cluster(CLUSTER, 2)


async def run(count: int, minutes: float, home: str, kubeconfig: Path) -> None:
    """Measure without any server, with one in each namespace, with all in one."""
    theirs = await find_access("", home)
    own, os.environ["KUBECONFIG"] = os.environ["KUBECONFIG"], str(kubeconfig)
    mine = await find_access("", home)
    os.environ["KUBECONFIG"] = own

    async def find() -> Access:
        return theirs

    names = [f"{home}-{number}" for number in range(count)]
    free = asyncio.Semaphore(AT_ONCE)

    async def prepare(name: str) -> None:
        async with free:
            api = KubernetesAPI(dataclasses.replace(theirs, namespace=name), find, LOG)
            await make_namespace(api, home)
            await api.close()

    await asyncio.gather(*(prepare(name) for name in names))
    first = KubernetesAPI(dataclasses.replace(theirs, namespace=names[0]), find, LOG)
    server = ApiServer(first)
    await asyncio.sleep(CALM)
    title = "no server"
    busy = await rest(server, min(1, minutes), title)
    await change(server, first, [], [], busy, title)
    title = "a namespace each"
    spaces = [dataclasses.replace(mine, namespace=name) for name in names]
    async with started(spaces, server, title) as watchers:
        await asyncio.sleep(CALM)
        busy = await rest(server, minutes, title)
        await change(server, first, watchers, watchers[:1], busy, title)
    title = "one namespace"
    async with started([spaces[0]] * count, server, title) as watchers:
        await asyncio.sleep(CALM)
        busy = await rest(server, min(1, minutes), title)
        await change(server, first, watchers, watchers, busy, title)
    await first.close()


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    minutes = float(sys.argv[2]) if len(sys.argv) > 2 else 5.0
    with namespace("bench-servers") as (home, kubeconfig):
        who = f"--serviceaccount={home}:{ACCOUNT}"
        kubectl("create", "clusterrolebinding", home, f"--clusterrole={ROLE}", who)
        try:
            asyncio.run(run(count, minutes, home, kubeconfig))
        finally:
            kubectl("delete", "clusterrolebinding", home)
            kubectl("delete", "namespaces", "-l", f"{LABEL}={home}", "--wait=false")


if __name__ == "__main__":
    main()
