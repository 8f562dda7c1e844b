"""Readings of busy schedulers, with our page and with Dask's own."""

from __future__ import annotations

import asyncio
import time
from typing import Any

from distributed import Client

from jupyter_dask_k8s.pytest_plugin import DaskAPI
from jupyter_dask_k8s.services import SETTINGS_KEY
from jupyter_dask_k8s.store import Entry


def work(seconds: float) -> float:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        pass
    return seconds


async def test_readings_while_work_goes_on(dask_api: DaskAPI) -> None:
    await dask_api("POST", "clusters", {"name": "demo", "workers": 1})
    cluster = await dask_api.running("demo")
    async with Client(cluster["scheduler_address"], asynchronous=True) as client:
        futures = client.map(work, [0.1] * 30, pure=False)
        processing = 0
        while not all(future.done() for future in futures):
            status, metrics = await dask_api("GET", "clusters/demo/metrics")
            assert status == 200, metrics
            processing = max(processing, metrics["tasks"].get("processing", 0))
            await asyncio.sleep(0.05)
        assert processing > 0
        _, metrics = await dask_api("GET", "clusters/demo/metrics")
        assert metrics["tasks"]["memory"] == metrics["finished"] == 30
        del futures
        failing = client.submit(lambda: 1 / 0)
        await failing.exception()
        _, metrics = await dask_api("GET", "clusters/demo/metrics")
        assert metrics["tasks"]["erred"] == 1


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
