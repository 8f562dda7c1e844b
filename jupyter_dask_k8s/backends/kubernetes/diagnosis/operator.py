"""What the Dask operator has not done (yet), and which clusters it cannot make."""

from __future__ import annotations

import re

from ..objects import DaskCluster
from ..world import Parts
from .finding import BROKEN, NOWHERE, STARTING, Facts, Finding
from .refused import explain, refusal_of
from .words import plural

LONGEST_NAME = 53
"""A Service of this name and ``-scheduler`` is made (dask-kubernetes 2024.3 to 2026.3)."""

_LABEL = re.compile(r"[a-z]([-a-z0-9]*[a-z0-9])?")

POD_PATIENCE = 20.0
"""Seconds that Kubernetes may take to make a pod, or to tell why it does not."""

OPERATOR_FINALIZER = "kopf.zalando.org/"
"""How the operator's mark on what it wants to end itself begins (as of kopf 1.45)."""

ABSENT = (
    "Perhaps it is not running, or does not watch this namespace: ask an administrator, or "
    "see what the doctor says."
)


def name_trouble(cluster: DaskCluster, parts: Parts) -> Finding | None:
    """Return that the operator cannot make a cluster of this name.

    It checks the length and the letters (since 2024.3) and sets the phase ``Error``. Older
    ones try for ever, as all do where a name begins with a digit: a Service may not.
    """
    name = cluster.metadata.name
    refused = cluster.status.phase == "Error"
    if len(name) > LONGEST_NAME:
        why = f"it has {len(name)} characters, and {LONGEST_NAME} are the most"
    elif not _LABEL.fullmatch(name) and (refused or parts.service is None):
        why = "only a-z, 0-9 and - may be in it, and it must begin with a letter"
    elif refused:
        why = "the operator refuses it"
    else:
        return None
    text = (
        f"The Dask operator cannot make a cluster of this name: {why}. Delete it, and make "
        "one with another name."
    )
    return Finding("name", text, BROKEN, cluster.metadata.creation_timestamp)


def before_the_pod(cluster: DaskCluster, parts: Parts, facts: Facts) -> Finding:
    """Return what keeps the scheduler's pod from being there."""
    name = cluster.metadata.name
    deployment = parts.deployments.get(f"{name}-scheduler")
    if deployment is not None:
        condition = refusal_of(deployment)
        if condition is not None:
            return explain([condition], "the scheduler")
        later = Finding(
            "pod",
            "Kubernetes does not make the scheduler's pod, and does not say why. Ask an "
            "administrator.",
            NOWHERE,
        )
        text = "Kubernetes is making the scheduler's pod."
        return Finding("pod", text, STARTING, None, POD_PATIENCE, later)
    if not cluster.status.phase:
        return _silent(cluster, facts)
    if not facts.deployments_seen:
        return Finding("operator", "The operator is making the scheduler.", STARTING)
    return _stuck(cluster, facts)


def _silent(cluster: DaskCluster, facts: Facts) -> Finding:
    """Return that the operator has not taken note of a cluster."""
    created = cluster.metadata.creation_timestamp
    text = f"The Dask operator does not act on this cluster. {ABSENT}"
    return Finding(
        "operator",
        "Accepted. Waiting for the Dask operator to act on it.",
        STARTING,
        created,
        facts.patience,
        Finding("operator", text, NOWHERE, created),
        cluster.metadata.uid,
    )


def _stuck(cluster: DaskCluster, facts: Facts) -> Finding:
    """Return that the operator knows a cluster and has not made its scheduler."""
    if cluster.status.phase == "Created":
        why = (
            "The Dask operator has not made the scheduler: it has stopped, or Kubernetes "
            "refuses what it makes. The operator's log tells that: ask an administrator."
        )
    else:
        why = (
            "The scheduler's Deployment is gone: somebody deleted it, and nobody makes it "
            "again. Delete this cluster, and make a new one."
        )
    weight = NOWHERE if cluster.status.phase == "Created" else BROKEN
    return Finding(
        "operator-scheduler",
        "The operator is making the scheduler.",
        STARTING,
        None,
        facts.patience,
        Finding("operator-scheduler", why, weight),
        cluster.metadata.uid,
    )


def missing_workers(made: int, wanted: int, facts: Facts) -> Finding:
    """Return that the operator has not made all workers that a cluster wants."""
    which = "the other " if made else ""
    text = (
        f"The Dask operator does not make {which}{plural(wanted - made, 'worker')}: it has "
        "stopped, or Kubernetes refuses what it makes. The operator's log tells that: ask "
        "an administrator."
    )
    return Finding(
        "operator-workers",
        "",
        STARTING,
        None,
        facts.patience,
        Finding("operator-workers", text, NOWHERE),
        f"{made}/{wanted}",
    )


def stopping(name: str, parts: Parts, facts: Facts) -> Finding:
    """Return what keeps a cluster from being gone."""
    left = len(parts.living_pods)
    pods = f" {plural(left, 'pod')} left." if left else ""
    text = f"Shutting down.{pods}"
    cluster = parts.cluster
    if cluster is None or not cluster.metadata.finalizers:
        return Finding("stopping", text)
    why = _who_holds(cluster.metadata.finalizers)
    command = (
        f"kubectl -n {facts.namespace} patch daskcluster {name} --type=merge "
        '-p \'{"metadata":{"finalizers":null}}\''
    )
    later = Finding(
        "stopping",
        f"{why} If it never does, this helps: {command}",
        NOWHERE,
        cluster.metadata.deletion_timestamp,
    )
    since = cluster.metadata.deletion_timestamp
    return Finding("stopping", text, STARTING, since, facts.patience, later, name)


def _who_holds(finalizers: tuple[str, ...]) -> str:
    """Return who keeps a cluster that is deleted: each finalizer is somebody's."""
    if any(it.startswith(OPERATOR_FINALIZER) for it in finalizers):
        who = "the Dask operator, which does not let it go"
        return f"Shutting down waits for {who}. {ABSENT}"
    return (
        f"Shutting down waits for the program that set the finalizer “{finalizers[0]}” and "
        "does not let it go: ask an administrator."
    )
