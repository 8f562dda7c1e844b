"""The newest warning of each reason about each of our pods."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Callable

import msgspec

from .objects import Occurred

ORPHANS = 500
"""Warnings that are kept of pods that we do not know (yet): the watch of pods may be later
than that of events; most are of pods that are none of Dask's."""

LONGEST = 1000
"""Characters of a warning that are kept."""

_EMPTY = re.compile(r"Error: \w+")
"""What kubelet adds to its own words: that would hide why an image cannot be pulled."""


class Troubles:
    """Sorts warnings by pod; ``known`` tells the cluster of a pod, or an empty string."""

    def __init__(self, known: Callable[[str], str]) -> None:
        self._known = known
        self._pods: dict[str, dict[str, Occurred]] = {}
        self._orphans: OrderedDict[str, dict[str, Occurred]] = OrderedDict()

    def take(self, event: Occurred) -> str:
        """Take a warning in; return the cluster that it is news for, or an empty string."""
        pod = event.involved_object.name
        if _EMPTY.fullmatch(event.message):
            return ""
        cluster = self._known(pod)
        shelf = self._pods if cluster else self._orphans
        kept = shelf.setdefault(pod, {})
        before = kept.get(event.reason)
        if before is not None and str(before.time) > str(event.time):
            return ""
        if len(event.message) > LONGEST:
            event = msgspec.structs.replace(event, message=event.message[:LONGEST])
        kept[event.reason] = event
        while len(self._orphans) > ORPHANS:
            self._orphans.popitem(last=False)
        return cluster

    def adopt(self, pod: str) -> None:
        """A pod has come: what was said of it before is its own."""
        orphan = self._orphans.pop(pod, None)
        if orphan is not None:
            self._pods.setdefault(pod, {}).update(orphan)

    def drop(self, pod: str) -> None:
        """A pod is gone."""
        self._pods.pop(pod, None)

    def about(self, pod: str) -> dict[str, Occurred]:
        """Return the warnings about a pod, by reason."""
        return self._pods.get(pod, {})
