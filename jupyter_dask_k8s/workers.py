"""What each worker uses, for the details of a cluster: one read serves all who look."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from .errors import ClusterError
from .metrics import read_readings
from .monitor.source import Reading
from .readings import Readings, WorkerMetrics, WorkerReading
from .scheduler import SchedulerClient
from .store import Entry, Store
from .tasks import end

LIMIT = 1.0
"""Seconds that an answer waits for a scheduler."""

AGE = 1.0
"""Seconds until another reading is made."""

STALE = 10.0
"""Seconds after which a reading tells nothing of now."""


@dataclass
class _Last:
    """The last reading of a cluster, and the one that is made now."""

    readings: Readings | None = None
    at: float = float("-inf")
    task: asyncio.Task[None] | None = None


@dataclass(frozen=True)
class Use:
    """What the workers of a cluster told their scheduler last."""

    scheduler: WorkerMetrics | None = None
    by_name: dict[str, WorkerReading] = field(default_factory=dict)
    by_host: dict[str, WorkerReading] = field(default_factory=dict)
    """By the address of its machine (on Kubernetes: pod); where several share it, none."""


class WorkerUse:
    """Reads a scheduler when somebody asks, at most about once in `AGE` seconds."""

    def __init__(self, client: SchedulerClient, store: Store) -> None:
        self._client = client
        self._store = store
        self._last: dict[str, _Last] = {}
        self._latest: Callable[[str], Reading | None] = lambda name: None

    def share(self, latest: Callable[[str], Reading | None]) -> None:
        """Use what is read for cards and monitors, while anybody looks at them."""
        self._latest = latest

    async def read(self, name: str) -> Use:
        """Return what is known of the workers within `LIMIT`; empty where nothing is.

        A scheduler that is slower than that goes on, and its answer is there for who asks
        next.
        """
        entry = self._store.entry(name)
        for other in [it for it in self._last if it not in self._store]:
            gone = self._last.pop(other)
            if gone.task is not None:
                gone.task.cancel()
        if entry.dashboard is None:
            return Use()
        if (reading := self._latest(name)) is not None:
            return _use_of(reading)
        loop = asyncio.get_running_loop()
        last = self._last.setdefault(name, _Last())
        if last.task is None and loop.time() - last.at > AGE:
            last.task = asyncio.create_task(self._read(entry, last))
        if last.task is not None:
            await asyncio.wait({last.task}, timeout=LIMIT)
        if last.readings is None or loop.time() - last.at > STALE:
            return Use()
        workers = [(it.host, it) for it in last.readings.workers]
        return _sorted(last.readings.scheduler, workers)

    async def close(self) -> None:
        """Stop reading."""
        tasks = [it.task for it in self._last.values() if it.task is not None]
        await end(tasks)
        self._last.clear()

    async def _read(self, entry: Entry, last: _Last) -> None:
        try:
            last.readings = await read_readings(self._client, entry)
        except ClusterError:
            last.readings = None
        finally:
            last.at = asyncio.get_running_loop().time()
            last.task = None


def _use_of(reading: Reading) -> Use:
    body = reading.body
    workers = []
    for at, facts in enumerate(reading.workers.values()):
        cpu, memory = body.cpu[at], int(body.memory[at])
        metrics = WorkerMetrics(cpu=cpu, memory=memory, guessed=body.guessed)
        workers.append((facts.host, WorkerReading(name=facts.name, metrics=metrics)))
    return _sorted(body.scheduler, workers)


def _sorted(
    scheduler: WorkerMetrics | None, workers: list[tuple[str, WorkerReading]]
) -> Use:
    by_host: dict[str, WorkerReading] = {}
    shared: set[str] = set()
    for host, worker in workers:
        if host and host in by_host:
            shared.add(host)
        by_host[host] = worker
    for host in (*shared, ""):
        by_host.pop(host, None)
    by_name = {str(it.name): it for _, it in workers if it.name not in ("", None)}
    return Use(scheduler, by_name, by_host)
