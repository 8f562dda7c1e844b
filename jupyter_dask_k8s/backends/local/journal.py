"""What happened to a local cluster, as far as its server saw it."""

from __future__ import annotations

import asyncio
import datetime
import secrets
from collections import deque
from collections.abc import AsyncGenerator, Iterator

from ...models import Occurrence
from .protocol import HostCommand, HostReport, WorkerReport

KEPT = 500
"""Occurrences of one cluster that are kept."""


class Journal:
    """The last occurrences of one cluster; others can follow them."""

    def __init__(self, cluster: str) -> None:
        self._about = f"Cluster {cluster}"
        self._kept: deque[Occurrence] = deque(maxlen=KEPT)
        self._number = 0
        self._run = secrets.token_hex(4)
        self._over = False
        self._readers: set[asyncio.Event] = set()

    def note(
        self, reason: str, message: str, about: str = "", *, warning: bool = False
    ) -> None:
        """Write down what has just happened."""
        self._number += 1
        self._kept.append(
            Occurrence(
                id=f"{self._run}-{self._number}",
                time=datetime.datetime.now(datetime.timezone.utc),
                warning=warning,
                reason=reason,
                message=message,
                object=about or self._about,
                count=1,
            )
        )
        self._wake()

    def close(self) -> None:
        """Nothing more can happen."""
        self._over = True
        self._wake()

    def _wake(self) -> None:
        for reader in self._readers:
            reader.set()

    @property
    def newest_first(self) -> list[Occurrence]:
        """All that is kept."""
        return list(self._kept)[::-1]

    async def follow(self) -> AsyncGenerator[list[Occurrence], None]:
        """Yield all that is kept, the oldest first, and then what comes."""
        news = asyncio.Event()
        self._readers.add(news)
        try:
            seen = self._number
            yield list(self._kept)
            while True:
                fresh = min(self._number - seen, len(self._kept))
                if fresh:
                    seen = self._number
                    yield list(self._kept)[-fresh:]
                elif self._over:
                    return
                else:
                    await news.wait()
                    news.clear()
        finally:
            self._readers.discard(news)

    # --- what changed ----------------------------------------------------------------

    def note_command(self, before: HostCommand, after: HostCommand) -> None:
        """Write down what somebody asked for."""
        for group in after.groups:
            old = before.group(group.name)
            if old is None:
                self.note("GroupAdded", f"The worker group “{group.name}” is added.")
            if group.workers is not None and (old is None or old.workers != group.workers):
                self.note("Scaled", f"“{group.name}” shall have {group.workers} workers.")
        for group in before.groups:
            if after.group(group.name) is None:
                self.note("GroupRemoved", f"The worker group “{group.name}” is removed.")
        if after.adapt is not None and after.adapt != before.adapt:
            low, high = after.adapt.minimum, after.adapt.maximum
            self.note("Adaptive", f"Between {low} and {high} workers, as work demands.")

    def note_report(self, before: HostReport | None, after: HostReport) -> None:
        """Write down what the host saw."""
        if before is None:
            self.note("Started", f"The scheduler answers at {after.scheduler_address}.")
        known = {decision.time for decision in before.decisions} if before else set()
        for decision in reversed(after.decisions):
            if decision.time not in known:
                self.note(
                    "Autoscaler",
                    f"The autoscaler wants {decision.wanted} workers; there were "
                    f"{decision.before}.",
                )
        old = dict(_workers(before)) if before else {}
        new = dict(_workers(after))
        for name, worker in new.items():
            self._note_worker(name, old.get(name), worker)
        for name in old.keys() - new.keys():
            self.note("WorkerEnded", "It is not wanted any more.", f"Worker {name}")

    def _note_worker(
        self, name: str, before: WorkerReport | None, after: WorkerReport
    ) -> None:
        about = f"Worker {name}"
        ready = before is not None and before.ready
        again = before is not None and after.restarts > before.restarts
        if ready and (again or not after.ready):
            self.note(
                "WorkerLost", "It has ended and is started again.", about, warning=True
            )
        if after.ready and (again or not ready):
            self.note("WorkerStarted", "It is connected to the scheduler.", about)


def _workers(report: HostReport) -> Iterator[tuple[str, WorkerReport]]:
    for group in report.groups.values():
        for worker in group.workers:
            yield worker.name, worker
