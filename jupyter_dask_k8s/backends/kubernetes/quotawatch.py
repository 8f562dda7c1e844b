"""Watches the ResourceQuotas and LimitRanges of our namespace; both are optional."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from ...models import Room
from ...tasks import end
from .api import KubernetesAPI
from .demand import Demand, Size
from .leaving import cost_of, leaving_pods
from .limitrange import Ranges
from .quota import Entry, after, check_quota, entries_of, room_of
from .reflector import Reflector
from .resources import LIMIT_RANGES, QUOTAS
from .rules import Defaults
from .world import Parts, World


class QuotaWatch:
    """What the namespace has left, as far as we may know.

    Nothing is ever refused on what may be old: without the right to read quotas, or while
    the watch is broken, Kubernetes decides.
    """

    def __init__(
        self,
        api: KubernetesAPI,
        world: World,
        log: logging.Logger | logging.LoggerAdapter[Any],
    ) -> None:
        self._world = world
        self._quotas = Reflector(api, QUOTAS, _ignore, _nothing, log)
        self._ranges = Reflector(api, LIMIT_RANGES, _ignore, _nothing, log)
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begin to watch."""
        jobs = (self._quotas.run(), self._ranges.run())
        self._tasks = [asyncio.create_task(job) for job in jobs]

    async def stop(self) -> None:
        """End both watches."""
        await end(self._tasks)

    @property
    def entries(self) -> list[Entry]:
        """What quotas count, as of now; nothing where that may be old."""
        return entries_of(self._quotas.items.values()) if _true(self._quotas) else []

    @property
    def ranges(self) -> Ranges:
        """The LimitRanges as of now; none where they may be old."""
        items = self._ranges.items.values() if _true(self._ranges) else ()
        return Ranges(tuple(items))

    @property
    def readable(self) -> bool:
        """Whether quotas can be read at all."""
        return _true(self._quotas)

    def room(self, gpu_resource: str) -> Room | None:
        """Return what the quotas leave; ``None`` where nobody can say."""
        return room_of(self.entries, gpu_resource)

    @property
    def coming(self) -> list[Entry]:
        """What quotas will count once the pods that are about to go have gone."""
        entries = self.entries
        if not entries:
            return []
        pods = [pod for parts in self._world.everything() for pod in leaving_pods(parts)]
        return after(entries, cost_of([*pods, *self._world.gone()]))

    def check(self, demands: Sequence[Demand], field: str = "workers") -> None:
        """Refuse what does not fit; raises `InvalidField` with the arithmetic."""
        ranges = self.ranges
        filled = [ranges.filled(it) for it in demands]
        for demand in filled:
            ranges.check(demand)
        check_quota(filled, self.coming, field)

    def for_form(self, defaults: Defaults) -> dict[str, Any]:
        """Return the room for workers beside a scheduler, for the form; see form.py.

        ``cpu`` in cores and ``memory`` in bytes that workers may use; empty where no quota
        counts.
        """
        found: dict[str, float] = {}
        scheduler = self.ranges.filled(_scheduler(defaults))
        for entry in self.coming:
            name = _FORM.get(entry.key) or (
                "gpus" if entry.resource == defaults.gpu_resource else None
            )
            if name is None:
                continue
            left = entry.left - scheduler.cost.get(entry.key, Decimal(0))
            if entry.key == "requests.cpu":
                left *= Decimal(str(defaults.overcommit))
            found[name] = min(found.get(name, float(left)), float(left))
        return {name: max(0.0, it) for name, it in found.items()}


_FORM = {
    "requests.cpu": "cpu",
    "limits.cpu": "cpu",
    "requests.memory": "memory",
    "limits.memory": "memory",
    "pods": "pods",
    "count/pods": "pods",
    "count/deployments.apps": "pods",
    "count/replicasets.apps": "pods",
}


def _scheduler(defaults: Defaults) -> Demand:
    cpu = Decimal(defaults.scheduler_cpu) / 1000
    memory = Decimal(defaults.scheduler_memory)
    request = cpu / Decimal(str(defaults.overcommit))
    size = Size({"cpu": request, "memory": memory}, {"cpu": cpu, "memory": memory})
    return Demand("scheduler", 1, [size])


def _true(reflector: Reflector) -> bool:
    return reflector.synced and reflector.trouble is None


def _ignore(old: Any, new: Any) -> None:
    """Nobody needs to hear of a change: whoever asks reads what is there."""


def _nothing() -> None:
    """See `_ignore`."""


def pods_of(parts: Parts, group: str) -> int:
    """Return how many pods a worker group has, by its full name."""
    return sum(it.metadata.labels.group == group for it in parts.living_pods)
