"""What to tell of a cluster although it keeps nothing from working."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass, field

from ..reach import Health, scheduler_pod
from ..world import Parts
from .finding import Troubles, nothing
from .losses import LossLog, losses_end, tell_losses
from .restarts import RestartLog, worker_restarts


@dataclass(frozen=True)
class Notes:
    """What there is to tell now."""

    losses: str = ""
    """Which workers were lost; it is among the warnings, too."""
    warnings: list[str] = field(default_factory=list)
    again: float | None = None
    """Seconds after which there is something less to tell."""


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.timezone.utc)


class Notices:
    """Takes note of each picture of each cluster."""

    def __init__(self, now: Callable[[], datetime.datetime] = _now) -> None:
        self._now = now
        self._losses = LossLog()
        self._restarts = RestartLog()
        self._served: set[str] = set()
        """Clusters whose scheduler had a Service."""
        self._uids: dict[str, str] = {}
        """Which cluster of each name we know: another one has lost nothing yet."""

    def note(
        self,
        name: str,
        parts: Parts,
        health: Health,
        troubles: Callable[[str], Troubles] = nothing,
    ) -> Notes:
        """Take in a cluster; return what to tell of it.

        ``troubles`` are the warnings about a pod, by its name.
        """
        if parts.cluster is None or parts.cluster.metadata.deletion_timestamp:
            return Notes()
        uid = parts.cluster.metadata.uid
        if self._uids.get(name, uid) != uid:
            self.forget(name)
        self._uids[name] = uid
        now = self._now()
        lost = self._losses.note(name, parts, now)
        told = tell_losses(lost)
        notices = [
            it
            for it in (
                self._restarts.note(name, parts, health, now),
                worker_restarts(parts, now, troubles),
            )
            if it is not None
        ]
        ends = [it.left for it in notices]
        end = losses_end(lost, now)
        if end is not None:
            ends.append(end)
        texts = [*(it.text for it in notices), *([told] if told else [])]
        texts += [*self._service(name, parts), *_skew(parts)]
        return Notes(told, texts, min(ends, default=None))

    def _service(self, name: str, parts: Parts) -> list[str]:
        """Return that the scheduler has lost its Service; operators make it only once."""
        if parts.service is not None:
            self._served.add(name)
        elif name in self._served:
            return [
                f"The Service “{name}-scheduler” is gone: somebody deleted it, and nobody "
                "makes it again. New workers and Clients cannot reach the scheduler. Save "
                "what you need, delete this cluster, and make a new one."
            ]
        return []

    def forget(self, name: str) -> None:
        """The cluster is gone."""
        self._served.discard(name)
        self._losses.forget(name)
        self._restarts.forget(name)
        self._uids.pop(name, None)


def _skew(parts: Parts) -> list[str]:
    """Return that scheduler and workers have different versions of the same image."""
    pod = scheduler_pod(parts)
    if pod is None or not pod.spec.containers:
        return []
    mine, tag = _split(pod.spec.containers[0].image)
    for group in parts.groups.values():
        containers = group.spec.worker.spec.containers
        theirs, other = _split(containers[0].image) if containers else ("", "")
        if mine and mine == theirs and tag != other and _version(tag) and _version(other):
            return [
                f"The scheduler's image is {mine}:{tag}, that of workers {theirs}:{other}: "
                "Dask needs the same versions in both."
            ]
    return []


def _version(tag: str) -> bool:
    """Whether a tag names a version: others tell nothing."""
    return any(it.isdecimal() for it in tag)


def _split(image: str) -> tuple[str, str]:
    """Return name and tag of an image; no tag where a digest stands."""
    if "@" in image:
        return image.partition("@")[0], ""
    name, colon, tag = image.rpartition(":")
    return (name, tag) if colon and "/" not in tag else (image, "latest")
