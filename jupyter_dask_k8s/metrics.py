"""Readings of schedulers: one sampler a cluster, shared by all who look, none otherwise."""

from __future__ import annotations

import asyncio
import html
import re
import time
from collections.abc import Callable

import msgspec

from .errors import ClusterError, SchedulerUnavailable
from .models import GPUMetrics, Metrics, MetricsFrame
from .readings import Readings, WorkerMetrics, WorkerReading
from .scheduler import SchedulerClient
from .store import Entry, Store
from .tasks import end

Listener = Callable[[MetricsFrame], None]

_TASKS = re.compile(
    rb'^dask_scheduler_tasks\{state="([a-z-]+)"\} ([0-9.e+]+)', re.MULTILINE
)
_FINISHED = re.compile(
    rb'^dask_scheduler_prefix_state_totals_total\{.*state="memory".*\} ([0-9.e+]+)',
    re.MULTILINE,
)

_ROW = re.compile(
    rb"(?:<td><a [^>]*>([^<]*)</a></td>\s*<td> ([^<]*) </td>\s*)?"
    rb'<td> (\d+) </td>\s*<td data-sort="(\d+)">.*?<progress[^>]* value="(\d+)".*?</td>'
    rb"\s*<td data-sort=.*?</td>\s*<td> (\d+) </td>",
    re.DOTALL,
)
"""A row of the table of workers: address, name, threads, memory limit, memory, tasks (to
2026.8)."""

_CPU_STEP = 3.0
_MEMORY_STEP = 0.01
_ENDS_STEP = 2.0
"""Smaller changes of CPU (percent), memory (share of the limit) and end (seconds) are not
sent."""


class _Identity(msgspec.Struct):
    """The fields of ``/json/identity.json`` that we use."""

    workers: dict[str, WorkerReading]


class _Counts(msgspec.Struct):
    """The fields of ``/json/counts.json`` that we use."""

    processing: int = 0
    memory: int = 0
    released: int = 0
    erred: int = 0
    waiting: int = 0


async def read_metrics(client: SchedulerClient, store: Store, name: str) -> Metrics:
    """Read a scheduler once; raises `ClusterNotFound` and `SchedulerUnavailable`."""
    return _summarize(name, await read_readings(client, store.entry(name)))


async def read_readings(client: SchedulerClient, entry: Entry) -> Readings:
    """Read all of a scheduler once; raises `SchedulerUnavailable`."""
    if entry.readings_path is not None:
        try:
            return await client.read_json(entry, entry.readings_path, Readings)
        except SchedulerUnavailable as error:
            # An image may be too old for our page.
            if error.details.get("status") != 404:
                raise
    return await _read_foreign(client, entry)


async def _read_foreign(client: SchedulerClient, entry: Entry) -> Readings:
    """Read a scheduler that has only Dask's own pages.

    Tasks come from the Prometheus page, which adds up counters; only a scheduler without
    ``prometheus_client`` is asked for ``counts.json``, which walks over every task.
    """
    workers = await _read_workers(client, entry)
    page = await client.read(entry, "/metrics")
    tasks = {state.decode(): int(float(value)) for state, value in _TASKS.findall(page)}
    finished: int | None = sum(int(float(value)) for value in _FINISHED.findall(page))
    if not tasks:
        counts = await client.read_json(entry, "/json/counts.json", _Counts)
        tasks, finished = msgspec.to_builtins(counts), None
    return Readings(workers, tasks, finished)


async def _read_workers(client: SchedulerClient, entry: Entry) -> list[WorkerReading]:
    """Read the workers; from a page for people while the one for programs is broken.

    ``identity.json`` answers 500 while tasks run (distributed 2026.8: metrics with keys
    that JSON does not know). The table of workers does not tell CPU: there each thread that
    has a task counts as busy.
    """
    try:
        identity = await client.read_json(entry, "/json/identity.json", _Identity)
    except SchedulerUnavailable as error:
        if error.details.get("status") != 500:
            raise
        page = await client.read(entry, "/info/main/workers.html")
        return [_read_row(*row) for row in _ROW.findall(page)]
    for address, worker in identity.workers.items():
        worker.address = address
    return list(identity.workers.values())


def _read_row(address: bytes, name: bytes, *numbers: bytes) -> WorkerReading:
    threads, limit, memory, processing = (int(it) for it in numbers)
    busy = 100.0 * min(threads, processing)
    return WorkerReading(
        name=html.unescape(name.decode()),
        address=html.unescape(address.decode()),
        nthreads=threads,
        memory_limit=limit,
        metrics=WorkerMetrics(cpu=busy, memory=memory, guessed=True),
    )


def _summarize(name: str, readings: Readings) -> Metrics:
    workers = readings.workers
    threads = sum(worker.nthreads for worker in workers)
    cpu = sum(worker.metrics.cpu for worker in workers)
    return Metrics(
        name=name,
        time=time.time(),
        workers=len(workers),
        threads=threads,
        cpu=round(min(100.0, cpu / threads), 1) if threads else 0.0,
        memory=sum(worker.metrics.memory for worker in workers),
        memory_limit=sum(worker.memory_limit or 0 for worker in workers),
        tasks={
            state: count for state, count in readings.tasks.items() if state != "forgotten"
        },
        finished=readings.finished,
        gpu=_summarize_gpus(workers),
        clients=readings.clients,
        ends=readings.ends,
    )


def _summarize_gpus(workers: list[WorkerReading]) -> GPUMetrics | None:
    readings = [worker.metrics.gpu for worker in workers if worker.metrics.gpu]
    if not readings:
        return None
    use = [it.utilization for it in readings if it.utilization is not None]
    return GPUMetrics(
        count=len(readings),
        memory=sum(reading.memory_used or 0 for reading in readings),
        memory_total=sum(worker.gpu.memory_total or 0 for worker in workers if worker.gpu),
        utilization=sum(use) / len(use) if use else None,
    )


def _differs(new: MetricsFrame, old: MetricsFrame | None) -> bool:
    """Is the change worth a message? Idle workers flutter a little all the time."""
    a, b = new.metrics, old.metrics if old else None
    if old is None or a is None or b is None:
        return new != old
    exact = msgspec.structs.replace(b, time=a.time, cpu=a.cpu, memory=a.memory, ends=a.ends)
    return (
        a != exact
        or _moved(a.ends, b.ends)
        or abs(a.cpu - b.cpu) >= _CPU_STEP
        or abs(a.memory - b.memory) >= _MEMORY_STEP * max(a.memory_limit, 1)
    )


def _moved(new: float | None, old: float | None) -> bool:
    if new is None or old is None:
        return new is not old
    return abs(new - old) >= _ENDS_STEP


class MetricsHub:
    """Samples a cluster while at least one listener watches it."""

    def __init__(self, client: SchedulerClient, store: Store, interval: float) -> None:
        self._client = client
        self._store = store
        self._interval = interval
        self._listeners: dict[str, set[Listener]] = {}
        self._samplers: dict[str, asyncio.Task[None]] = {}
        self._latest: dict[str, MetricsFrame] = {}

    def subscribe(self, name: str, listener: Listener) -> None:
        """Send the frames of a cluster to ``listener``, beginning with the latest."""
        self._listeners.setdefault(name, set()).add(listener)
        if name in self._latest:
            listener(self._latest[name])
        if name not in self._samplers:
            self._samplers[name] = asyncio.create_task(self._sample(name))

    def unsubscribe(self, name: str, listener: Listener) -> None:
        """Undo `subscribe`; the last one stops the sampler."""
        listeners = self._listeners.get(name, set())
        listeners.discard(listener)
        if not listeners:
            self._listeners.pop(name, None)
            self._latest.pop(name, None)
            if name in self._samplers:
                self._samplers.pop(name).cancel()

    async def close(self) -> None:
        """Stop all samplers."""
        tasks = list(self._samplers.values())
        await end(tasks)
        self._samplers.clear()
        self._listeners.clear()

    async def _sample(self, name: str) -> None:
        while True:
            frame = await self._read(name)
            if _differs(frame, self._latest.get(name)):
                self._latest[name] = frame
                for listener in list(self._listeners.get(name, ())):
                    listener(frame)
            await asyncio.sleep(self._interval)

    async def _read(self, name: str) -> MetricsFrame:
        try:
            metrics = await read_metrics(self._client, self._store, name)
        except ClusterError as error:
            return MetricsFrame(name=name, metrics=None, reason=error.message)
        return MetricsFrame(name=name, metrics=metrics)
