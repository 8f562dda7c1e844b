"""What schedulers tell of their workers and tasks, as far as we use it."""

from __future__ import annotations

import msgspec


class GPUReading(msgspec.Struct, rename="kebab"):
    """A worker's GPU as ``distributed.diagnostics.nvml`` reads it; memory in bytes."""

    memory_total: int = 0
    memory_used: int = 0
    utilization: float = 0.0


class WorkerMetrics(msgspec.Struct):
    """From a worker's last heartbeat; ``cpu`` in percent of one thread."""

    cpu: float = 0.0
    memory: int = 0
    gpu: GPUReading | None = None


class WorkerReading(msgspec.Struct):
    """A worker's identity (``WorkerState.identity``, distributed 2024.1 to 2026.8)."""

    nthreads: int = 0
    memory_limit: int | None = None
    metrics: WorkerMetrics = msgspec.field(default_factory=WorkerMetrics)
    gpu: GPUReading | None = None


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
