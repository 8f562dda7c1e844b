"""What schedulers tell of their workers and tasks, as far as we use it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import msgspec


class GPUReading(msgspec.Struct, rename="kebab"):
    """A worker's GPU as ``distributed.diagnostics.nvml`` reads it; memory in bytes.

    ``None`` is what NVML does not tell: the use of a part of a GPU (MIG), for one.
    """

    memory_total: int | None = 0
    memory_used: int | None = 0
    utilization: float | None = 0.0
    name: str | None = None


class WorkerMetrics(msgspec.Struct):
    """From a worker's last heartbeat; ``cpu`` in percent of one thread."""

    cpu: float = 0.0
    memory: int = 0
    gpu: GPUReading | None = None
    guessed: bool = False
    """Whether ``cpu`` is no more than a guess; what else is not given is unknown then."""
    gpu_memory_used: int | None = None
    gpu_memory_total: int | None = msgspec.field(default=None, name="gpu-memory-total")
    gpu_utilization: float | None = None
    """Where plain workers have what is in ``gpu`` of others (see ``schedulerpage.py``)."""

    def __post_init__(self) -> None:
        if self.gpu is None and self.gpu_memory_used is not None:
            self.gpu = GPUReading(
                memory_total=self.gpu_memory_total,
                memory_used=self.gpu_memory_used,
                utilization=self.gpu_utilization,
            )


class WorkerReading(msgspec.Struct):
    """A worker's identity (``WorkerState.identity``, distributed 2024.1 to 2026.8)."""

    name: Any = ""
    """Text or a number, as its command line says; its address where that says nothing."""
    address: str = ""
    nthreads: int = 0
    memory_limit: int | None = None
    metrics: WorkerMetrics = msgspec.field(default_factory=WorkerMetrics)
    gpu: GPUReading | None = None

    @property
    def host(self) -> str:
        """The host in its address; empty where that is not known."""
        try:
            return urlsplit(self.address).hostname or ""
        except ValueError:
            return ""


class FullMetrics(WorkerMetrics):
    """What only a monitor wants besides, in bytes; as Dask's own pages name it."""

    managed_bytes: float = 0
    """Of all data that it holds, also of what is on disk."""
    spilled_bytes: dict[str, float] = {}
    """``memory`` that this would take, and what it takes on ``disk``."""
    host_net_io: dict[str, float] = {}
    """``read_bps`` and ``write_bps`` of its machine."""
    task_counts: dict[str, Any] = {}


class FullReading(WorkerReading):
    """A `WorkerReading` with all that Dask's own pages tell."""

    metrics: FullMetrics = msgspec.field(default_factory=FullMetrics)


class Readings(msgspec.Struct):
    """All of a scheduler; moments in seconds since the epoch."""

    workers: list[WorkerReading]
    tasks: dict[str, int]
    finished: int | None
    clients: int | None = None
    """Connected clients, without those that tasks open."""
    idle_since: float | None = None
    no_client_since: float | None = None
    ends: float | None = None
    """When a clock of the lifetime runs out if nothing happens."""
    scheduler: WorkerMetrics | None = None
    """What the scheduler's own process uses."""
    finished_by: dict[str, int] = {}
    """``finished`` by prefix, where only that is known."""


class WorkerFacts(msgspec.Struct, array_like=True):
    """What stays the same of a worker, as ``schedulerpage.py`` tells it."""

    number: int
    name: str
    host: str
    threads: int
    memory_limit: int
    gpu: str | None = None
    """The name of its GPU; empty where nobody says."""
    gpu_memory_total: int = 0
    device: str | None = None
    """Which GPU of its host; ``None``: one of its own."""


class PrefixCounts(msgspec.Struct, array_like=True):
    """Tasks of one prefix; of all others together where the name is empty."""

    name: str
    waiting: int = 0
    processing: int = 0
    memory: int = 0
    erred: int = 0
    released: int = 0
    finished: int = 0


class MonitorHead(msgspec.Struct):
    """What ``schedulerpage.py`` says to each who asks."""

    id: str
    """Another one after each start of the scheduler."""
    last: int
    """The highest number of a worker so far."""
    cost: float
    """Seconds that the columns took the scheduler."""
    new: list[WorkerFacts]


class MonitorBody(msgspec.Struct):
    """What ``schedulerpage.py`` says to all: columns in the order of ``number``."""

    number: list[int]
    cpu: list[float]
    tasks: list[int]
    memory: list[float]
    data: list[float]
    """What it holds, also on disk; bytes as all the others."""
    spilled: list[float]
    spilled_data: list[float]
    """What the spilled data would take in memory."""
    read: list[float]
    write: list[float]
    states: dict[str, int]
    finished: int | None
    prefixes: list[PrefixCounts]
    gpu_memory: list[float | None] = []
    gpu_use: list[float | None] = []
    clients: int | None = None
    ends: float | None = None
    scheduler: WorkerMetrics | None = None
    """What the scheduler's own process uses."""
    guessed: bool = False
    finished_only: bool = False
    """Of the prefixes only `PrefixCounts.finished` is known."""
