"""A scheduler whose workers and tasks are only claimed; its page is the real one."""

from __future__ import annotations

import asyncio
import contextlib
import json
import struct
import time
from collections.abc import AsyncIterator, Callable
from types import SimpleNamespace
from typing import Any

from aiohttp import web

from jupyter_dask_k8s.models import Cluster
from jupyter_dask_k8s.monitor.hub import MetricsHub
from jupyter_dask_k8s.scheduler import SchedulerClient
from jupyter_dask_k8s.schedulerpage import MonitorPage
from jupyter_dask_k8s.store import Entry, Store

from ..test_store import make_cluster

PAGE = "/readings.json"
GIB = 2**30


def worker(number: int, **changes: Any) -> SimpleNamespace:
    metrics = {
        "cpu": 150.0,
        "memory": GIB,
        "spilled_bytes": {"memory": GIB // 8, "disk": GIB // 16},
        "host_net_io": {"read_bps": 2048.0, "write_bps": 1024.0},
        **changes.pop("metrics", {}),
    }
    values = {
        "server_id": f"id-{number}",
        "name": f"worker-{number}",
        "host": "10.0.0.1",
        "nthreads": 2,
        "memory_limit": 4 * GIB,
        "extra": {},
        "metrics": metrics,
        "processing": {"x": None},
        "nbytes": GIB // 4,
    }
    return SimpleNamespace(**values | changes)


def prefix(name: str, done: int = 0, **states: int) -> SimpleNamespace:
    return SimpleNamespace(name=name, states=states, state_counts={"memory": done})


class Scheduler:
    """Answers on a port of this machine, and counts who asks."""

    def __init__(self) -> None:
        self.asked = 0
        self.cost = 0.0
        self.device: str | None = None
        self.broken = False
        self.silent = False
        """Whether who asks gets no answer at all."""
        self.restart()

    def restart(self, *workers: SimpleNamespace) -> None:
        """Be another scheduler, with these workers."""
        monitor = SimpleNamespace(gpu_name=None, gpu_memory_total=-1)
        self.state = SimpleNamespace(workers={}, task_prefixes={}, monitor=monitor)
        self.set(*(workers or (worker(1), worker(2))))
        self.page = MonitorPage(self.state, lambda _: self.device)

    def set(self, *workers: SimpleNamespace) -> None:
        self.state.workers = {it.server_id: it for it in workers}

    def tasks(self, *prefixes: SimpleNamespace) -> None:
        self.state.task_prefixes = {it.name: it for it in prefixes}

    def more(self) -> dict[str, Any]:
        end = time.thread_time() + self.cost
        while time.thread_time() < end:
            pass
        own = {"cpu": 1.5, "memory": GIB}
        return {"clients": 1, "ends": None, "scheduler": own}

    async def answer(self, request: web.Request) -> web.Response:
        self.asked += 1
        if self.silent:
            assert request.transport is not None
            request.transport.close()
        if self.broken:
            return web.Response(status=500)
        known = request.query.get("monitor", "")
        return web.Response(body=self.page.answer(known, self.more))

    async def health(self, request: web.Request) -> web.Response:
        if self.silent:
            return await self.answer(request)
        return web.Response(body=b"ok")


def texts(data: bytes) -> list[bytes]:
    """Return the texts of frames of a websocket."""
    found = []
    at = 0
    while at < len(data):
        size = data[at + 1]
        at += 2
        if size == 126:
            (size,) = struct.unpack_from("!H", data, at)
            at += 2
        elif size == 127:
            (size,) = struct.unpack_from("!Q", data, at)
            at += 8
        found.append(data[at : at + size])
        at += size
    return found


class Listener:
    """Takes the messages of a cluster."""

    def __init__(self) -> None:
        self.written: list[bytes] = []
        self.messages: list[bytes] = []

    def __call__(self, message: bytes) -> None:
        self.written.append(message)
        self.messages += texts(message)

    @property
    def frames(self) -> list[dict[str, Any]]:
        return [json.loads(it) for it in self.messages]

    @property
    def samples(self) -> list[dict[str, Any]]:
        return [it for frame in self.frames for it in frame["samples"]]

    async def until(self, accept: Callable[[Listener], Any], limit: float = 10) -> None:
        end = time.monotonic() + limit
        while not accept(self):
            assert time.monotonic() < end, self.frames[-1:]
            await asyncio.sleep(0.01)


class Ground:
    """A hub, and the store in which its one cluster is."""

    def __init__(self, scheduler: Scheduler, hub: MetricsHub, store: Store) -> None:
        self.scheduler = scheduler
        self.hub = hub
        self.store = store

    def look(self, *, monitor: bool = True) -> Listener:
        listener = Listener()
        self.hub.subscribe("demo", listener, monitor=monitor)
        return listener

    def turn(self, listener: Listener, *, monitor: bool = True) -> None:
        """Look no more."""
        self.hub.unsubscribe("demo", listener, monitor=monitor)

    def put(self, cluster: Cluster) -> None:
        """Let the cluster be this one, at the same address."""
        entry = self.store.entry("demo")
        self.store.put(Entry(cluster, entry.dashboard, entry.readings_path))


@contextlib.asynccontextmanager
async def stand(interval: float = 0.05) -> AsyncIterator[Ground]:
    scheduler = Scheduler()
    app = web.Application()
    app.router.add_get(PAGE, scheduler.answer)
    app.router.add_get("/health", scheduler.health)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    store, client = Store(lambda event: None), SchedulerClient()
    store.put(Entry(make_cluster("demo"), f"http://{host}:{port}", PAGE))
    hub = MetricsHub(client, store, interval)
    try:
        yield Ground(scheduler, hub, store)
    finally:
        await hub.close()
        await client.close()
        await runner.cleanup()
