"""Restarts that everything has got over, and that users should know of all the same."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass

from ..objects import ContainerStatus, Pod
from ..reach import Health, scheduler_pod
from ..world import Parts
from .crashes import how_it_ended, is_oom
from .events import liveness_words
from .finding import Troubles
from .words import plural

MEMORY = 3600.0
"""Seconds for which a restart of the scheduler is told."""

WORKER_MEMORY = 600.0

LIVED = 30.0
"""Seconds after which a scheduler may have had work."""


@dataclass(frozen=True)
class Notice:
    """Something to tell for some time."""

    text: str
    left: float
    """Seconds for which it is still to be told."""


class RestartLog:
    """Notes which pod is the scheduler of each cluster."""

    def __init__(self) -> None:
        self._pods: dict[str, str] = {}
        """By cluster: the uid of the pod that answered last."""
        self._replaced: dict[str, tuple[str, datetime.datetime]] = {}
        """By cluster: the uid of a pod that came in place of another, and when."""

    def forget(self, name: str) -> None:
        """The cluster is gone."""
        self._pods.pop(name, None)
        self._replaced.pop(name, None)

    def note(
        self, name: str, parts: Parts, health: Health, now: datetime.datetime
    ) -> Notice | None:
        """Take in a picture of a cluster; return that its scheduler was restarted."""
        pod = scheduler_pod(parts)
        if pod is None or parts.cluster is None:
            return None
        uid = pod.metadata.uid
        before = self._pods.get(name, uid)
        if before != uid:
            self._replaced[name] = (uid, pod.metadata.creation_timestamp or now)
        if health.route is not None:
            self._pods[name] = uid
        elif before != uid:
            return None  # the reason says enough
        moment, why = _restart(pod)
        replaced = self._replaced.get(name)
        if replaced is not None and replaced[0] == uid and moment is None:
            moment, why = replaced[1], "its pod was replaced"
        if moment is None or not pod.ready:
            return None
        left = MEMORY - (now - moment).total_seconds()
        if left <= 0:
            return None
        return Notice(_tell(moment, why), left)


def _tell(moment: datetime.datetime, why: str) -> str:
    at = moment.astimezone(datetime.timezone.utc).strftime("%H:%M")
    return (
        f"The scheduler was restarted at {at} UTC ({why}): its tasks and results are lost. "
        "Make a new Client."
    )


def _restart(pod: Pod) -> tuple[datetime.datetime | None, str]:
    """Return when the scheduler's container was started again, and why."""
    for status in pod.status.container_statuses:
        ended, running = status.last_state.terminated, status.state.running
        if not status.restart_count or ended is None or running is None:
            continue
        if ended.started_at is None or ended.finished_at is None:
            continue
        if (ended.finished_at - ended.started_at).total_seconds() < LIVED:
            continue
        why = "it ran out of memory" if is_oom(ended) else f"it ended {how_it_ended(ended)}"
        return running.started_at, why
    return None, ""


def worker_restarts(
    parts: Parts, now: datetime.datetime, troubles: Callable[[str], Troubles]
) -> Notice | None:
    """Return that containers of workers ended lately and were started again."""
    killed: list[float] = []
    crashed: list[float] = []
    unwell: list[float] = []
    code = ""
    for pod in parts.living_pods:
        if pod.metadata.labels.component != "worker":
            continue
        for status in pod.status.container_statuses:
            age = _age(status, now)
            if age is None or age >= WORKER_MEMORY or not pod.ready:
                continue
            ended = status.last_state.terminated
            assert ended is not None
            if is_oom(ended):
                killed.append(age)
            elif liveness_words(troubles(pod.metadata.name)):
                unwell.append(age)
            else:
                crashed.append(age)
                code = how_it_ended(ended)
    told = []
    if killed:
        told.append(f"{_workers(len(killed))} ran out of memory")
    if unwell:
        what = (
            "was killed, since it did"
            if len(unwell) == 1
            else "were killed, since they did"
        )
        told.append(f"{_workers(len(unwell))} {what} not pass the liveness probe")
    if crashed:
        told.append(f"{_workers(len(crashed))} ended {code}")
    if not told:
        return None
    several = len(killed) + len(crashed) + len(unwell) > 1
    again = "were started again" if several else "was started again"
    text = f"{', '.join(told)}, and {again}."
    advice = " Give workers more memory, or smaller partitions." if killed else ""
    return Notice(text + advice, WORKER_MEMORY - max(killed + crashed + unwell))


def _workers(count: int) -> str:
    return plural(count, "worker")


def _age(status: ContainerStatus, now: datetime.datetime) -> float | None:
    """Return how many seconds ago a container ended that runs again."""
    ended = status.last_state.terminated
    if not status.restart_count or ended is None or ended.finished_at is None:
        return None
    if not ended.exit_code:
        return None  # a worker with a lifetime, say
    return (now - ended.finished_at).total_seconds()
