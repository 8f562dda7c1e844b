"""Scaling down one worker group among several, with data moved away first.

The operator asks the scheduler to retire a number of workers and names no group
(dask-kubernetes 2026.3): workers of another group may go then. So we retire those of the
group ourselves and end their Deployments; only then the group gets its new number, and the
operator finds nothing left to do. With one group only the operator does it all.
"""

from __future__ import annotations

import contextlib
import logging
from dataclasses import dataclass
from typing import Any

import msgspec

from ...errors import SchedulerUnavailable
from ...scheduler import SchedulerClient
from ...store import Entry
from .api import KubernetesAPI
from .refusals import ResourceNotFound
from .resources import DEPLOYMENTS
from .world import Parts

MOVE_LIMIT = 600.0
"""Seconds that moving the data away may take."""


class _Metrics(msgspec.Struct):
    memory: int = 0


class _Row(msgspec.Struct):
    """A worker on our schedulers' page, or in Dask's list of workers."""

    name: str | int
    address: str
    processing: int = 0
    metrics: _Metrics = msgspec.field(default_factory=_Metrics)


class _Workers(msgspec.Struct):
    workers: list[_Row]


@dataclass(frozen=True)
class Retirement:
    """Ends workers of one group."""

    api: KubernetesAPI
    client: SchedulerClient
    log: logging.Logger | logging.LoggerAdapter[Any]

    async def shrink(self, entry: Entry, parts: Parts, key: str, workers: int) -> int:
        """End workers until ``workers`` are left; returns how many are left.

        More are left where no other worker has room for the data. Raises
        `SchedulerUnavailable` where nothing can be moved.
        """
        names = [
            name
            for name, it in sorted(parts.deployments.items(), key=_age)
            if it.metadata.labels.group == key and it.metadata.deletion_timestamp is None
        ]
        surplus = len(names) - workers
        if surplus <= 0:
            return workers
        rows = {str(it.name): it for it in await self._rows(entry)}
        # Those that never came have nothing to lose; then the ones with the least to do.
        names.sort(key=lambda name: _cost(rows.get(name)))
        victims = names[:surplus]
        present = {name: rows[name].address for name in victims if name in rows}
        retired = await self._retire(entry, list(present.values())) if present else set()
        kept = 0
        for name in victims:
            if name in present and present[name] not in retired:
                kept += 1
                continue
            with contextlib.suppress(ResourceNotFound):
                await self.api.delete(DEPLOYMENTS, name)
        if kept:
            self.log.info("%d workers of %s stay: their data has no place.", kept, key)
        return workers + kept

    async def _rows(self, entry: Entry) -> list[_Row]:
        if entry.readings_path is not None:
            try:
                page = await self.client.read_json(entry, entry.readings_path, _Workers)
            except SchedulerUnavailable as error:
                if error.details.get("status") is None:
                    raise
            else:
                return page.workers
        page = await self.client.read_json(entry, "/api/v1/get_workers", _Workers)
        return page.workers

    async def _retire(self, entry: Entry, addresses: list[str]) -> set[str]:
        """Move the data of workers away and let them go; returns who went."""
        answer = await self.client.send(
            "POST",
            entry,
            "/api/v1/retire_workers",
            {"workers": addresses},
            limit=MOVE_LIMIT,
        )
        return set(msgspec.json.decode(answer, type=dict[str, Any]))


def _age(item: tuple[str, Any]) -> str:
    return str(item[1].metadata.creation_timestamp)


def _cost(row: _Row | None) -> tuple[int, int]:
    return (-1, 0) if row is None else (row.processing, row.metrics.memory)
