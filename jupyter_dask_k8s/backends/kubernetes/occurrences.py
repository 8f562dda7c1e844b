"""What happened to clusters: the events of our namespace, read while somebody looks."""

from __future__ import annotations

import asyncio
import contextlib
import datetime
import logging
import re
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from typing import Any

from ...errors import BackendUnavailable
from ...models import Occurrence
from ...tasks import end
from .api import KubernetesAPI
from .kinship import Kin
from .objects import Occurred
from .reflector import Reflector
from .resources import EVENTS
from .world import Parts

FIRST = 15.0
"""Seconds that the list of events may take."""

PATIENCE = 30.0
"""Seconds between two looks whether the cluster is still there."""

SLICE = 500
"""Events that are looked at before the event loop gets its turn."""

_EARLIER = datetime.timedelta(seconds=2)
"""Clocks of those who tell differ a little."""

_ROUTINE = re.compile(r"(Handler|Timer|Activity) .* succeeded\.|\w+ is processed: ")
"""Lines of the operator's log that say nothing; older ones make events of them."""

Listener = Callable[[Occurred], None]


class EventWatch:
    """All events of our namespace, in memory while at least one looks.

    One list and one watch serve all who look; nothing is asked otherwise.
    """

    def __init__(
        self, api: KubernetesAPI, log: logging.Logger | logging.LoggerAdapter[Any]
    ) -> None:
        self._api = api
        self._log = log
        self._listeners: set[Listener] = set()
        self._reflector: Reflector | None = None
        self._task: asyncio.Task[None] | None = None
        self._told = asyncio.Event()
        self._ending: set[asyncio.Task[None]] = set()

    @contextlib.asynccontextmanager
    async def looking(self, listener: Listener) -> AsyncIterator[list[Occurred]]:
        """Yield all events; ``listener`` hears of further ones. Raises `ClusterError`."""
        self._listeners.add(listener)
        try:
            yield list((await self._read()).items.values())
        finally:
            self._listeners.discard(listener)
            if not self._listeners:
                self._stop()

    async def close(self) -> None:
        """Stop watching."""
        self._stop()
        await asyncio.gather(*self._ending, return_exceptions=True)

    async def _read(self) -> Reflector:
        """Return the reflector once it has read a list."""
        if self._reflector is None:
            self._told = asyncio.Event()
            self._reflector = Reflector(
                self._api, EVENTS, self._hear, self._told.set, self._log
            )
            self._task = asyncio.create_task(self._reflector.run())
        reflector = self._reflector
        try:
            await asyncio.wait_for(self._told.wait(), FIRST)
        except asyncio.TimeoutError:
            raise BackendUnavailable(
                f"Kubernetes did not list its events within {FIRST:g} s. Try again."
            ) from None
        if not reflector.synced and reflector.trouble is not None:
            raise reflector.trouble
        return reflector

    def _hear(self, old: Occurred | None, new: Occurred | None) -> None:
        # That Kubernetes forgets one after an hour is no news.
        if new is not None:
            for listener in list(self._listeners):
                listener(new)

    def _stop(self) -> None:
        if self._task is not None:
            ending = asyncio.create_task(end([self._task]))
            self._ending.add(ending)
            ending.add_done_callback(self._ending.discard)
        self._task = self._reflector = None


class Occurrences:
    """What happened to each cluster.

    ``parts`` tells what there is of a cluster, ``born`` since when there has been one (or
    ``None``): an earlier one of the same name is not meant.
    """

    def __init__(
        self,
        watch: EventWatch,
        parts: Callable[[str], Parts],
        born: Callable[[str], datetime.datetime | None],
    ) -> None:
        self._watch = watch
        self._parts = parts
        self._born = born

    async def newest_first(self, name: str) -> list[Occurrence]:
        """Return what happened, the newest first."""
        async with self._watch.looking(lambda event: None) as events:
            return (await self._of(name, events))[::-1]

    async def follow(self, name: str) -> AsyncGenerator[list[Occurrence], None]:
        """Yield what happened, the oldest first, then what happens; ends with it."""
        # By id: of what a slow reader has not taken yet, the last state is enough.
        coming: dict[str, Occurred] = {}
        wake = asyncio.Event()

        def hear(event: Occurred) -> None:
            coming[event.metadata.uid] = event
            wake.set()

        async with self._watch.looking(hear) as events:
            # What came while the list was read is in it.
            coming.clear()
            yield await self._of(name, events)
            while self._born(name) is not None:
                with contextlib.suppress(asyncio.TimeoutError):
                    await asyncio.wait_for(wake.wait(), PATIENCE)
                wake.clear()
                news = list(coming.values())
                coming.clear()
                if shown := await self._of(name, news):
                    yield shown

    async def _of(self, name: str, events: list[Occurred]) -> list[Occurrence]:
        """Return the events of a cluster, the oldest first."""
        born = self._born(name)
        if born is None:
            return []
        kin = Kin(name, self._parts(name))
        found = []
        for count, event in enumerate(events):
            if _concerns(kin, event):
                shown = _draw(event)
                if shown.time >= born - _EARLIER:
                    found.append(shown)
            if count % SLICE == SLICE - 1:
                await asyncio.sleep(0)
        return sorted(found, key=lambda it: it.time)


def _concerns(kin: Kin, event: Occurred) -> bool:
    if event.reason == "Logging" and _ROUTINE.match(event.message):
        return False
    return kin.has(event.involved_object.kind, event.involved_object.name)


def _draw(event: Occurred) -> Occurrence:
    about = event.involved_object
    now = datetime.datetime.now(datetime.timezone.utc)
    return Occurrence(
        id=event.metadata.uid,
        time=event.time or now,
        warning=event.type == "Warning",
        reason=event.reason,
        message=event.message.strip(),
        object=f"{about.kind} {about.name}",
        count=event.times,
    )
