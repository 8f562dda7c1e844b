"""List once, then watch: all objects of one kind in memory, true to the API server.

Why not ``kubernetes.informer`` (37): it needs a thread for each kind, holds whole objects
of the client's model classes, and its watch has no limit on silence.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime
import logging
import random
from collections.abc import Callable
from typing import Any

import msgspec

from ...errors import BackendUnavailable, ClusterError, NotPermitted
from .api import KubernetesAPI
from .objects import Bookmark, ObjectList, Status, WatchEvent
from .refusals import (
    ApiBusy,
    OperatorMissing,
    ResourceGone,
    WatchSilent,
    refusal,
)
from .resources import Kind

PAGE = 250
"""Objects in one answer of a list: small enough to be read within a few milliseconds."""

SLICE = 50
"""Objects that are taken in before the event loop gets its turn."""

WATCH_SECONDS = (280, 320)
"""After so long the server ends a watch; spread, so that renewals do not bunch."""

SILENCE = 75.0
"""Seconds without a byte after which a watch is dead, where bookmarks come every minute.

An API server of 1.20 sends them only before a watch ends, and later ones not for kinds of
which nothing has happened since they started: there a watch may be silent until its end,
and what watches over it are TCP's keep-alive and `KubernetesAPI.doubt`.
"""

BACKOFF = (0.2, 4.0)
"""First and longest pause after a failure, in seconds."""

FORBIDDEN_PAUSE = 30.0
"""Seconds until we ask again for what we may not see or what is not installed."""

HOPE = 10.0
"""Seconds for which we ask again and again once something seems to be mended."""

Listener = Callable[[Any, Any], None]
"""Called with the object as it was and as it is; one of them may be ``None``."""


class Reflector:
    """All objects of one kind in our namespace; what only passes is never listed.

    ``items`` maps names to objects. ``listener`` hears every change, ``on_state`` when
    `synced` or `trouble` changed.
    """

    def __init__(
        self,
        api: KubernetesAPI,
        kind: Kind,
        listener: Listener,
        on_state: Callable[[], None],
        log: logging.Logger | logging.LoggerAdapter[Any],
    ) -> None:
        self.items: dict[str, Any] = {}
        self.synced = False
        """Has a list been read since the start?"""
        self.trouble: ClusterError | None = None
        """Why ``items`` may be out of date; ``None`` while the watch is alive."""
        self.troubled_since: datetime.datetime | None = None
        """When the trouble began."""
        self.kind = kind
        self.lists = 0
        self.watches = 0
        self._api = api
        self._listener = listener
        self._on_state = on_state
        self._log = log
        self._version: str | None = None
        self._failures = 0
        self._bookmarked = False
        """Do bookmarks come every minute?"""
        self._heard = 0.0
        self._mended = asyncio.Event()
        self._hope_ends = 0.0

    async def run(self) -> None:
        """Keep ``items`` true until cancelled."""
        while True:
            try:
                if self._version is None and not self.kind.passing:
                    await self._list()
                await self._watch()
            except WatchSilent:
                # No failure yet: whether the server is there, the next watch shows.
                self._bookmarked = False
            except ResourceGone:
                self._version = None
                await self._pause(0)
            except ClusterError as error:
                self._set_state(self.synced, error)
                await self._pause(_pause_after(error))

    async def _pause(self, least: float) -> None:
        first, longest = BACKOFF
        self._failures += 1
        pause = min(longest, first * 2 ** min(self._failures - 1, 10))
        if asyncio.get_running_loop().time() < self._hope_ends:
            least = 0.0
        self._mended.clear()
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(
                self._mended.wait(),
                max(least, pause * random.uniform(0.8, 1.2)),  # noqa: S311
            )

    def hope(self) -> None:
        """Ask again at once if this waits after a failure: it may be mended."""
        if self.trouble is None:
            return
        self._failures = 0
        self._hope_ends = asyncio.get_running_loop().time() + HOPE
        self._mended.set()

    def _set_state(self, synced: bool, trouble: ClusterError | None) -> None:
        before = (self.synced, self.trouble and self.trouble.message)
        self.synced, self.trouble = synced, trouble
        if trouble is None:
            self.troubled_since = None
        elif self.troubled_since is None:
            self.troubled_since = datetime.datetime.now(datetime.timezone.utc)
        if before != (synced, trouble and trouble.message):
            if trouble is not None:
                log = self._log.info if self.kind.optional else self._log.warning
                log("Watching %s: %s", self.kind.plural, trouble.message)
            self._on_state()

    def _selection(self) -> dict[str, str]:
        kind = self.kind
        chosen = {"labelSelector": kind.selector, "fieldSelector": kind.fields}
        return {name: value for name, value in chosen.items() if value}

    # --- listing ---------------------------------------------------------------------

    async def _list(self) -> None:
        """Read everything, in pages; only then replace what we have."""
        found: dict[str, Any] = {}
        params = {"limit": str(PAGE)}
        params.update(self._selection())
        self.lists += 1
        while True:
            body = await self._api.request("GET", self.kind, params=params)
            page = msgspec.json.decode(body, type=ObjectList[msgspec.Raw])
            for count, raw in enumerate(page.items):
                item = self._decode(raw)
                if item is not None:
                    found[item.metadata.name] = item
                if count % SLICE == SLICE - 1:
                    await asyncio.sleep(0)
            if not page.metadata.continue_:
                break
            params["continue"] = page.metadata.continue_
        await self._replace(found)
        self._version = page.metadata.resource_version
        self._set_state(True, None)

    async def _replace(self, found: dict[str, Any]) -> None:
        before, self.items = self.items, found
        for count, name in enumerate(before.keys() | found.keys()):
            old, new = before.get(name), found.get(name)
            if old != new:
                self._listener(old, new)
            if count % SLICE == SLICE - 1:
                await asyncio.sleep(0)

    def _decode(self, raw: msgspec.Raw) -> Any:
        """Return an object; ``None`` for one that cannot be read: it hides no others."""
        try:
            return msgspec.json.decode(raw, type=self.kind.type)
        except msgspec.MsgspecError as error:
            self._log.warning("One of the %s cannot be read: %s", self.kind.plural, error)
            return None

    # --- watching --------------------------------------------------------------------

    async def _watch(self) -> None:
        """Follow the changes until the server ends the watch, which is no failure.

        Without a version the server first tells what there is.
        """
        params = {
            "watch": "1",
            "allowWatchBookmarks": "true",
            "timeoutSeconds": str(random.randint(*WATCH_SECONDS)),  # noqa: S311
        }
        if self._version is not None:
            params["resourceVersion"] = self._version
        params.update(self._selection())
        self.watches += 1
        loop = asyncio.get_running_loop()
        started, count = loop.time(), 0
        self._heard = started
        silence = SILENCE if self._bookmarked else SILENCE + WATCH_SECONDS[1]
        lines = self._api.watch(self.kind, params, silence)
        async with contextlib.aclosing(lines):
            async for line in lines:
                if line:
                    self._take(line)
                    self._heard = loop.time()
                    self._failures = 0
                    count += 1
                self._set_state(True, None)
                if count % SLICE == 0:
                    await asyncio.sleep(0)
        if count == 0 and loop.time() - started < 1.0:
            # A server that ends each watch at once must not be asked in a tight loop.
            await self._pause(0)
        else:
            self._failures = 0

    def _take(self, line: bytes) -> None:
        try:
            event = msgspec.json.decode(line, type=WatchEvent)
            if event.type == "ERROR":
                raise self._error(event.object)
            if event.type == "BOOKMARK":
                bookmark = msgspec.json.decode(event.object, type=Bookmark)
                self._version = bookmark.metadata.resource_version
                loop = asyncio.get_running_loop()
                self._bookmarked = loop.time() - self._heard < SILENCE
                return
        except msgspec.MsgspecError:
            raise BackendUnavailable(
                "The Kubernetes API sent something that is no watch event."
            ) from None
        item = self._decode(event.object)
        if item is None:
            return
        self._version = item.metadata.resource_version
        if event.type == "DELETED":
            self._forget(item)
        else:
            self.put(item)

    def _error(self, raw: msgspec.Raw) -> ClusterError:
        status = msgspec.json.decode(raw, type=Status)
        return refusal(
            status.code or 500,
            bytes(raw),
            verb="watch",
            kind=self.kind,
            namespace=self._api.namespace,
        )

    def put(self, item: Any) -> None:
        """Take an object in, from the watch or from an answer to our own change.

        An older version than the one we have is dropped: answers may overtake the watch.
        """
        if self.kind.passing:
            self._listener(None, item)
            return
        name = item.metadata.name
        old = self.items.get(name)
        if old is not None and _older(item, old):
            return
        self.items[name] = item
        if old != item:
            self._listener(old, item)

    def drop(self, name: str) -> None:
        """Take an object out that we have deleted; the watch will say so, too."""
        if name in self.items:
            self._forget(self.items[name])

    def _forget(self, item: Any) -> None:
        old = self.items.get(item.metadata.name)
        if old is not None and old.metadata.uid == item.metadata.uid:
            del self.items[item.metadata.name]
            self._listener(old, None)


def _pause_after(error: ClusterError) -> float:
    if isinstance(error, (NotPermitted, OperatorMissing)):
        return FORBIDDEN_PAUSE
    return error.retry_after if isinstance(error, ApiBusy) else 0.0


def _older(item: Any, than: Any) -> bool:
    """Is it an older state of the same object? Versions are numbers in every API server."""
    new, old = item.metadata, than.metadata
    if new.uid != old.uid:
        return False
    try:
        return int(new.resource_version) < int(old.resource_version)
    except ValueError:
        return False
