"""Scaling and removing worker groups; what takes time goes on in the background."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from typing import Any

from ...errors import ClusterError, SchedulerUnavailable
from ...store import Store
from ...tasks import end
from .changes import Changes
from .groups import group_key
from .retire import Retirement
from .world import World


@dataclass(frozen=True)
class _Wish:
    """What a group shall come to."""

    cluster: str
    group: str
    workers: int
    remove: bool = False


class Scaling:
    """Keeps to the last wish for each group; the first one is not waited for."""

    def __init__(
        self,
        changes: Changes,
        retirement: Retirement,
        store: Store,
        world: World,
        log: logging.Logger | logging.LoggerAdapter[Any],
    ) -> None:
        self.wishes: dict[str, int] = {}
        """By key of a group: the number of workers that is under way."""
        self.problems: dict[str, str] = {}
        """By key of a group: why the last change of it failed."""
        self._changes = changes
        self._retirement = retirement
        self._store = store
        self._world = world
        self._log = log
        self._wishes: dict[str, _Wish] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}

    async def scale(self, name: str, group: str, workers: int) -> None:
        """Give a group so many workers."""
        wish = _Wish(name, group, workers)
        self.problems.pop(group_key(name, group), None)
        if self._needs_us(wish):
            if group == "default":
                await self._changes.end_adapt(name)
            self._begin(wish)
        else:
            await self._changes.scale(name, group, workers)

    async def remove(self, name: str, group: str) -> None:
        """Take a group away, its data moved to the others where they have room."""
        self._begin(_Wish(name, group, 0, remove=True))

    async def close(self) -> None:
        """Give up on what is under way: groups keep the workers that are left."""
        tasks = list(self._tasks.values())
        await end(tasks)

    def _needs_us(self, wish: _Wish) -> bool:
        """Tell whether the operator would choose among the workers of other groups."""
        key = group_key(wish.cluster, wish.group)
        parts = self._world.parts(wish.cluster)
        if key in self._tasks:
            return True
        deployments = parts.deployments.values()
        have = sum(it.metadata.labels.group == key for it in deployments)
        return len(parts.groups) > 1 and wish.workers < have

    def _begin(self, wish: _Wish) -> None:
        key = group_key(wish.cluster, wish.group)
        self._wishes[key] = wish
        self.wishes[key] = wish.workers
        if key not in self._tasks:
            self._tasks[key] = asyncio.create_task(self._work(key))
        self._world.draw(wish.cluster)

    async def _work(self, key: str) -> None:
        cluster = self._wishes[key].cluster
        try:
            while True:
                wish = self._wishes[key]
                left = await self._shrink(key, wish)
                if self._wishes[key] is wish:
                    await self._finish(wish, left)
                    return
        except ClusterError as error:
            self._log.warning("The worker group %s was not changed: %s", key, error)
            self.problems[key] = error.message
        finally:
            del self._wishes[key], self.wishes[key], self._tasks[key]
            self._world.mark(cluster)

    async def _shrink(self, key: str, wish: _Wish) -> int:
        parts = self._world.parts(wish.cluster)
        try:
            entry = self._store.entry(wish.cluster)
            return await self._retirement.shrink(entry, parts, key, wish.workers)
        except SchedulerUnavailable as error:
            # Then no data can be moved; the operator ends the newest workers.
            self._log.info("%s scales without moving data: %s", key, error)
            return wish.workers

    async def _finish(self, wish: _Wish, left: int) -> None:
        if wish.remove:
            await self._changes.remove_group(wish.cluster, wish.group)
        else:
            await self._changes.set_workers(wish.cluster, wish.group, left)
