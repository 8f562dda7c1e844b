"""Whether the Dask operator is alive."""

from __future__ import annotations

import datetime
from typing import Any

from ....errors import BackendUnavailable, ClusterError
from ...examination import Examination, Finding, failed, ok, skipped
from ..world import Parts
from .patient import Patient

PATIENCE = 30.0
"""Seconds after which an operator that lives has made something of a new cluster."""

CHART = "dask-kubernetes-operator"
"""What the Helm chart calls it, as the label ``app.kubernetes.io/name``."""

FIND = f"kubectl get deployments --all-namespaces | grep --ignore-case {CHART}"


def examinations(patient: Patient) -> list[Examination]:
    """Return those of this topic."""

    async def operator() -> Finding:
        return await _operator(patient)

    return [Examination("operator", "Dask operator", operator)]


async def _operator(patient: Patient) -> Finding:
    """Judge by what it did; its Deployment tells more where we may see that."""
    idle = _unhandled(patient)
    deployment = await _deployment(patient)
    if deployment is not None:
        place = deployment["metadata"]
        where = f"{place['namespace']}/{place['name']}"
        if not _ready(deployment):
            return failed(
                f"The operator does not run: its Deployment {where} has no pod that is "
                "ready.",
                _restart(deployment),
                "command",
            )
        if not idle:
            return ok(f"The operator runs: its Deployment {where} is available.")
    if idle:
        return failed(
            f"The operator does not answer: it has made nothing of “{idle[0]}” for more "
            f"than {PATIENCE:g} s.",
            _restart(deployment) if deployment else FIND,
            "command",
        )
    last = _last_action(patient)
    if last is not None:
        name, moment = last
        return ok(f"The operator last worked {_ago(moment)}, on “{name}”.")
    return skipped(
        "Whether the operator runs cannot be seen from here: there is no cluster, and "
        "Deployments of other namespaces are hidden from us. Make a cluster to find out."
    )


def _ready(deployment: Any) -> int:
    return (deployment.get("status") or {}).get("availableReplicas") or 0


def _restart(deployment: Any) -> str:
    """Return what brings it back: a pod where there is none wanted, else what is wrong."""
    name, space = deployment["metadata"]["name"], deployment["metadata"]["namespace"]
    target = f"--namespace {space} deployment/{name}"
    if not (deployment.get("spec") or {}).get("replicas", 1):
        return f"kubectl scale {target} --replicas=1"
    return (
        f"kubectl rollout restart {target}\n"
        f"kubectl logs --namespace {space} deployment/{name} --tail=100"
    )


async def _deployment(patient: Patient) -> Any | None:
    """Return the operator's Deployment; ``None`` where we do not find one."""
    path = "/apis/apps/v1/deployments"
    try:
        chosen = await patient.get(path, labelSelector=f"app.kubernetes.io/name={CHART}")
        found = chosen["items"]
        if not found:
            everything = await patient.get(path, limit="500")
            found = [it for it in everything["items"] if _is_operator(it)]
    except (ClusterError, KeyError) as error:
        if isinstance(error, BackendUnavailable):
            raise
        return None
    # Of several (one for each namespace, or a former one) the best.
    return max(found, key=_ready, default=None)


def _is_operator(deployment: Any) -> bool:
    """Whether it is one that was installed by hand: by its name, or by what it runs."""
    containers = deployment["spec"]["template"]["spec"]["containers"]
    words = [deployment["metadata"]["name"]]
    for container in containers:
        words += [*(container.get("command") or []), *(container.get("args") or [])]
    return any(CHART in word or "dask_kubernetes.operator" in word for word in words)


def _clusters(patient: Patient) -> list[tuple[str, datetime.datetime, Parts]]:
    found = []
    for parts in patient.world.everything():
        cluster = parts.cluster
        if cluster is not None and cluster.metadata.creation_timestamp is not None:
            found.append(
                (cluster.metadata.name, cluster.metadata.creation_timestamp, parts)
            )
    return found


def _unhandled(patient: Patient) -> list[str]:
    """Return clusters of which nobody took note, though there was time."""
    now = datetime.datetime.now(datetime.timezone.utc)
    return [
        name
        for name, made, parts in _clusters(patient)
        if not parts.deployments
        and not parts.pods
        and not (parts.cluster and parts.cluster.status.phase)
        and (now - made).total_seconds() > PATIENCE
    ]


def _last_action(patient: Patient) -> tuple[str, datetime.datetime] | None:
    """Return on which cluster the operator worked last, and when."""
    found = [
        (made.metadata.creation_timestamp, name)
        for name, _, parts in _clusters(patient)
        for made in parts.deployments.values()
        if made.metadata.creation_timestamp is not None
    ]
    if not found:
        return None
    moment, name = max(found)
    return name, moment


def _ago(moment: datetime.datetime) -> str:
    seconds = (datetime.datetime.now(datetime.timezone.utc) - moment).total_seconds()
    for unit, size in (("day", 86400), ("hour", 3600), ("minute", 60)):
        if seconds >= size:
            count = int(seconds // size)
            return f"{count} {unit}{'' if count == 1 else 's'} ago"
    return "a moment ago"
