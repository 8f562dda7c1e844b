"""The last decisions of autoscalers.

The operator tells of them in events, but only where kopf posts what it logs (not by default
since kopf 1.39); so we also note what we see: while a cluster has an autoscaler, nobody
else changes the number of workers of its default group.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable

import msgspec

from ...models import Decision, WorkerGroup
from .objects import Event
from .world import Parts

SHOWN = 5
"""How many are kept."""

SAME = 15.0
"""Seconds within which an event and what we saw are the same decision: it is the pause
that the operator makes between two (dask-kubernetes 2026.3)."""

_LONG_AGO = datetime.datetime.min.replace(tzinfo=datetime.timezone.utc)


class DecisionLog:
    """Notes the decisions of each cluster."""

    def __init__(self) -> None:
        self._workers: dict[str, int | None] = {}
        self._decisions: dict[str, list[Decision]] = {}

    def note(self, name: str, parts: Parts, groups: list[WorkerGroup]) -> list[Decision]:
        """Take in a picture of a cluster; return its decisions, newest first."""
        if parts.cluster is None or not groups:
            return self._decisions.get(name, [])
        known = self._merge(name, parts)
        before, wanted = self._workers.get(name), groups[0].desired
        adaptive = any(
            not it.metadata.deletion_timestamp for it in parts.autoscalers.values()
        )
        self._workers[name] = wanted if adaptive and parts.groups else None
        if adaptive and before is not None and before != wanted:
            now = datetime.datetime.now(datetime.timezone.utc)
            known.insert(0, Decision(time=now, before=before, wanted=wanted, got=None))
        if known and known[0].got != groups[0].ready:
            known[0] = msgspec.structs.replace(known[0], got=groups[0].ready)
        self._decisions[name] = known[:SHOWN]
        return self._decisions[name]

    def forget(self, name: str) -> None:
        """The cluster is gone."""
        self._workers.pop(name, None)
        self._decisions.pop(name, None)

    def _merge(self, name: str, parts: Parts) -> list[Decision]:
        """Return what is known together with the events; none of a former cluster."""
        assert parts.cluster is not None
        known = list(self._decisions.get(name, []))
        born = parts.cluster.metadata.creation_timestamp or _LONG_AGO
        for decision in _told(parts.decisions.values()):
            if decision.time >= born and not any(_same(decision, it) for it in known):
                known.append(decision)
        known.sort(key=lambda it: it.time, reverse=True)
        return known


def _told(events: Iterable[Event]) -> list[Decision]:
    return [
        Decision(
            time=event.last_timestamp or _LONG_AGO,
            before=event.decision[1],
            wanted=event.decision[2],
            got=None,
        )
        for event in events
    ]


def _same(one: Decision, other: Decision) -> bool:
    apart = abs((one.time - other.time).total_seconds())
    return (one.before, one.wanted) == (other.before, other.wanted) and apart < SAME
