"""Whether the workers that run have come to their scheduler.

A pod is ready when its process runs; a NetworkPolicy may keep it from the scheduler all the
same. So a scheduler is asked once after its workers have become ready, and again and again
only while it knows fewer of them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from ...errors import ClusterError
from ...metrics import read_readings
from ...scheduler import SchedulerClient
from ...store import Entry
from ...tasks import end

PAUSES = (30.0, 600.0)
"""First and longest pause before a question, in seconds."""


class LinkWatch:
    """Knows how many workers run that their scheduler does not know.

    ``entry`` gives a cluster's entry; ``on_change`` is called with its name when that
    number changed.
    """

    def __init__(
        self,
        client: SchedulerClient,
        entry: Callable[[str], Entry],
        on_change: Callable[[str], None],
    ) -> None:
        self._client = client
        self._entry = entry
        self._on_change = on_change
        self._missing: dict[str, int] = {}
        self._tasks: dict[str, tuple[str, asyncio.Task[None]]] = {}

    def missing(self, name: str) -> int:
        """Return how many of a cluster's workers its scheduler does not know."""
        return self._missing.get(name, 0)

    def watch(self, name: str, key: str, ready: int) -> None:
        """Watch a cluster with so many ready workers; ``key`` tells one set from another.

        None of them: nothing is asked.
        """
        known = self._tasks.get(name)
        if known is not None and known[0] == key and ready:
            return
        if known is not None:
            known[1].cancel()
            del self._tasks[name]
        if ready:
            self._tasks[name] = key, asyncio.create_task(self._watch(name, ready))
        if self._missing.pop(name, 0):
            # Who asked a moment ago was told of the former workers.
            self._on_change(name)

    async def close(self) -> None:
        """End all questions."""
        tasks = [task for _, task in self._tasks.values()]
        await end(tasks)

    async def _watch(self, name: str, ready: int) -> None:
        pause, longest = PAUSES
        missing = 0
        while True:
            await asyncio.sleep(pause)
            pause = min(longest, 2 * pause)
            try:
                readings = await read_readings(self._client, self._entry(name))
            except ClusterError:
                continue
            before, missing = missing, max(0, ready - len(readings.workers))
            # Told when it is so twice: a worker may just be slow to start.
            told = missing if before else 0
            if told != self._missing.get(name, 0):
                self._missing[name] = told
                self._on_change(name)
            if not missing:
                return
            if not before:
                pause = PAUSES[0]
