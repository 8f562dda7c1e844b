"""One reading for all who look, and none for nobody."""

from __future__ import annotations

import asyncio
import datetime
import time
from typing import Any

import msgspec
from msgspec.structs import replace

from jupyter_dask_k8s.models import MetricsFrame, MonitorFrame
from jupyter_dask_k8s.monitor import hub as hub_module
from jupyter_dask_k8s.readings import WorkerMetrics
from jupyter_dask_k8s.scheduler import SchedulerClient
from jupyter_dask_k8s.workers import WorkerUse

from ..test_store import make_cluster
from .ground import GIB, prefix, stand, worker


async def test_one_reading_serves_cards_and_monitors() -> None:
    async with stand(0.1) as ground:
        monitors = [ground.look() for _ in range(3)]
        cards = [ground.look(monitor=False) for _ in range(3)]
        for it in monitors:
            await it.until(lambda it: len(it.samples) >= 5)
        assert ground.hub.reading == ["demo"]
        # The same bytes go to all; cards are told of changes only.
        first, *others = monitors
        for it in others:
            pairs = zip(first.written[1:], it.written[1:], strict=False)
            assert all(a is b for a, b in pairs)
        assert [len(it.messages) for it in cards] == [1, 1, 1]
        asked = ground.scheduler.asked
        assert asked <= len(first.samples) + 1
        # Who asks once is told what is known.
        assert (await ground.hub.read("demo")).workers == 2
        assert ground.scheduler.asked == asked

        asked, begin = ground.scheduler.asked, time.monotonic()
        await asyncio.sleep(1)
        readings = ground.scheduler.asked - asked
        assert readings <= 1 + (time.monotonic() - begin) / 0.1


async def test_frames_are_what_the_contract_says() -> None:
    async with stand() as ground:
        ground.scheduler.tasks(prefix("inc", 7, processing=3, memory=4, queued=2))
        card, monitor = ground.look(monitor=False), ground.look()
        await monitor.until(lambda it: len(it.samples) >= 2)
        start, frame, *_ = (
            msgspec.json.decode(it, type=MonitorFrame) for it in monitor.messages
        )
        assert (start.start, start.samples, start.workers) == (True, [], [])
        assert (frame.start, frame.reason, frame.interval) == (False, "", 0.05)
        assert [it.name for it in frame.workers] == ["worker-1", "worker-2"]
        (sample,) = frame.samples
        assert abs(sample.time - time.time()) < 10
        assert (sample.workers, sample.threads, sample.cpu) == (2, 4, 75.0)
        assert (sample.memory, sample.memory_limit) == (2 * GIB, 8 * GIB)
        assert sample.managed == GIB // 4
        assert sample.unmanaged == 2 * GIB - GIB // 4
        assert sample.spilled == GIB // 8
        # Both workers tell of the same machine.
        assert (sample.read, sample.write) == (2048.0, 1024.0)
        assert sample.tasks == {"processing": 3, "memory": 4, "queued": 2}
        assert (sample.finished, sample.gpu, sample.guessed) == (7, None, False)
        (inc,) = sample.prefixes
        assert (inc.waiting, inc.processing, inc.memory, inc.finished) == (2, 3, 4, 7)
        columns = sample.columns
        assert columns is not None
        assert columns.ids == [it.id for it in frame.workers]
        assert (columns.cpu, columns.tasks) == ([75, 75], [1, 1])
        assert (columns.memory, columns.managed) == ([1024, 1024], [128, 128])
        assert (columns.spilled, columns.read, columns.write) == ([64, 64], [2, 2], [1, 1])

        shown = msgspec.json.decode(card.messages[0], type=MetricsFrame)
        assert shown.metrics is not None
        assert (shown.metrics.memory, shown.metrics.clients) == (2 * GIB, 1)


async def test_the_details_use_what_is_read_anyway() -> None:
    async with stand(0.3) as ground:
        use = WorkerUse(SchedulerClient(), ground.store)
        use.share(ground.hub.latest)
        other = worker(3, name=7, host="10.0.0.3", metrics={"cpu": 42.0, "memory": 5})
        ground.scheduler.set(worker(1), worker(2), other)
        monitor = ground.look()
        await monitor.until(lambda it: it.samples)
        asked = ground.scheduler.asked
        seen = await use.read("demo")
        assert ground.scheduler.asked == asked
        assert set(seen.by_name) == {"worker-1", "worker-2", "7"}
        # Two share one address: it tells nothing of either.
        assert set(seen.by_host) == {"10.0.0.3"}
        metrics = seen.by_host["10.0.0.3"].metrics
        assert (metrics.cpu, metrics.memory, metrics.guessed) == (42.0, 5, False)
        assert seen.scheduler == WorkerMetrics(cpu=1.5, memory=GIB)


async def test_nothing_is_asked_for_nobody() -> None:
    async with stand() as ground:
        first, second = ground.look(), ground.look(monitor=False)
        await first.until(lambda it: len(it.samples) >= 3)
        ground.turn(first)
        asked = ground.scheduler.asked
        await asyncio.sleep(0.3)
        assert ground.scheduler.asked > asked
        ground.turn(second, monitor=False)
        await asyncio.sleep(0.1)
        asked = ground.scheduler.asked
        await asyncio.sleep(0.5)
        assert ground.scheduler.asked == asked
        assert ground.hub.reading == []


async def test_who_comes_late_sees_the_last_minutes(monkeypatch: Any) -> None:
    monkeypatch.setattr(hub_module, "WINDOW", 1.0)
    async with stand() as ground:
        first = ground.look()
        await first.until(lambda it: len(it.samples) >= 5)
        late = ground.look()
        (start,) = late.frames
        assert start["start"]
        assert start["samples"] == first.samples
        assert len(start["workers"]) == 2
        ground.turn(first)
        ground.turn(late)
        # Kept while nobody looks, but not for ever.
        again = ground.look()
        assert again.frames[0]["samples"] == first.samples
        ground.turn(again)
        await asyncio.sleep(1.2)
        again = ground.look()
        assert again.frames[0]["samples"] == []


async def test_costly_readings_are_rare() -> None:
    async with stand() as ground:
        ground.scheduler.cost = 0.01
        monitor = ground.look()
        await monitor.until(lambda it: len(it.samples) >= 2)
        assert 1 < monitor.frames[-1]["interval"] < 4
        a, b = (it["time"] for it in monitor.samples[:2])
        assert b - a > 0.9
        # Cheap again: three of the last five tell so.
        ground.scheduler.cost = 0.0
        await monitor.until(lambda it: it.frames[-1]["interval"] < 0.9, 20)


async def test_workers_keep_their_ids_and_nobody_inherits_one() -> None:
    async with stand() as ground:
        scheduler, monitor = ground.scheduler, ground.look()
        await monitor.until(lambda it: it.samples)
        scheduler.set(worker(2), worker(3))
        await monitor.until(lambda it: 3 in it.samples[-1]["columns"]["ids"])
        assert monitor.samples[-1]["columns"]["ids"] == [2, 3]
        # Another scheduler counts from one; for us it goes on.
        scheduler.restart(worker(2), worker(9))
        await monitor.until(lambda it: it.samples[-1]["columns"]["ids"] == [4, 5])
        names = {
            it["id"]: it["name"] for frame in monitor.frames for it in frame["workers"]
        }
        assert names == dict(
            enumerate(["worker-1", "worker-2", "worker-3", "worker-2", "worker-9"], 1)
        )
        assert not any(it["start"] for it in monitor.frames[1:])


async def test_another_cluster_of_the_same_name_begins_anew() -> None:
    async with stand() as ground:
        monitor = ground.look()
        await monitor.until(lambda it: len(it.samples) >= 3)
        now = datetime.datetime.now(datetime.timezone.utc)
        ground.put(replace(make_cluster("demo"), created=now))
        await monitor.until(lambda it: it.frames[-2]["start"])
        assert monitor.frames[-2]["samples"] == []
        late = ground.look()
        assert len(late.samples) < 3


async def test_why_there_is_nothing_is_said_once() -> None:
    async with stand() as ground:
        ground.scheduler.broken = True
        card, monitor = ground.look(monitor=False), ground.look()
        await monitor.until(lambda it: ground.scheduler.asked > 5)
        assert [it["reason"] for it in monitor.frames] == [
            "",
            "The scheduler of “demo” has no /readings.json (status 500).",
        ]
        assert len(card.frames) == 1
        assert card.frames[0]["metrics"] is None
        # Who comes now is told at once.
        assert ground.look().frames[0]["reason"]
        ground.scheduler.broken = False
        await monitor.until(lambda it: it.samples)
        assert monitor.frames[-1]["reason"] == ""
        ground.store.remove("demo")
        await monitor.until(lambda it: it.frames[-1]["reason"])
        assert monitor.frames[-1]["reason"] == "There is no cluster named “demo”."
