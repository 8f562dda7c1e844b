"""Who uses a local scheduler, and since when nobody does (in the host process only)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from time import monotonic
from typing import Any

from distributed import LocalCluster, Status
from distributed.diagnostics.plugin import SchedulerPlugin
from distributed.metrics import time

from .protocol import Clocks

NAME = "jupyter-dask-k8s"
"""Under this name a scheduler knows its `Watch`, as a plugin."""

START_LIMIT = 60.0
"""Seconds after which the clocks may run even if workers are still missing."""

NOTICE = 5.0
"""A clock is reported after so many seconds, so that short pauses cause no traffic."""

JUMP = 60.0
"""Seconds by which nobody corrects the time of day without setting it."""

_INTERNAL = ("Client-worker-", "fire-and-forget")
"""Tasks that use Dask themselves have clients whose names begin so; the other is the
scheduler's own."""


def count_clients(scheduler: Any) -> int:
    """Return how many clients of people are connected."""
    return sum(not str(name).startswith(_INTERNAL) for name in scheduler.clients)


class Watch(SchedulerPlugin):  # type: ignore[misc]  # distributed has no types
    """Hears of workers and clients that come and go, and knows what each clock counts.

    Nothing counts before the cluster is complete: to wait for workers is no idleness.
    """

    def __init__(
        self, cluster: LocalCluster, changed: asyncio.Event, clocks: Callable[[], Clocks]
    ) -> None:
        self._cluster = cluster
        self._changed = changed
        self._clocks = clocks
        self._ready_at: float | None = None
        self._alone_since: float | None = None
        self._starts: dict[str, tuple[int, str]] = {}
        self._shift = time() - monotonic()
        cluster.scheduler.add_plugin(self, name=NAME)

    def add_worker(self, scheduler: Any, worker: str) -> None:
        """Count, and look at once."""
        name = str(scheduler.workers[worker].name)
        count, address = self._starts.get(name, (0, ""))
        if worker != address:  # not one that was only out of touch
            self._starts[name] = (count + 1, worker)
        self._changed.set()

    def remove_client(self, *args: Any, **kwargs: Any) -> None:
        """Look at once."""
        self._changed.set()

    remove_worker = add_client = remove_client

    @property
    def starts(self) -> dict[str, int]:
        """How often each worker that there shall be has come."""
        spec = self._cluster.worker_spec
        self._starts = {it: seen for it, seen in self._starts.items() if it in spec}
        return {name: count for name, (count, _) in self._starts.items()}

    def environment(self, worker: str) -> dict[str, str]:
        """Return the variables that a worker was given; none of one that is not ours."""
        spec = self._cluster.worker_spec.get(worker, {})
        return dict(spec.get("options", {}).get("env") or {})

    def look(self, *, complete: bool) -> None:
        """Look at workers and clients; ``complete``: all workers have been asked for."""
        scheduler, now = self._cluster.scheduler, time()
        self._follow(now)
        if self._ready_at is None:
            complete &= len(scheduler.workers) >= len(self._cluster.worker_spec)
            if complete or now - scheduler.time_started > START_LIMIT:
                self._ready_at = now
        if count_clients(scheduler):
            self._alone_since = None
        elif self._alone_since is None:
            self._alone_since = now

    @property
    def idle_since(self) -> float | None:
        """Since when there has been no work."""
        return self._counted(self._cluster.scheduler.check_idle())

    @property
    def no_client_since(self) -> float | None:
        """Since when no client has been connected."""
        return self._counted(self._alone_since)

    @property
    def ends(self) -> float | None:
        """When the next clock runs out if nothing happens."""
        ends = self._clocks().ends(self.idle_since, self.no_client_since)
        return min(ends.values(), default=None)

    def notable(self, since: float | None, seconds: int | None) -> float | None:
        """Return since when a clock has run, if it is on and that is worth a report."""
        since = self._clocks().since(since)
        if seconds is None or since is None:
            return None
        asked = since == self._clocks().touched
        return since if asked or time() - since >= NOTICE else None

    def ended(self) -> str:
        """Return why the cluster must end, or an empty string."""
        ends = self._clocks().ends(self.idle_since, self.no_client_since)
        for why, end in sorted(ends.items(), key=lambda it: it[1]):
            if time() > end:
                return why
        return "" if self._cluster.scheduler.status == Status.running else "closed"

    def _follow(self, now: float) -> None:
        """Start the clocks anew if the time of day was set, or the machine slept."""
        shift = now - monotonic()
        if abs(shift - self._shift) > JUMP:
            self._ready_at = self._ready_at and now
            self._alone_since = self._alone_since and now
        self._shift = shift

    def _counted(self, since: float | None) -> float | None:
        if since is None or self._ready_at is None:
            return None
        # What began in the future began before the time of day was set back.
        return self._ready_at if since > time() else max(float(since), self._ready_at)
