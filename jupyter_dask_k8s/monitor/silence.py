"""Schedulers that do not answer who reads them: the list of clusters says so, too.

Found out only by who looks at readings anyway. While it is so, and only then, the scheduler
is asked now and again for its health, as it may come back when nobody looks any more.
"""

from __future__ import annotations

import asyncio
import datetime
import time

from ..errors import ClusterError, ClusterNotFound
from ..scheduler import READ_LIMIT, SchedulerClient
from ..store import Store
from ..tasks import end

PATIENCE = 8.0
"""Seconds without an answer until it is told: a busy scheduler may take some."""

PAUSES = (5.0, 60.0)
"""First and longest pause between two questions, in seconds."""


class Silence:
    """Tells the store of schedulers that do not answer, until they do again."""

    def __init__(self, client: SchedulerClient, store: Store) -> None:
        self._client = client
        self._store = store
        self._since: dict[str, float] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def missed(self, name: str, begin: float, error: ClusterError) -> None:
        """A reading that began at a time has failed."""
        if not self._waited(name) or error.details.get("phase") != "Running":
            self.heard(name)  # in some way it answers, or its backend knows more
            return
        since = self._since.setdefault(name, begin)
        if time.time() - since < PATIENCE or name in self._tasks:
            return
        self._store.silence(
            name, datetime.datetime.fromtimestamp(int(since), datetime.timezone.utc)
        )
        self._tasks[name] = asyncio.create_task(self._ask(name))

    def heard(self, name: str) -> None:
        """It answers, or it is no silence."""
        self._since.pop(name, None)
        task = self._tasks.pop(name, None)
        if task is None:
            return
        self._store.silence(name, None)
        if task is not asyncio.current_task():
            task.cancel()

    def left(self, name: str) -> None:
        """Nobody reads it any more; what has been told holds until it answers."""
        if name not in self._tasks:
            self._since.pop(name, None)

    async def close(self) -> None:
        """End all questions."""
        await end(self._tasks.values())
        self._tasks.clear()

    def _waited(self, name: str) -> bool:
        """Whether a scheduler should answer, as far as its backend knows."""
        try:
            entry = self._store.entry(name)
        except ClusterNotFound:
            return False
        return entry.cluster.phase == "Running" and entry.dashboard is not None

    async def _ask(self, name: str) -> None:
        pause, longest = PAUSES
        while True:
            await asyncio.sleep(pause)
            pause = min(longest, 2 * pause)
            if not self._waited(name):
                break
            entry = self._store.entry(name)
            base = entry.dashboard or ""
            if not await self._client.check(base, entry.tunnel, READ_LIMIT):
                break
        self.heard(name)
