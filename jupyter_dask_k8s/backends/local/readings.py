"""A page of our own on local schedulers: everything that a reading wants, for little.

Schedulers have ``/json/identity.json``, too, but it answers 500 while work goes on: metrics
of workers then have keys that JSON does not know (``digests_total_since_heartbeat``, seen
in distributed 2026.8).
"""

from __future__ import annotations

import os
from collections import Counter
from typing import Any
from weakref import WeakKeyDictionary

import msgspec
from distributed.http.utils import RequestHandler

from ...readings import Readings, WorkerMetrics, WorkerReading
from ...schedulerpage import MonitorPage
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


_monitors: WeakKeyDictionary[Any, MonitorPage] = WeakKeyDictionary()


def _monitor(scheduler: Any) -> MonitorPage:
    if scheduler not in _monitors:
        _monitors[scheduler] = MonitorPage(scheduler, lambda it: _device(scheduler, it))
    return _monitors[scheduler]


def _device(scheduler: Any, worker: Any) -> str:
    """Return which GPU of this machine a worker's readings are of.

    Workers that nobody told which GPU is theirs all have the first one.
    """
    name = "CUDA_VISIBLE_DEVICES"
    watch = scheduler.plugins.get(NAME)
    env = watch.environment(worker.name) if watch else {}
    devices: str = env.get(name, os.environ.get(name, ""))
    return devices.split(",")[0] or "0"


def _more(scheduler: Any) -> dict[str, Any]:
    """Return what else the card and the details of a cluster show."""
    watch, own = scheduler.plugins.get(NAME), _own_use(scheduler)
    return {
        "clients": count_clients(scheduler),
        "ends": watch.ends if watch else None,
        "scheduler": {"cpu": own.cpu, "memory": own.memory} if own else None,
    }


class ReadingsHandler(RequestHandler):  # type: ignore[misc]  # distributed has no types
    """Serves `Readings`; with ``monitor=`` what a monitor wants (see `MonitorPage`)."""

    def get(self) -> None:
        """Answer with the readings of now."""
        known = self.get_query_argument("monitor", None)
        if known is None:
            self.set_header("Content-Type", "application/json")
            self.write(msgspec.json.encode(read(self.server)))
        else:
            self.set_header("Content-Type", "application/msgpack")
            page = _monitor(self.server)
            self.write(page.answer(known, lambda: _more(self.server)))


routes: list[Any] = [(READINGS_PATH, ReadingsHandler, {})]
"""What ``distributed.scheduler.http.routes`` looks for in a module."""
