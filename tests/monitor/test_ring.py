"""What is kept for who comes late: all of a small cluster, less of a large one."""

from __future__ import annotations

import itertools
from types import SimpleNamespace

import msgspec
from msgspec.structs import replace

from jupyter_dask_k8s.models import MonitorSample
from jupyter_dask_k8s.monitor.ring import BUDGET, WINDOW, Ring
from jupyter_dask_k8s.monitor.samples import make_sample
from jupyter_dask_k8s.monitor.source import Reading, Source
from jupyter_dask_k8s.readings import MonitorBody, MonitorHead
from jupyter_dask_k8s.scheduler import SchedulerClient
from jupyter_dask_k8s.schedulerpage import MonitorPage

from .ground import GIB, prefix, worker


def reading(workers: int) -> Reading:
    """Return a reading through the real page."""
    gpu = {"gpu": {"memory-used": GIB, "utilization": 50}}
    extra = {"gpu": {"name": "H100", "memory-total": 80 * GIB}}
    state = SimpleNamespace(
        workers={it: worker(it, metrics=gpu, extra=extra) for it in range(workers)},
        task_prefixes={it: prefix(f"name-{it}", 10**6, memory=10**5) for it in range(20)},
    )
    page = MonitorPage(state, lambda _: None).answer("", dict)
    head, body = msgspec.msgpack.decode(page, type=tuple[MonitorHead, MonitorBody])
    return Source(SchedulerClient())._take(head, body)


def fill(workers: int, seconds: int = 700) -> Ring:
    ring, sample = Ring(), make_sample(reading(workers), 0.0)
    for second in range(seconds):
        ring.add(replace(sample, time=1_700_000_000.0 + second), 1.0)
    return ring


def test_small_clusters_are_kept_whole() -> None:
    ring = fill(10)
    samples = [msgspec.json.decode(it, type=MonitorSample) for it in ring.samples()]
    assert len(samples) == WINDOW + 1
    assert samples[-1].time - samples[0].time == WINDOW
    assert all(it.columns is not None for it in samples)
    print(f"10 workers: {ring.size / 1e6:.2f} MB")


def test_large_clusters_are_kept_in_few_bytes() -> None:
    ring = fill(1000)
    samples = [msgspec.json.decode(it, type=MonitorSample) for it in ring.samples()]
    assert len(samples) == WINDOW + 1
    with_columns = [at for at, it in enumerate(samples) if it.columns is not None]
    assert with_columns[-1] == WINDOW
    gaps = {b - a for a, b in itertools.pairwise(with_columns)}
    assert 10 < len(with_columns) < 100
    assert len(gaps) <= 2
    assert {it.workers for it in samples} == {1000}
    message = ring.add(make_sample(reading(1000), 1_700_000_700.0), 1.0)
    print(f"1,000 workers: {ring.size / 1e6:.2f} MB kept, {len(message):,} bytes a second")
    assert len(message) < 50_000
    assert ring.size < 3 * BUDGET
