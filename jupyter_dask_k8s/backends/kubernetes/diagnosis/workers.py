"""What a cluster's workers wait for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ....models import WorkerGroup
from ..objects import Condition, Pod
from ..world import Parts
from .finding import NOWHERE, PULLING, STARTING, Facts, Finding, most_urgent
from .operator import POD_PATIENCE, missing_workers
from .pods import examine
from .refused import explain, refusal_of

LOOK = 200
"""Pods that are looked at: what a thousand workers wait for, some of them tell."""


def worker_pods(parts: Parts, group: str) -> list[Pod]:
    """Return the pods of a group's workers that are not on their way out."""
    return [
        pod
        for pod in parts.living_pods
        if pod.metadata.labels.component == "worker"
        and pod.metadata.labels.group == group
        and pod.metadata.deletion_timestamp is None
    ]


def waiting_workers(parts: Parts, groups: list[WorkerGroup], facts: Facts) -> Finding:
    """Return why there are fewer workers than wanted."""
    desired = sum(group.desired for group in groups)
    ready = sum(group.ready for group in groups)
    begin = f"Waiting for workers: {ready} of {desired} ready."
    found = most_urgent([*_refusals(parts), *_pods(parts, facts)])
    if found is None:
        found = _not_there(parts, desired, facts)
    if facts.losses and found.weight <= PULLING:
        found = Finding("lost", facts.losses, STARTING)
    return _begin(begin, found)


def _begin(begin: str, found: Finding) -> Finding:
    later = _begin(begin, found.later) if found.later is not None else None
    return replace(found, text=f"{begin} {found.text}".strip(), later=later)


def _refusals(parts: Parts) -> Iterator[Finding]:
    """Yield why Kubernetes does not make pods, once a worker group."""
    refused: dict[str, list[Condition]] = {}
    for deployment in parts.deployments.values():
        labels = deployment.metadata.labels
        condition = refusal_of(deployment)
        if condition is not None and labels.component == "worker":
            refused.setdefault(labels.group, []).append(condition)
    for group, conditions in refused.items():
        yield explain(conditions, f"a worker{_of(group, parts)}")


def _of(group: str, parts: Parts) -> str:
    """Return of which group a worker is, where there are several."""
    if len(parts.groups) < 2 or parts.cluster is None:
        return ""
    return f" of “{group.removeprefix(f'{parts.cluster.metadata.name}-')}”"


def _pods(parts: Parts, facts: Facts) -> Iterator[Finding]:
    """Yield what the pods wait for."""
    count = 0
    for group in parts.groups:
        for pod in worker_pods(parts, group):
            if pod.ready:
                continue
            found = examine(pod, facts.about(pod))
            if found is not None:
                found = replace(found, subject=pod.metadata.uid)
                yield found.about(f"A worker{_of(group, parts)}")
            count += 1
            if count == LOOK:
                return


def _not_there(parts: Parts, desired: int, facts: Facts) -> Finding:
    """Return that there are no pods (yet)."""
    made = sum(
        it.metadata.labels.component == "worker" and it.metadata.deletion_timestamp is None
        for it in parts.deployments.values()
    )
    if not facts.deployments_seen:
        return Finding("workers", "", STARTING)
    if made < desired:
        return missing_workers(made, desired, facts)
    later = Finding(
        "pods",
        "Kubernetes does not make their pods, and does not say why. Ask an administrator.",
        NOWHERE,
    )
    return Finding("pods", "", STARTING, None, POD_PATIENCE, later)


def unlinked_workers(count: int, ready: int, host: str, served: bool) -> Finding:
    """Return that workers run and do not come to their scheduler.

    ``served``: whether there is the Service by which they come.
    """
    known = "none" if count >= ready else str(ready - count)
    run = "1 worker runs" if ready == 1 else f"{ready} workers run"
    begin = f"{run}, but the scheduler knows {known} of them"
    if not served:
        text = (
            f"{begin}: there is no Service {host.partition('.')[0]}, by which they would "
            "reach it. Delete this cluster, and make a new one."
        )
        return Finding("unserved", text, NOWHERE)
    text = (
        f"{begin}: something keeps them from reaching {host}, usually a NetworkPolicy or a "
        "sidecar. The log of a worker tells more."
    )
    return Finding("unlinked", text, NOWHERE)
