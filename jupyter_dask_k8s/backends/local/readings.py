"""A page of our own on local schedulers: everything that a reading wants, for little.

Schedulers have ``/json/identity.json``, too, but it answers 500 while work goes on: metrics
of workers then have keys that JSON does not know (``digests_total_since_heartbeat``, seen
in distributed 2026.8).
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import msgspec
from distributed.http.utils import RequestHandler

from ...readings import Readings, WorkerMetrics, WorkerReading
from .protocol import READINGS_PATH
from .watch import NAME, count_clients


def read(scheduler: Any) -> Readings:
    """Read a `distributed.Scheduler`; the work grows with workers and groups of tasks."""
    tasks: Counter[str] = Counter()
    finished = 0
    for prefix in scheduler.task_prefixes.values():
        tasks.update(prefix.states)
        finished += prefix.state_counts["memory"]
    workers = [
        msgspec.convert(it.identity(), WorkerReading) for it in scheduler.workers.values()
    ]
    watch = scheduler.plugins.get(NAME)
    return Readings(
        workers=workers,
        tasks=dict(tasks),
        finished=finished,
        clients=count_clients(scheduler),
        idle_since=watch.idle_since if watch else None,
        no_client_since=watch.no_client_since if watch else None,
        ends=watch.ends if watch else None,
        scheduler=_own_use(scheduler),
    )


def _own_use(scheduler: Any) -> WorkerMetrics | None:
    quantities = scheduler.monitor.quantities
    if not quantities["cpu"]:
        return None  # it has not looked yet
    return WorkerMetrics(cpu=quantities["cpu"][-1], memory=int(quantities["memory"][-1]))


class ReadingsHandler(RequestHandler):  # type: ignore[misc]  # distributed has no types
    """Serves `Readings`."""

    def get(self) -> None:
        """Answer with the readings of now."""
        self.set_header("Content-Type", "application/json")
        self.write(msgspec.json.encode(read(self.server)))


routes: list[Any] = [(READINGS_PATH, ReadingsHandler, {})]
"""What ``distributed.scheduler.http.routes`` looks for in a module."""
