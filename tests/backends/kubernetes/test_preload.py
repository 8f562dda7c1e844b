"""What we put into schedulers, in a real one: the text alone, as in an image without us."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from distributed import Client, Worker
from distributed.utils import color_of

from jupyter_dask_k8s.backends.kubernetes.manifest import READINGS_PATH, _preload
from jupyter_dask_k8s.errors import SchedulerUnavailable
from jupyter_dask_k8s.monitor.samples import make_sample
from jupyter_dask_k8s.monitor.source import Source
from jupyter_dask_k8s.scheduler import SchedulerClient
from jupyter_dask_k8s.store import Entry

from ...test_store import make_cluster


class Ground:
    """A scheduler in a process of its own, with a way to its pages."""

    def __init__(self, client: Client, http: SchedulerClient, entry: Entry) -> None:
        self.client = client
        self.http = http
        self.entry = entry
        self.source = Source(http)


@contextlib.asynccontextmanager
async def scheduler(folder: Path) -> AsyncIterator[Ground]:
    # Python must not find this package there.
    env = {**os.environ, "DASK_DISTRIBUTED__SCHEDULER__PRELOAD": _preload()}
    env.pop("PYTHONPATH", None)
    place = ("--scheduler-file=it", "--host=127.0.0.1", "--port=0")
    options = (*place, "--dashboard-address=127.0.0.1:0", "--no-show")
    program = (sys.executable, "-m", "dask", "scheduler")
    process = await asyncio.create_subprocess_exec(*program, *options, cwd=folder, env=env)
    http = SchedulerClient()
    try:
        file = folder / "it"
        for _ in range(300):
            if file.exists() and file.read_text().endswith("}"):
                break
            await asyncio.sleep(0.1)
        told = json.loads(file.read_text())
        url = f"http://127.0.0.1:{told['services']['dashboard']}"
        entry = Entry(make_cluster("demo"), url, f"/{READINGS_PATH}")
        async with Client(told["address"], asynchronous=True) as client:
            yield Ground(client, http, entry)
    finally:
        await http.close()
        process.terminate()
        await process.wait()


async def until(ground: Ground, accept: Any) -> Any:
    """Return a sample once it is as wanted."""
    for _ in range(100):
        reading = await ground.source.read(ground.entry)
        sample = make_sample(reading, 0.0)
        if accept(sample):
            return reading, sample
        await asyncio.sleep(0.1)
    raise AssertionError(sample)


async def test_what_our_page_tells(tmp_path: Path) -> None:
    async with scheduler(tmp_path) as ground:
        await look_at_the_whole_page(ground)
        await look_at_work(ground)


async def test_who_sets_the_time_of_day_ends_nothing(tmp_path: Path) -> None:
    def set_clock(hours: int) -> None:
        import time

        right = time.time
        time.time = lambda: right() + 3600 * hours

    async with scheduler(tmp_path) as ground:
        await look_at_ends(ground, set_clock)


async def look_at_ends(ground: Ground, set_clock: Callable[[int], None]) -> None:
    async def ends() -> float:
        return float((await ground.source.read(ground.entry)).body.ends or 0)

    wish = {"timeout": 1800, "idle": 1800, "no_client": None, "touch": True}
    async with Worker(ground.client.scheduler.address, nthreads=1):
        await ground.http.send("PUT", ground.entry, f"/{READINGS_PATH}", wish)
        before = await ends()
        assert before
        await ground.client.run_on_scheduler(set_clock, 2)
        # Of its half hour nothing is gone.
        await becomes(ends, before + 7200)
        await ground.client.run_on_scheduler(set_clock, -2)
        await becomes(ends, before)


async def becomes(ends: Callable[[], Awaitable[float]], wanted: float) -> None:
    """Wait for an end, in s since 1970: a page serves a while until it is made anew."""
    for _ in range(100):
        if abs((found := await ends()) - wanted) < 60:
            return
        await asyncio.sleep(0.1)
    pytest.fail(f"It ends at {found}, not at {wanted}.")


async def look_at_work(ground: Ground) -> None:
    address = ground.client.scheduler.address
    limits = {"nthreads": 2, "memory_limit": "1 GiB"}
    async with Worker(address, name="one", **limits) as one:
        async with Worker(address, name=2, **limits):
            # Prefixes are cut out of keys by Dask; numbers at the end do not count.
            work = ground.client.map(lambda it: it + 1, range(50), key="inc")
            bad = ground.client.submit(lambda: 1 / 0, key="bad-1")
            many = [
                ground.client.submit(lambda: 1, key=f"p{it:c}x-1") for it in range(97, 117)
            ]
            await ground.client.gather(work + many)
            assert "ZeroDivisionError" in repr(await bad.exception())
            reading, sample = await until(
                ground, lambda it: it.managed and it.tasks.get("erred")
            )
            assert (sample.workers, sample.threads) == (2, 4)
            assert sample.memory_limit == 2**31
            assert sample.memory > 2 * 2**20
            assert sample.unmanaged == sample.memory - sample.managed
            assert sample.gpu is None
            assert reading.body.scheduler.memory > 2**20
            assert reading.body.clients == 1
            assert sample.columns.gpu_memory == []
            assert sorted(it.name for it in reading.workers.values()) == ["2", "one"]
            assert {len(it) for it in (sample.columns.memory, sample.columns.read)} == {2}
            assert (sample.tasks["memory"], sample.tasks["erred"]) == (70, 1)
            assert sample.finished == 70

            assert len(sample.prefixes) == 13
            names = {it.name for it in sample.prefixes}
            busiest, rest = sample.prefixes[0], sample.prefixes[-1]
            assert (busiest.name, busiest.memory, busiest.finished) == ("inc", 50, 50)
            assert (rest.name, rest.color) == ("", "")
            assert sum(it.memory for it in sample.prefixes) == 70
            assert sum(it.erred for it in sample.prefixes) == 1
            told = {it.name: it.color for it in sample.prefixes[:-1]}
            assert told == {it: color_of(it).lower() for it in names - {""}}

        # A worker that comes back under its old name is another one.
        gone = {it for it, facts in reading.workers.items() if facts.name == "2"}
        async with Worker(address, name=2, **limits):
            again, _ = await until(ground, lambda it: it.workers == 2)
            assert not gone & set(again.workers)
            assert {it.name for it in again.workers.values()} == {"one", "2"}
        assert one.status.name == "running"


async def look_at_the_whole_page(ground: Ground) -> None:
    """The details read all of it, the clocks are set there."""
    path = ground.entry.readings_path
    assert path is not None
    page = json.loads(await ground.http.read(ground.entry, path))
    assert page["workers"] == []
    assert page["clients"] == 1
    assert page["scheduler"]["memory"] > 2**20
    wish = {"timeout": 60, "idle": 60}
    page = json.loads(await ground.http.send("PUT", ground.entry, path, wish))
    assert page["problem"] == ""
    with pytest.raises(SchedulerUnavailable, match="status 404"):
        await ground.http.read(ground.entry, path + "x")
