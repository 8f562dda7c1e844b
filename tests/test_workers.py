"""What workers use: read from schedulers that answer fast, slowly, and in other ways."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from typing import Any

from aiohttp import web
from distributed import Client
from msgspec.structs import replace

from jupyter_dask_k8s.metrics import read_readings
from jupyter_dask_k8s.pytest_plugin import DaskAPI
from jupyter_dask_k8s.scheduler import SchedulerClient
from jupyter_dask_k8s.services import SETTINGS_KEY
from jupyter_dask_k8s.store import Entry, Store
from jupyter_dask_k8s.workers import WorkerUse

from .contract.test_clusters import create

PAGE = "/readings.json"


class Scheduler:
    """Answers for its workers after ``pause`` seconds."""

    def __init__(self) -> None:
        self.pause = 0.0
        self.asked = 0
        self.workers: list[dict[str, Any]] = [
            {"name": "one", "address": "tcp://10.0.0.1:4000", "metrics": {"memory": 1}},
            {"name": 2, "address": "tls://[fd00::2]:4000", "metrics": {"memory": 2}},
            {"name": None, "address": "tcp://10.0.0.3:4000", "metrics": {"memory": 3}},
            {"name": "x", "address": "tcp://10.0.0.3:4001", "metrics": {"memory": 4}},
        ]

    async def answer(self, request: web.Request) -> web.Response:
        self.asked += 1
        await asyncio.sleep(self.pause)
        return web.json_response({"workers": self.workers, "tasks": {}, "finished": None})


@contextlib.asynccontextmanager
async def serve(scheduler: Scheduler, entry: Entry) -> AsyncIterator[WorkerUse]:
    app = web.Application()
    app.router.add_get(PAGE, scheduler.answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    store, client = Store(lambda event: None), SchedulerClient()
    store.put(Entry(entry.cluster, f"http://{host}:{port}", PAGE))
    use = WorkerUse(client, store)
    try:
        yield use
    finally:
        await use.close()
        await client.close()
        await runner.cleanup()


async def any_entry(dask_api: DaskAPI, app: Any) -> Entry:
    await create(dask_api, "demo", workers=0)
    entry: Entry = app.web_app.settings[SETTINGS_KEY].store.entry("demo")
    return entry


async def test_one_reading_serves_all(dask_api: DaskAPI, jp_serverapp: Any) -> None:
    scheduler = Scheduler()
    async with serve(scheduler, await any_entry(dask_api, jp_serverapp)) as workers:
        found = await asyncio.gather(*(workers.read("demo") for _ in range(20)))
        assert scheduler.asked == 1
        assert await workers.read("demo") == found[0]
        assert scheduler.asked == 1
        memory = {name: it.metrics.memory for name, it in found[0].by_name.items()}
        assert memory == {"one": 1, "2": 2, "x": 4}
        # Two share one address: it tells nothing of either.
        assert set(found[0].by_host) == {"10.0.0.1", "fd00::2"}


async def test_a_slow_scheduler_keeps_nobody(dask_api: DaskAPI, jp_serverapp: Any) -> None:
    scheduler = Scheduler()
    scheduler.pause = 1.5
    async with serve(scheduler, await any_entry(dask_api, jp_serverapp)) as workers:
        begin = time.monotonic()
        assert not (await workers.read("demo")).by_name
        assert 0.9 < time.monotonic() - begin < 1.4
        # Its answer is there for who asks next.
        assert (await workers.read("demo")).by_name
        assert scheduler.asked == 1


async def test_nobody_waits_for_a_cluster_that_has_gone(
    dask_api: DaskAPI, jp_serverapp: Any
) -> None:
    scheduler = Scheduler()
    scheduler.pause = 30
    entry = await any_entry(dask_api, jp_serverapp)
    async with serve(scheduler, entry) as workers:
        await workers.read("demo")
        task = workers._last["demo"].task
        assert task is not None
        other = replace(entry.cluster, name="other")
        workers._store.put(Entry(other, None))
        workers._store.remove("demo")
        await workers.read("other")
        await asyncio.wait({task}, timeout=1)
        assert task.cancelled()


async def test_broken_answers_are_none(dask_api: DaskAPI, jp_serverapp: Any) -> None:
    scheduler = Scheduler()
    scheduler.workers = [{"name": "one", "metrics": "none"}]
    entry = await any_entry(dask_api, jp_serverapp)
    async with serve(scheduler, entry) as workers:
        assert not (await workers.read("demo")).by_name
        workers._store.put(Entry(replace(entry.cluster, phase="Pending")))
        assert not (await workers.read("demo")).by_name


async def test_schedulers_with_dasks_own_pages(
    dask_api: DaskAPI, jp_serverapp: Any
) -> None:
    """Also while they work, when only a page for people is left (distributed 2026.8)."""
    cluster = await create(dask_api, "demo", workers=2)
    services = jp_serverapp.web_app.settings[SETTINGS_KEY]
    entry = services.store.entry("demo")
    foreign = Entry(entry.cluster, entry.dashboard)
    async with Client(cluster["scheduler_address"], asynchronous=True) as client:
        work = client.map(time.sleep, [0.5] * 12, pure=False)
        seen = set()
        while not all(future.done() for future in work):
            readings = await read_readings(services.scheduler, foreign)
            assert {it.name for it in readings.workers} == {"default-0", "default-1"}
            assert {it.host for it in readings.workers} == {"127.0.0.1"}
            assert len({it.address for it in readings.workers}) == 2
            seen |= {it.metrics.guessed for it in readings.workers}
            await asyncio.sleep(0.1)
    assert seen <= {True, False}
    own = await read_readings(services.scheduler, entry)
    assert own.scheduler is not None
    assert own.scheduler.memory > 2**20
