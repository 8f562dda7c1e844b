"""From readings of all kinds to what is shown."""

from __future__ import annotations

from typing import Any

import msgspec
from distributed.utils import color_of as dasks

from jupyter_dask_k8s.models import GPUMetrics, MonitorSample
from jupyter_dask_k8s.monitor.colors import color_of
from jupyter_dask_k8s.monitor.foreign import Foreign
from jupyter_dask_k8s.monitor.samples import make_sample
from jupyter_dask_k8s.monitor.source import Source
from jupyter_dask_k8s.readings import FullReading, Readings
from jupyter_dask_k8s.scheduler import SchedulerClient

from .ground import GIB, stand, worker


def gpu(used: float | None, use: float | None) -> dict[str, Any]:
    extra = {"gpu": {"name": "Tesla T4", "memory-total": 16 * GIB}}
    return {"extra": extra, "metrics": {"gpu": {"memory-used": used, "utilization": use}}}


def test_colors_are_those_of_dask() -> None:
    for name in ("inc", "read-parquet", "töten", "", "a" * 1000):
        assert color_of(name) == dasks(name).lower()


async def test_workers_that_share_a_gpu_count_it_once() -> None:
    async with stand() as ground:
        scheduler = ground.scheduler
        workers = [
            worker(1, **gpu(4 * GIB, 10)),
            worker(2, **gpu(5 * GIB, 30)),
            worker(3, **gpu(2 * GIB, 100), host="10.0.0.2"),
            worker(4),
        ]
        for device, expected in (("0", (2, 7, 32, 60.0)), (None, (3, 11, 48, 140 / 3))):
            scheduler.device = device
            scheduler.restart(*workers)
            monitor = ground.look()
            await monitor.until(lambda it: it.samples)
            sample = monitor.samples[-1]
            total = msgspec.convert(sample["gpu"], GPUMetrics)
            count, used, memory, use = expected
            assert (total.count, total.utilization) == (count, use)
            assert (total.memory, total.memory_total) == (used * GIB, memory * GIB)
            told = {it["name"]: it for frame in monitor.frames for it in frame["workers"]}
            devices = [it["gpu_device"] for it in told.values()]
            assert len(set(devices)) == count + 1
            assert devices[3] is None
            assert told["worker-1"]["gpu"] == "Tesla T4"
            assert told["worker-1"]["gpu_memory_total"] == 16 * GIB
            assert sample["columns"]["gpu_memory"] == [4096, 5120, 2048, None]
            assert sample["columns"]["gpu_use"] == [10, 30, 100, None]
            ground.turn(monitor)
            ground.hub._forget("demo")


def from_readings(workers: list[dict[str, Any]], type: Any = FullReading) -> MonitorSample:
    told = Readings(msgspec.convert(workers, list[type]), {"memory": 1}, 5)
    told.finished_by = {f"p{it}": it for it in range(20)}
    foreign = Foreign(SchedulerClient())
    return make_sample(Source(SchedulerClient())._take(*foreign.convert(told)), 1.0)


def test_parts_of_a_gpu_have_no_use() -> None:
    worker = {
        "name": 0,
        "nthreads": 1,
        "metrics": {"gpu": {"utilization": None, "memory-used": 5}},
        "gpu": {"name": "A100 MIG 1g.5gb", "memory-total": 10},
    }
    sample = from_readings([worker])
    assert sample.gpu == GPUMetrics(count=1, memory=5, memory_total=10, utilization=None)
    assert sample.columns is not None
    assert sample.columns.gpu_use == [None]


def test_what_dasks_own_page_tells_of_workers() -> None:
    metrics = {
        "cpu": 300.0,
        "memory": 3 * GIB,
        "managed_bytes": 4 * GIB,
        "spilled_bytes": {"memory": 2 * GIB, "disk": GIB},
        "host_net_io": {"read_bps": 1e6, "write_bps": 2e6},
        "task_counts": {"executing": 2, "ready": 3, "memory": 100, "in_memory": 100},
    }
    common = {"nthreads": 2, "memory_limit": 8 * GIB, "metrics": metrics}
    sample = from_readings([common | {"name": "a"}, common | {"name": "a"}])
    assert (sample.workers, sample.cpu) == (2, 100.0)
    assert (sample.memory, sample.managed) == (6 * GIB, 4 * GIB)
    assert (sample.spilled, sample.unmanaged) == (2 * GIB, 2 * GIB)
    assert (sample.read, sample.write) == (2e6, 4e6)
    assert sample.columns is not None
    assert (sample.columns.ids, sample.columns.tasks) == ([1, 2], [5, 5])
    assert sample.finished_only
    assert len(sample.prefixes) == 13
    assert [sample.prefixes[0].name, sample.prefixes[-1].name] == ["p19", ""]
    assert sum(it.finished for it in sample.prefixes) == sum(range(20))


async def test_pages_of_older_versions() -> None:
    """Schedulers live longer than servers: theirs may know no columns."""
    async with stand() as ground:
        old = {
            "workers": [{"name": "a", "nthreads": 2, "metrics": {"cpu": 50, "memory": 7}}],
            "tasks": {"memory": 1},
            "finished": 9,
            "clients": 2,
        }
        ground.scheduler.page.answer = lambda *_: msgspec.json.encode(old)  # type: ignore[method-assign]
        monitor, card = ground.look(), ground.look(monitor=False)
        await monitor.until(lambda it: it.samples)
        sample = monitor.samples[0]
        assert (sample["memory"], sample["finished"], sample["cpu"]) == (7, 9, 25.0)
        assert card.frames[0]["metrics"]["clients"] == 2


async def test_nonsense_is_a_reason() -> None:
    async with stand() as ground:
        scheduler = ground.scheduler
        for metrics in ({"memory": "much"}, {"memory": float("nan")}, {"cpu": None}):
            scheduler.restart(worker(1, metrics=metrics))
            monitor = ground.look()
            await monitor.until(lambda it: it.frames[-1]["reason"])
            assert (
                "in a form that this version does not know" in monitor.frames[-1]["reason"]
            )
            ground.turn(monitor)
        # Whatever a user calls “gpu” among his own metrics.
        scheduler.restart(worker(1, metrics={"gpu": "many"}))
        monitor = ground.look()
        await monitor.until(lambda it: it.samples)
        assert monitor.samples[0]["gpu"] is None


def test_a_cluster_without_workers() -> None:
    sample = from_readings([])
    assert (sample.workers, sample.cpu, sample.gpu) == (0, 0.0, None)
    assert sample.columns is not None
    assert sample.columns.ids == []
