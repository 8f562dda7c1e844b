"""Workers that were lost: evicted, preempted, deleted, gone with their node.

A pod that was ready counts as lost once its Deployment has another one: who scales down
takes the Deployment away.
"""

from __future__ import annotations

import datetime
from collections import Counter
from dataclasses import dataclass, field

from ..objects import Pod
from ..world import Parts
from .words import plural, sentence

MEMORY = 600.0
"""Seconds for which a loss is told."""

_REASONS = {
    "Evicted": "evicted",
    "Preempting": "preempted",
    "NodeLost": "gone",
    "NodeShutdown": "shut",
    "Shutdown": "shut",
    "Terminated": "shut",
}
"""``status.reason`` of a pod that failed (kubelet 1.20 to 1.33)."""

_TARGETS = {
    "PreemptionByScheduler": "preempted",
    "PreemptionByKubeScheduler": "preempted",
    "EvictionByEvictionAPI": "drained",
    "DeletionByTaintManager": "gone",
    "DeletionByPodGC": "gone",
    "TerminationByKubelet": "evicted",
}
"""Reasons of the condition DisruptionTarget (since 1.25)."""

_SENTENCES = {
    "evicted": "evicted from their node",
    "preempted": "taken away for something more important (preempted)",
    "drained": "evicted: somebody empties their node, say",
    "gone": "lost with their node, which did not answer",
    "shut": "ended, since their node was shut down",
    "deleted": "deleted by somebody",
    "failed": "ended by Kubernetes",
}


@dataclass(frozen=True)
class Loss:
    """One worker that is gone."""

    time: datetime.datetime
    kind: str
    words: str = ""


@dataclass
class _Seen:
    pods: dict[str, Pod] = field(default_factory=dict)
    """By Deployment: its pod, once it was ready."""
    losses: dict[str, Loss] = field(default_factory=dict)
    """By uid of the pod."""


class LossLog:
    """Notes the workers that each cluster has lost."""

    def __init__(self) -> None:
        self._clusters: dict[str, _Seen] = {}

    def note(self, name: str, parts: Parts, now: datetime.datetime) -> list[Loss]:
        """Take in a picture of a cluster; return what it lost lately."""
        seen = self._clusters.setdefault(name, _Seen())
        current: dict[str, Pod] = {}
        leaving: dict[str, Pod] = {}
        for pod in parts.pods.values():
            deployment = deployment_of(pod)
            if pod.metadata.labels.component != "worker":
                continue
            if deployment not in parts.deployments:
                continue
            if pod.over:
                self._note_failed(seen, pod, now)
            if pod.over or pod.metadata.deletion_timestamp is not None:
                leaving[pod.metadata.uid] = pod
            else:
                current[deployment] = pod
        for deployment, before in list(seen.pods.items()):
            uid, now_there = before.metadata.uid, current.get(deployment)
            if deployment not in parts.deployments:
                del seen.pods[deployment]
            elif uid in leaving:
                seen.pods[deployment] = before = leaving[uid]
            if now_there is not None and uid != now_there.metadata.uid:
                seen.losses.setdefault(uid, _loss(before, now))
                del seen.pods[deployment]
        seen.pods.update({key: pod for key, pod in current.items() if pod.ready})
        for uid, loss in list(seen.losses.items()):
            if (now - loss.time).total_seconds() >= MEMORY and uid not in leaving:
                del seen.losses[uid]
        return [
            loss
            for loss in seen.losses.values()
            if (now - loss.time).total_seconds() < MEMORY
        ]

    def forget(self, name: str) -> None:
        """The cluster is gone."""
        self._clusters.pop(name, None)

    def _note_failed(self, seen: _Seen, pod: Pod, now: datetime.datetime) -> None:
        """Note a pod that has failed: it tells the reason, also of before we came."""
        if pod.status.phase != "Failed" or pod.metadata.uid in seen.losses:
            return
        ready = pod.condition("Ready")
        when = ready.last_transition_time if ready is not None else None
        seen.losses[pod.metadata.uid] = _loss(pod, when or now)


def deployment_of(pod: Pod) -> str:
    """Return the name of the Deployment that a pod belongs to."""
    for owner in pod.metadata.owner_references:
        if owner.kind == "ReplicaSet":
            return owner.name.rpartition("-")[0]
    return ""


def _loss(pod: Pod, when: datetime.datetime) -> Loss:
    target = pod.condition("DisruptionTarget")
    reason = pod.status.reason
    if reason in _REASONS:
        kind = _REASONS[reason]
    elif target is not None and target.status == "True":
        kind = _TARGETS.get(target.reason, "drained")
    else:
        kind = "failed" if pod.over else "deleted"
    words = pod.status.message if kind in ("evicted", "failed") else ""
    return Loss(when, kind, words.partition(". ")[0])


def tell_losses(losses: list[Loss]) -> str:
    """Return ``2 workers were evicted from their node: ...``; empty without losses."""
    counts = Counter(loss.kind for loss in losses)
    told = []
    for kind, count in counts.most_common():
        words = next((it.words for it in losses if it.kind == kind and it.words), "")
        what = _SENTENCES[kind]
        if count == 1:
            what = what.replace("their", "its")
        verb = "was" if count == 1 else "were"
        why = f": {sentence(words, 120)}" if words else "."
        told.append(f"{plural(count, 'worker')} {verb} {what}{why}")
    return " ".join(told)


def losses_end(losses: list[Loss], now: datetime.datetime) -> float | None:
    """Return after how many seconds there is one loss less to tell."""
    ages = [(now - loss.time).total_seconds() for loss in losses]
    return max(0.0, MEMORY - max(ages)) if ages else None
