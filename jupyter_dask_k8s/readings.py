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


class WorkerMetrics(msgspec.Struct):
    """From a worker's last heartbeat; ``cpu`` in percent of one thread."""

    cpu: float = 0.0
    memory: int = 0
    gpu: GPUReading | None = None
    guessed: bool = False
    """Whether ``cpu`` is no more than a guess."""


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
