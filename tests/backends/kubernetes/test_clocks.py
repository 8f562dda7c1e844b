"""How often schedulers are asked when they end, where the time of day is wrong."""

from __future__ import annotations

import asyncio
import time

import pytest
from aiohttp import web

from jupyter_dask_k8s.backends.kubernetes import clocks
from jupyter_dask_k8s.backends.kubernetes.clocks import ClockWatch
from jupyter_dask_k8s.backends.kubernetes.lifetime import Clocks
from jupyter_dask_k8s.scheduler import SchedulerClient
from jupyter_dask_k8s.store import Entry

from ...test_store import make_cluster

DAY = 86400.0


@pytest.mark.parametrize("shift", [-DAY, DAY], ids=("behind", "ahead"))
async def test_a_clock_that_is_a_day_off(
    shift: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``shift`` is how far a scheduler's clock is from ours."""
    monkeypatch.setattr(clocks, "SHORTEST", 0.01)
    monkeypatch.setattr(clocks, "FAILURE_PAUSE", 0.4)
    asked = []

    async def answer(request: web.Request) -> web.Response:
        asked.append(request.method)
        return web.json_response({"ends": time.time() + shift, "problem": ""})

    app = web.Application()
    app.router.add_route("*", "/page", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    entry = Entry(make_cluster("demo"), url, "/page")
    client = SchedulerClient()
    watch = ClockWatch(client, lambda name: entry, lambda name: None)
    try:
        watch.watch("demo", Clocks(seconds=1))
        await asyncio.sleep(1.5)
        # Without a loop, and not never again: a lifetime of a second is over soon.
        assert 2 <= asked.count("GET") <= 15
        assert watch.ends("demo") is not None
    finally:
        await watch.close()
        await client.close()
        await runner.cleanup()
