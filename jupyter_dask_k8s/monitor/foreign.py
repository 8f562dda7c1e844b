"""Schedulers that have no page of ours: Dask's own pages, brought into the same columns."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable

from ..metrics import read_foreign
from ..readings import (
    FullMetrics,
    MonitorBody,
    MonitorHead,
    PrefixCounts,
    Readings,
    WorkerFacts,
    WorkerReading,
)
from ..scheduler import SchedulerClient
from ..store import Entry

BUSIEST = 12
"""Prefixes that are told one by one, as by ``schedulerpage.py``."""

TRIP_AGE = 60.0
"""Seconds until the way to a scheduler is measured again."""

_ASSIGNED = ("executing", "long-running", "ready", "constrained", "waiting", "resumed")
"""States of tasks on a worker (``distributed.worker_state_machine``) that are its work."""


class Foreign:
    """Reads one such scheduler, and gives its workers numbers.

    What a page costs the scheduler nobody tells: it is taken for the time until the answer
    is here, less that of an answer that costs nothing (``/health``).
    """

    def __init__(self, client: SchedulerClient) -> None:
        self._client = client
        self._numbers: dict[tuple[str, str, int], int] = {}
        self._last = 0
        self._trip = 0.0
        self._trip_at = float("-inf")

    async def read(self, entry: Entry) -> tuple[MonitorHead, MonitorBody]:
        """Read all of it once; raises `SchedulerUnavailable`."""
        if asyncio.get_running_loop().time() - self._trip_at > TRIP_AGE:
            # Twice: the first one may have to connect.
            trips = [await _timed(self._client.read(entry, "/health")) for _ in range(2)]
            self._trip = min(seconds for _, seconds in trips)
            self._trip_at = asyncio.get_running_loop().time()
        cost = 0.0

        async def ask(path: str) -> bytes:
            nonlocal cost
            body, seconds = await _timed(self._client.read(entry, path))
            cost += max(0.0, seconds - self._trip)
            return body

        readings = await read_foreign(entry, ask)
        head, body = self.convert(readings)
        head.cost = cost
        return head, body

    def convert(self, readings: Readings) -> tuple[MonitorHead, MonitorBody]:
        """Return readings in columns; a worker that was away counts as another one."""
        seen: Counter[tuple[str, str]] = Counter()
        numbers: dict[tuple[str, str, int], int] = {}
        new = []
        for it in readings.workers:
            name = (it.address, str(it.name))
            key = (*name, seen[name])
            seen[name] += 1
            if key not in self._numbers:
                self._last += 1
                new.append(_facts(self._last, it))
            numbers[key] = self._numbers.get(key, self._last)
        self._numbers = numbers
        head = MonitorHead(id="foreign", last=self._last, cost=0.0, new=new)
        return head, _body(list(numbers.values()), readings)


async def _timed(answer: Awaitable[bytes]) -> tuple[bytes, float]:
    clock = asyncio.get_running_loop().time
    begin = clock()
    return await answer, clock() - begin


def _facts(number: int, worker: WorkerReading) -> WorkerFacts:
    gpu = worker.gpu or worker.metrics.gpu
    return WorkerFacts(
        number=number,
        name=str(worker.name),
        host=worker.host,
        threads=worker.nthreads,
        memory_limit=worker.memory_limit or 0,
        gpu=None if gpu is None else gpu.name or "",
        gpu_memory_total=0 if gpu is None else gpu.memory_total or 0,
    )


def _body(numbers: list[int], readings: Readings) -> MonitorBody:
    metrics = [
        it.metrics
        if isinstance(it.metrics, FullMetrics)
        else FullMetrics(cpu=it.metrics.cpu, memory=it.metrics.memory, gpu=it.metrics.gpu)
        for it in readings.workers
    ]

    def column(read: Callable[[FullMetrics], float]) -> list[float]:
        return [read(it) for it in metrics]

    body = MonitorBody(
        number=numbers,
        cpu=column(lambda it: it.cpu),
        tasks=[sum(it.task_counts.get(name, 0) for name in _ASSIGNED) for it in metrics],
        memory=column(lambda it: it.memory),
        data=column(lambda it: it.managed_bytes),
        spilled=column(lambda it: it.spilled_bytes.get("disk", 0)),
        spilled_data=column(lambda it: it.spilled_bytes.get("memory", 0)),
        read=column(lambda it: it.host_net_io.get("read_bps", 0)),
        write=column(lambda it: it.host_net_io.get("write_bps", 0)),
        states=readings.tasks,
        finished=readings.finished,
        prefixes=_prefixes(readings.finished_by),
        clients=readings.clients,
        ends=readings.ends,
        scheduler=readings.scheduler,
        guessed=any(it.metrics.guessed for it in readings.workers),
        finished_only=True,
    )
    if any(it.gpu or it.metrics.gpu for it in readings.workers):
        body.gpu_memory = [it.gpu.memory_used if it.gpu else None for it in metrics]
        body.gpu_use = [it.gpu.utilization if it.gpu else None for it in metrics]
    return body


def _prefixes(finished: dict[str, int]) -> list[PrefixCounts]:
    told = Counter({name: count for name, count in finished.items() if count})
    busiest = told.most_common(BUSIEST)
    rest = told.total() - sum(count for _, count in busiest)
    return [
        PrefixCounts(name, finished=count)
        for name, count in (*busiest, *([("", rest)] if rest else ()))
    ]
