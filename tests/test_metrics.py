"""Readings of busy schedulers, with our page and with Dask's own."""

from __future__ import annotations

import asyncio
import time
from typing import Any

from distributed import Client

from jupyter_dask_k8s.monitor.samples import make_sample
from jupyter_dask_k8s.monitor.source import Source
from jupyter_dask_k8s.pytest_plugin import DaskAPI
from jupyter_dask_k8s.services import SETTINGS_KEY
from jupyter_dask_k8s.store import Entry


async def test_schedulers_with_dasks_own_pages_only(
    dask_api: DaskAPI, jp_serverapp: Any
) -> None:
    await dask_api("POST", "clusters", {"name": "demo", "workers": 1})
    await dask_api.running("demo")
    store = jp_serverapp.web_app.settings[SETTINGS_KEY].store
    entry = store.entry("demo")
    _, own = await dask_api("GET", "clusters/demo/metrics")
    store.put(Entry(entry.cluster, entry.dashboard))
    status, foreign = await dask_api("GET", "clusters/demo/metrics")
    assert status == 200
    for field in ("workers", "threads", "memory_limit", "finished"):
        assert foreign[field] == own[field]

    # What the monitor makes of them: all but the states by prefix.
    services = jp_serverapp.web_app.settings[SETTINGS_KEY]
    source = Source(services.scheduler)
    address = entry.cluster.scheduler_address
    async with Client(address, asynchronous=True) as client:
        work = client.map(lambda _: bytes(10**6), range(10), key='make "it"')
        await client.gather(work)
        for _ in range(50):
            sample = make_sample(await source.read(store.entry("demo")), 0.0)
            if sample.managed > 9e6 and not sample.guessed:
                break
            await asyncio.sleep(0.2)
    assert sample.memory == sample.managed + sample.unmanaged
    assert (sample.tasks["memory"], sample.finished, sample.finished_only) == (10, 10, True)
    (prefix,) = sample.prefixes
    assert (prefix.name, prefix.finished) == ('make "it"', 10)
    assert 0 < source.cost < 1


async def test_schedulers_with_dasks_own_pages_while_work_goes_on(
    dask_api: DaskAPI, jp_serverapp: Any
) -> None:
    def work(seconds: float) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            pass

    body = {"name": "demo", "workers": 2, "resources": {"threads": 1, "memory": "512 MiB"}}
    await dask_api("POST", "clusters", body)
    cluster = await dask_api.running("demo")
    store = jp_serverapp.web_app.settings[SETTINGS_KEY].store
    entry = store.entry("demo")
    store.put(Entry(entry.cluster, entry.dashboard))
    busy = 0.0
    async with Client(cluster["scheduler_address"], asynchronous=True) as client:
        futures = client.map(work, [0.2] * 30, pure=False)
        while not all(future.done() for future in futures):
            status, metrics = await dask_api("GET", "clusters/demo/metrics")
            assert status == 200, metrics
            assert (metrics["workers"], metrics["threads"]) == (2, 2)
            assert metrics["memory_limit"] == 2**30
            assert metrics["memory"] > 0
            busy = max(busy, metrics["cpu"])
            await asyncio.sleep(0.1)
    assert busy > 50
