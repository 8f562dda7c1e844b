"""From a reading to what the wire shows; no I/O."""

from __future__ import annotations

from collections.abc import Iterable

from ..models import (
    GPUMetrics,
    Metrics,
    MonitorColumns,
    MonitorPrefix,
    MonitorSample,
    MonitorWorker,
)
from ..readings import MonitorBody, PrefixCounts, WorkerFacts
from .colors import color_of
from .source import Reading

MIB = 20
KIB = 10
"""Bits that the columns leave out."""


def make_sample(reading: Reading, time: float) -> MonitorSample:
    """Return a reading with its sums."""
    body, facts = reading.body, list(reading.workers.values())
    threads = sum(it.threads for it in facts)
    memory = [int(it) for it in body.memory]
    managed = _managed(body)
    cpu = sum(body.cpu)
    return MonitorSample(
        time=time,
        workers=len(facts),
        threads=threads,
        cpu=round(min(100.0, cpu / threads), 1) if threads else 0.0,
        memory=sum(memory),
        managed=sum(managed),
        unmanaged=sum(memory) - sum(managed),
        spilled=int(sum(body.spilled)),
        memory_limit=sum(it.memory_limit for it in facts),
        read=_by_host(facts, body.read),
        write=_by_host(facts, body.write),
        tasks={it: count for it, count in body.states.items() if it != "forgotten"},
        finished=body.finished,
        prefixes=[_prefix(it) for it in body.prefixes],
        gpu=_gpu(reading),
        columns=_columns(reading, managed),
        guessed=body.guessed,
        finished_only=body.finished_only,
    )


def make_metrics(name: str, sample: MonitorSample, body: MonitorBody) -> Metrics:
    """Return what the card of a cluster shows of a sample."""
    return Metrics(
        name=name,
        time=sample.time,
        workers=sample.workers,
        threads=sample.threads,
        cpu=sample.cpu,
        memory=sample.memory,
        memory_limit=sample.memory_limit,
        tasks=sample.tasks,
        finished=sample.finished,
        gpu=sample.gpu,
        clients=body.clients,
        ends=body.ends,
    )


def make_worker(id: int, facts: WorkerFacts) -> MonitorWorker:
    """Return what stays the same of a worker."""
    return MonitorWorker(
        id=id,
        name=facts.name,
        threads=facts.threads,
        memory_limit=facts.memory_limit,
        gpu=facts.gpu,
        gpu_device=None if facts.gpu is None else "/".join(map(str, _device(id, facts))),
        gpu_memory_total=facts.gpu_memory_total,
    )


def _device(id: int, facts: WorkerFacts) -> tuple[str, str | int]:
    """Return what is the same for workers with the same GPU."""
    return (facts.host, id if facts.device is None else f"GPU {facts.device}")


def _managed(body: MonitorBody) -> list[int]:
    # As distributed does: what it knows of the size of data is an estimate.
    return [
        int(min(memory, max(0, data - spilled)))
        for memory, data, spilled in zip(
            body.memory, body.data, body.spilled_data, strict=True
        )
    ]


def _by_host(facts: list[WorkerFacts], rates: list[float]) -> float:
    """Add up what the machines do: each of its workers tells the same of a machine."""
    hosts: dict[str, list[float]] = {}
    for worker, rate in zip(facts, rates, strict=True):
        hosts.setdefault(worker.host or str(worker.number), []).append(rate)
    return round(sum(sum(it) / len(it) for it in hosts.values()), 1)


def _prefix(counts: PrefixCounts) -> MonitorPrefix:
    return MonitorPrefix(
        name=counts.name,
        color=color_of(counts.name) if counts.name else "",
        waiting=counts.waiting,
        processing=counts.processing,
        memory=counts.memory,
        erred=counts.erred,
        released=counts.released,
        finished=counts.finished,
    )


def _gpu(reading: Reading) -> GPUMetrics | None:
    """Add up devices; workers that share one tell the same of it, at other moments."""
    used: dict[tuple[str, str | int], float] = {}
    total: dict[tuple[str, str | int], int] = {}
    use: dict[tuple[str, str | int], list[float]] = {}
    body = reading.body
    for at, (id_, facts) in enumerate(reading.workers.items()):
        if facts.gpu is None or not body.gpu_memory:
            continue
        device = _device(id_, facts)
        used[device] = max(used.get(device, 0.0), body.gpu_memory[at] or 0.0)
        total[device] = facts.gpu_memory_total
        rate = body.gpu_use[at]
        if rate is not None:
            use.setdefault(device, []).append(rate)
    if not total:
        return None
    means = [sum(it) / len(it) for it in use.values()]
    return GPUMetrics(
        count=len(total),
        memory=int(sum(used.values())),
        memory_total=sum(total.values()),
        utilization=sum(means) / len(means) if means else None,
    )


def _columns(reading: Reading, managed: list[int]) -> MonitorColumns:
    body = reading.body
    return MonitorColumns(
        ids=list(reading.workers),
        cpu=[
            round(min(100.0, cpu / max(1, it.threads)))
            for cpu, it in zip(body.cpu, reading.workers.values(), strict=True)
        ],
        tasks=body.tasks,
        memory=_short(body.memory, MIB),
        managed=_short(managed, MIB),
        spilled=_short(body.spilled, MIB),
        read=_short(body.read, KIB),
        write=_short(body.write, KIB),
        gpu_memory=[None if it is None else int(it) >> MIB for it in body.gpu_memory],
        gpu_use=[None if it is None else round(it) for it in body.gpu_use],
    )


def _short(column: Iterable[float], bits: int) -> list[int]:
    return [int(it) >> bits for it in column]
