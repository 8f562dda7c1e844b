"""What our schedulers tell of their clocks and packages (see preload.py).

A scheduler is asked when its workers come or go, and then so rarely that no warning comes
late: not before a clock that began now could be near its end. Of packages it is asked until
they are installed.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime
import time
from collections.abc import Callable

import msgspec

from ...errors import ClusterError, SchedulerUnavailable
from ...scheduler import SchedulerClient
from ...store import Entry
from ...tasks import end
from .lifetime import Clocks

LEAD = (360.0, 0.3)
"""Ask again so many seconds before the end, but at most in this last part of a lifetime."""

SOON = (1.0, 4.0, 16.0, 64.0)
"""Pauses after a change in which a scheduler is asked until its clocks run, in seconds: a
worker's pod is ready before the scheduler knows the worker."""

SHORTEST = 2.0
"""Seconds between two questions, at least."""

FAILURE_PAUSE = 60.0

INSTALL_PAUSE = 3.0
"""Seconds between two questions while packages are installed."""

INSTALLING = "Installing "


class _Page(msgspec.Struct):
    """What we read of a scheduler's page."""

    ends: float | None = None
    problem: str = ""


class ClockWatch:
    """Knows when clusters end.

    ``entry`` gives a cluster's entry; ``on_change`` is called with its name when what we
    know of its end or of its packages changed.
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
        self._ends: dict[str, float] = {}
        self._problems: dict[str, str] = {}
        self._tasks: dict[str, tuple[Clocks, asyncio.Task[None]]] = {}
        self._workers: dict[str, int] = {}
        self._wakes: dict[str, asyncio.Event] = {}

    def ends(self, name: str) -> datetime.datetime | None:
        """Return when a cluster ends if nothing happens, as last heard."""
        moment = self._ends.get(name)
        if moment is None:
            return None
        return datetime.datetime.fromtimestamp(round(moment), datetime.timezone.utc)

    def problem(self, name: str) -> str:
        """Return what is to say of a cluster's packages; empty when all is well."""
        return self._problems.get(name, "")

    def watch(
        self,
        name: str,
        clocks: Clocks | None,
        *,
        workers: int = 0,
        packages: bool = False,
    ) -> None:
        """Watch a cluster with these clocks from now on; ``None``: do not any more."""
        known = self._tasks.get(name)
        if known is not None and known[0] == clocks:
            if workers != self._workers.get(name):
                self._workers[name] = workers
                self._wakes[name].set()
            return
        if known is not None:
            known[1].cancel()
            del self._tasks[name]
        self._ends.pop(name, None)
        self._problems.pop(name, None)
        # A scheduler hears also that it has no clocks any more.
        if clocks is not None and (clocks.timeout or packages or known is not None):
            self._workers[name] = workers
            self._wakes[name] = asyncio.Event()
            task = asyncio.create_task(self._watch(name, clocks))
            self._tasks[name] = (clocks, task)

    async def close(self) -> None:
        """End all questions."""
        tasks = [task for _, task in self._tasks.values()]
        await end(tasks)

    async def extend(self, name: str) -> None:
        """Start the clocks of a cluster anew; raises `SchedulerUnavailable`."""
        known = self._tasks.get(name)
        clocks = known[0] if known else Clocks()
        await self._set(name, clocks, touch=True)
        # It is extended; if the new end cannot be read now, the watch tells it later.
        with contextlib.suppress(ClusterError):
            page = await self._read(name)
            self._tell(name, page.ends, page.problem)
        if known is not None:
            self._wakes[name].set()

    async def _set(self, name: str, clocks: Clocks, *, touch: bool) -> None:
        """Tell a scheduler its clocks: they may have changed since it started."""
        entry = self._entry(name)
        if entry.readings_path is None:
            raise SchedulerUnavailable(
                f"The clocks of “{name}” cannot be set: it was not made from here."
            )
        wish = {
            "timeout": clocks.timeout,
            "idle": clocks.seconds,
            "no_client": clocks.no_client_seconds,
            "touch": touch,
        }
        await self._client.send("PUT", entry, entry.readings_path, wish)

    async def _watch(self, name: str, clocks: Clocks) -> None:
        both = (clocks.seconds, clocks.no_client_seconds)
        shortest = min((it for it in both if it), default=0)
        longest = max(it or 0 for it in both)
        lead = min(LEAD[0], LEAD[1] * shortest)
        soon, overdue = list(SOON), 0
        with contextlib.suppress(ClusterError):
            await self._set(name, clocks, touch=False)
        while True:
            try:
                page = await self._read(name)
            except ClusterError:
                await asyncio.sleep(FAILURE_PAUSE)
                continue
            ends = page.ends
            # No clock has more left than it can: if it seems so, the time of day is wrong.
            left = shortest if ends is None else min(longest, ends - time.time())
            self._tell(name, ends, page.problem)
            pause = left - lead if left > lead else left / 3
            overdue = 0 if left > 0 else overdue + 1
            if overdue:
                # It should have ended; where clocks differ it seems so for hours.
                pause = min(FAILURE_PAUSE, SHORTEST * 2 ** min(overdue, 10))
            if page.problem.startswith(INSTALLING):
                pause = min(pause or INSTALL_PAUSE, INSTALL_PAUSE)
            elif not shortest:
                return  # only its packages were of interest
            elif ends is None and soon:
                pause = min(pause, soon.pop(0))
            if await self._changed(name, max(SHORTEST, pause)):
                soon = list(SOON)
                await asyncio.sleep(soon.pop(0))

    async def _changed(self, name: str, limit: float) -> bool:
        """Wait for a change; tells whether there was one within ``limit`` seconds."""
        wake = self._wakes[name]
        try:
            await asyncio.wait_for(wake.wait(), limit)
        except asyncio.TimeoutError:
            return False
        wake.clear()
        return True

    async def _read(self, name: str) -> _Page:
        entry = self._entry(name)
        return await self._client.read_json(entry, entry.readings_path or "", _Page)

    def _tell(self, name: str, ends: float | None, problem: str) -> None:
        before = self._ends.pop(name, None)
        if ends is not None:
            self._ends[name] = ends
        if problem != self._problems.get(name, ""):
            self._problems[name] = problem
            self._on_change(name)
        if (before is None) != (ends is None) or abs((before or 0) - (ends or 0)) > 2:
            self._on_change(name)
