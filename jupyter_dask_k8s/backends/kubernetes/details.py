"""The details of a cluster: its pods, what happened to it, and what it prints."""

from __future__ import annotations

import contextlib
import datetime
import logging
from collections.abc import AsyncGenerator
from typing import Any

from ...errors import NotPermitted
from ...models import Occurrence, Pod
from ...store import Store
from ...workers import WorkerUse
from ..base import LogQuery
from .api import KubernetesAPI
from .occurrences import EventWatch, Occurrences
from .podlist import draw_pods
from .podlogs import read_log
from .resources import PODS
from .world import World


class Details:
    """What `KubernetesBackend` tells of one cluster beside its picture."""

    def __init__(
        self,
        api: KubernetesAPI,
        store: Store,
        world: World,
        use: WorkerUse,
        log: logging.Logger | logging.LoggerAdapter[Any],
    ) -> None:
        self._api = api
        self._store = store
        self._world = world
        self._use = use
        self._watch = EventWatch(api, log)
        self._occurrences = Occurrences(self._watch, world.parts, self._born)

    async def close(self) -> None:
        """Stop watching and reading."""
        await self._watch.close()
        await self._use.close()

    def _born(self, name: str) -> datetime.datetime | None:
        return self._store.get(name).created if name in self._store else None

    def _check_pods(self, name: str) -> None:
        """Raise what keeps us from seeing pods: there would seem to be none."""
        self._store.get(name)
        blind = self._world.trouble_of(PODS)
        if isinstance(blind, NotPermitted):
            raise blind

    async def pods(self, name: str) -> list[Pod]:
        """Return the pods of a cluster."""
        self._check_pods(name)
        use = await self._use.read(name)
        troubles = self._world.pod_troubles.about
        return await draw_pods(name, self._world.parts(name), use, troubles)

    async def occurrences(self, name: str) -> list[Occurrence]:
        """Return the events of a cluster."""
        self._store.get(name)
        return await self._occurrences.newest_first(name)

    async def follow(self, name: str) -> AsyncGenerator[list[Occurrence], None]:
        """Yield the events of a cluster."""
        self._store.get(name)
        batches = self._occurrences.follow(name)
        async with contextlib.aclosing(batches):
            async for batch in batches:
                yield batch

    async def logs(self, name: str, query: LogQuery) -> AsyncGenerator[bytes, None]:
        """Yield a log of a cluster's pod."""
        self._check_pods(name)
        pieces = read_log(self._api, name, self._world.parts(name), query)
        async with contextlib.aclosing(pieces):
            async for piece in pieces:
                yield piece
