"""The worker groups of a `distributed.LocalCluster` (imported in the host process only)."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Any

from distributed import LocalCluster
from distributed.deploy import Adaptive
from distributed.metrics import time

from .protocol import DEFAULT, GroupReport, GroupSpec, Scaling, WorkerReport

_DECISIONS = 5
_MEMORY_RATIO = 2
"""Idle workers are spared while so many times the memory of all data stays."""


def group_of(worker: str) -> str:
    """Return the group of a worker's name: ``high-mem`` of ``high-mem-3``."""
    return worker.rpartition("-")[0]


class Groups:
    """Scales the groups of one cluster; the others do not move when one does.

    Scaling a group down takes its cheapest workers, and none goes before its data has
    moved to others. ``LocalCluster.scale`` knows no groups, closes the newest workers, busy
    or not, and their data is lost: it hands names to ``retire_workers`` as addresses
    (distributed 2026.8).
    """

    def __init__(self, cluster: LocalCluster) -> None:
        self.cluster = cluster
        self.lock = asyncio.Lock()
        """Hold it while groups change: commands and the autoscaler meet here."""
        self.decisions: deque[Scaling] = deque(maxlen=_DECISIONS)
        self._specs: dict[str, GroupSpec] = {}
        self._kept: dict[str, int] = {}
        self._made: dict[str, float] = {}
        self._number = 0

    def planned(self, group: str) -> list[str]:
        """Return the names of all workers that a group shall have."""
        return [name for name in self.cluster.worker_spec if group_of(name) == group]

    def present(self, group: str) -> list[Any]:
        """Return the workers of a group that the scheduler knows."""
        workers = self.cluster.scheduler.workers.values()
        return [it for it in workers if group_of(str(it.name)) == group]

    def report(self, group: GroupSpec, starts: dict[str, int]) -> GroupReport:
        """Return how a group is; ``starts`` tells how often each worker has come."""
        name, workers = group.name, group.workers
        planned, present = self.planned(name), {it.name for it in self.present(name)}
        return GroupReport(
            desired=len(planned) if workers is None else workers,
            ready=len(present),
            kept=self._kept.get(name, 0),
            workers=[
                WorkerReport(
                    name=it,
                    made=self._made.get(it, 0.0),
                    ready=it in present,
                    started=it in starts,
                    restarts=max(0, starts.get(it, 0) - 1),
                )
                for it in planned
            ],
        )

    def know(self, group: GroupSpec) -> None:
        """Learn what new workers of a group will be like."""
        self._specs[group.name] = group

    async def scale(self, group: str, workers: int) -> None:
        """Give a group so many workers; more stay where nobody has room for their data."""
        planned = self.planned(group)
        self._kept.pop(group, None)
        if len(planned) > workers:
            await self._shrink(group, workers)
        for _ in range(workers - len(planned)):
            # Never the name of a former worker: it may still be about to end.
            name = f"{group}-{self._number}"
            self.cluster.worker_spec[name] = self._worker(group)
            self._made[name] = time()
            self._number += 1
        self._correct()

    async def remove(self, group: str) -> None:
        """End all workers of a group; what finds no room elsewhere is lost."""
        await self._shrink(group, 0)
        for name in self.planned(group):
            del self.cluster.worker_spec[name]
        self._kept.pop(group, None)
        self._correct()

    async def retire(self, names: list[str]) -> set[str]:
        """Let workers go after their data has moved; returns those that stay."""
        cluster = self.cluster
        stay: set[str] = set()
        # Where all go, there is nobody to take the data.
        if names and set(cluster.worker_spec) - set(names):
            gone = await cluster.scheduler.retire_workers(names=names)
            stay = set(names) - {info["name"] for info in gone.values()}
            stay &= {worker.name for worker in cluster.scheduler.workers.values()}
        for name in names:
            if name not in stay:
                cluster.worker_spec.pop(name, None)
        self._correct()
        return stay

    async def _shrink(self, group: str, workers: int) -> None:
        spec = self.cluster.worker_spec
        present = sorted(self.present(group), key=_cost)
        absent = set(self.planned(group)) - {it.name for it in present}
        surplus = len(self.planned(group)) - workers
        for name in list(absent)[:surplus]:
            del spec[name]
        surplus -= min(surplus, len(absent))
        stay = await self.retire([it.name for it in present if it.name in spec][:surplus])
        self._kept[group] = len(stay)

    def _worker(self, group: str) -> dict[str, Any]:
        spec, new = self._specs[group], self.cluster.new_spec
        options = {
            "nthreads": spec.threads,
            "memory_limit": spec.memory,
            "env": {**self._specs[DEFAULT].env, **spec.env},
            "resources": spec.resources,
        }
        return {"cls": new["cls"], "options": {**new["options"], **options}}

    def _correct(self) -> None:
        spec = self.cluster.worker_spec
        self._made = {name: made for name, made in self._made.items() if name in spec}
        self.cluster.loop.add_callback(self.cluster._correct_state)


def _cost(worker: Any) -> tuple[bool, bool, int]:
    """Order workers by what their end would cost; see ``Scheduler.workers_to_close``."""
    return bool(worker.long_running), bool(worker.processing), worker.nbytes


class DefaultAdaptive(Adaptive):  # type: ignore[misc]  # distributed has no types
    """The autoscaler of the default group; it neither counts nor ends other workers."""

    def __init__(self, cluster: LocalCluster, groups: Groups, **options: Any) -> None:
        self._groups = groups
        super().__init__(cluster, **options)

    @property
    def plan(self) -> set[str]:
        """The workers that there shall be."""
        return set(self._groups.planned(DEFAULT))

    @property
    def requested(self) -> set[str]:
        """The workers that have been started."""
        return self.plan & set(self.cluster.workers)

    @property
    def observed(self) -> set[str]:
        """The workers that have come."""
        return {it.name for it in self._groups.present(DEFAULT)}

    async def target(self) -> int:
        """Return how many workers the work wants beside those of the other groups."""
        workers = self.cluster.scheduler.workers
        mine = len(self._groups.present(DEFAULT))
        target: int = self.cluster.scheduler.adaptive_target(self.target_duration)
        if target >= len(workers):
            return max(0, target - (len(workers) - mine))
        return mine - len(self._spare())

    async def workers_to_close(self, target: int) -> list[str]:
        """Return idle workers, the cheapest first."""
        surplus = len(self._groups.present(DEFAULT)) - target
        return self._spare()[: max(0, surplus)]

    def _spare(self) -> list[str]:
        """Return the idle workers without which there is still memory enough."""
        everyone = self.cluster.scheduler.workers.values()
        room = sum(it.memory_limit for it in everyone)
        data = sum(it.nbytes for it in everyone)
        spare = []
        for worker in sorted(self._groups.present(DEFAULT), key=_cost):
            room -= worker.memory_limit
            busy = worker.processing or worker.long_running
            if busy or room < _MEMORY_RATIO * data:
                break
            spare.append(worker.name)
        return spare

    async def scale_up(self, n: int) -> None:
        """Have ``n`` workers."""
        async with self._groups.lock:
            if self.state == "running":
                self._decide(n)
                await self._groups.scale(DEFAULT, n)

    async def scale_down(self, workers: list[str]) -> None:
        """Let these workers go."""
        async with self._groups.lock:
            if self.state == "running":
                self._decide(len(self.plan) - len(workers))
                await self._groups.retire(workers)

    def _decide(self, wanted: int) -> None:
        """Note a decision, and what came of the one before."""
        decisions, now = self._groups.decisions, len(self.observed)
        if decisions:
            last = decisions.popleft()
            decisions.appendleft(
                Scaling(time=last.time, before=last.before, wanted=last.wanted, got=now)
            )
        decision = Scaling(time=time(), before=len(self.plan), wanted=wanted)
        decisions.appendleft(decision)
