"""What a monitor wants of a scheduler: workers in columns, tasks by state and prefix.

Runs inside of schedulers, also in images that lack this package (``preload.py`` follows
this text there): nothing but Python 3.9 and what distributed needs itself, from 2024.1 on.
"""

from __future__ import annotations

import heapq
import time
import uuid
from collections.abc import Callable
from typing import Any

import msgpack

BUSIEST = 12  # prefixes that are told one by one
SHARE = 0.02  # of the scheduler's time, whoever asks and how often

WAITING = ("waiting", "queued", "no-worker")


class MonitorPage:
    """Makes the answers for one scheduler, and remembers the last one.

    ``device`` says which GPU of the scheduler's own machine a worker has; ``None``: one
    that no other worker has.

    The work grows with workers and prefixes, never with tasks. An answer is kept for so
    long that making them takes `SHARE` of the time, however many servers ask. MessagePack,
    because writing the numbers as JSON costs as much as finding them.
    """

    def __init__(self, scheduler: Any, device: Callable[[Any], str | None]) -> None:
        self.scheduler = scheduler
        self.device = device
        self.id = uuid.uuid4().hex[:12]
        self.numbers: dict[str, int] = {}
        self.facts: dict[int, list[Any]] = {}
        self.last = 0
        self.body = b""
        self.cost = 0.0
        self.until = 0.0

    def answer(self, known: str, more: Callable[[], dict[str, Any]]) -> bytes:
        """Return the page for who knows ``id:number`` from before; ``more`` goes along.

        What stays the same of a worker is told of those with higher numbers only.
        """
        now = time.monotonic()
        if now >= self.until:
            begin = time.thread_time()  # other processes may have their turn meanwhile
            workers, tasks = read_workers(self), read_tasks(self.scheduler)
            self.body = msgpack.packb({**workers, **tasks, **more()})
            self.cost = time.thread_time() - begin
            self.until = now + self.cost / SHARE
        page, _, number = known.partition(":")
        since = int(number) if page == self.id and number.isdecimal() else 0
        new = [it for number, it in self.facts.items() if number > since]
        # An array of two maps: the first one serves all.
        head = {"id": self.id, "last": self.last, "cost": self.cost, "new": new}
        return b"".join((b"\x92", msgpack.packb(head), self.body))


def read_workers(page: MonitorPage) -> dict[str, list[Any]]:
    """Return the columns, from the last heartbeats; new workers get their numbers."""
    workers = list(page.scheduler.workers.values())
    numbers: dict[str, int] = {}
    facts: dict[int, list[Any]] = {}
    for it in workers:
        number = page.numbers.get(it.server_id)
        if number is None:
            page.last = number = page.last + 1
        numbers[it.server_id] = number
        facts[number] = page.facts.get(number) or read_facts(page, number, it)
    page.numbers, page.facts = numbers, facts
    metrics = [it.metrics for it in workers]
    spilled = [it.get("spilled_bytes") or {} for it in metrics]
    network = [it.get("host_net_io") or {} for it in metrics]
    columns: dict[str, list[Any]] = {
        "number": list(facts),
        "cpu": [it.get("cpu", 0) for it in metrics],
        "memory": [it.get("memory", 0) for it in metrics],
        "tasks": [len(it.processing) for it in workers],
        "data": [it.nbytes for it in workers],
        "spilled": [it.get("disk", 0) for it in spilled],
        "spilled_data": [it.get("memory", 0) for it in spilled],
        "read": [it.get("read_bps", 0) for it in network],
        "write": [it.get("write_bps", 0) for it in network],
    }
    if any(it[5] is not None for it in facts.values()):
        gpus = [read_gpu(it) for it in metrics]
        columns["gpu_memory"] = [it.get("memory-used") for it in gpus]
        columns["gpu_use"] = [it.get("utilization") for it in gpus]
    return columns


def read_gpu(metrics: dict[str, Any]) -> dict[str, Any]:
    """Return a worker's readings of its GPU, empty where it has none.

    They are in ``gpu`` only where NVML was at work before the worker began, as dask-cuda
    does it; plain workers have what their monitor measures (seen in distributed 2026.8).
    """
    gpu = metrics.get("gpu")
    if isinstance(gpu, dict):
        return gpu
    if "gpu_memory_used" not in metrics:
        return {}
    return {
        "memory-used": metrics["gpu_memory_used"],
        "memory-total": metrics.get("gpu-memory-total"),
        "utilization": metrics.get("gpu_utilization"),
    }


def read_facts(page: MonitorPage, number: int, worker: Any) -> list[Any]:
    """Return what stays the same of a worker, as `WorkerFacts` in ``readings.py``."""
    gpu = read_gpu(worker.metrics)
    extra = (worker.extra or {}).get("gpu")
    if isinstance(extra, dict):
        gpu = {**gpu, **extra}
    device, total = page.device(worker), gpu.get("memory-total") or 0
    name = gpu.get("name") or ""
    if device is not None and page.scheduler.monitor.gpu_memory_total == total:
        # The same machine, where the scheduler has read the name.
        name = name or page.scheduler.monitor.gpu_name
    return [
        number,
        str(worker.name),
        worker.host,
        worker.nthreads,
        worker.memory_limit or 0,
        str(name) if gpu else None,
        total,
        device,
    ]


def read_tasks(scheduler: Any) -> dict[str, Any]:
    """Return numbers of tasks, from the counters that the scheduler keeps by prefix."""
    states: dict[str, int] = {}
    finished = 0
    rows = []
    for prefix in scheduler.task_prefixes.values():
        now = prefix.states  # up to distributed 2024 a sum over groups: ask once
        for state, count in now.items():
            states[state] = states.get(state, 0) + count
        done = prefix.state_counts.get("memory", 0)
        finished += done
        waiting = sum(now.get(state, 0) for state in WAITING)
        processing, memory = now.get("processing", 0), now.get("memory", 0)
        erred, released = now.get("erred", 0), now.get("released", 0)
        active = waiting + processing
        alive = memory + erred + released
        if active or alive or done:
            counts = (waiting, processing, memory, erred, released, done)
            rows.append((active, alive, done, prefix.name, counts))
    busiest = heapq.nlargest(BUSIEST, rows)
    prefixes = [[name, *counts] for *_, name, counts in busiest]
    if len(rows) > BUSIEST:
        rest = [
            sum(row[-1][column] for row in rows) - sum(row[-1][column] for row in busiest)
            for column in range(6)
        ]
        prefixes.append(["", *rest])
    return {"states": states, "finished": finished, "prefixes": prefixes}
