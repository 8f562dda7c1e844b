"""The pods of a cluster as the wire shows them, from what is known; no I/O."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping

from ...models import Pod as PodPicture
from ...quantities import parse_quantity
from ...readings import WorkerMetrics
from ...workers import Use
from .diagnosis import describe_pod
from .objects import Occurred, Pod, PodContainer
from .picture import DEFAULT_GROUP, short_name
from .podphase import pod_phase, statuses
from .world import Parts

SLICE = 100
"""Pods that are drawn before the event loop gets its turn."""

Troubles = Mapping[str, Occurred]
"""Warnings about a pod, by their reason."""


def _none(pod: str) -> Troubles:
    return {}


async def draw_pods(
    cluster: str, parts: Parts, use: Use, troubles: Callable[[str], Troubles] = _none
) -> list[PodPicture]:
    """Return all pods that Kubernetes still has, also those that have ended.

    The scheduler's come first, then the default group's; of the like the oldest.
    ``troubles`` are the warnings about a pod, by its name.
    """
    pods = []
    for count, pod in enumerate(list(parts.pods.values())):
        pods.append(draw_pod(cluster, pod, use, troubles(pod.metadata.name)))
        if count % SLICE == SLICE - 1:
            await asyncio.sleep(0)
    return sorted(
        pods,
        key=lambda it: (
            it.component != "scheduler",
            it.group != DEFAULT_GROUP,
            it.group,
            str(it.created),
            it.name,
        ),
    )


def containers_of(pod: Pod) -> list[PodContainer]:
    """Return the containers, the one of Dask first, those that prepare others last."""
    known = list(pod.spec.containers)
    names = [it.name for it in known]
    # A sidecar may be put in front of it (istio-proxy, where it has to be ready first).
    for name in (pod.metadata.labels.component, pod.metadata.annotations.container):
        if name in names:
            known.insert(0, known.pop(names.index(name)))
            break
    return [*known, *pod.spec.init_containers]


def has_previous(pod: Pod, container: str = "") -> bool:
    """Tell whether a container (any, if none is named) was started more than once."""
    return any(
        it.restart_count > 0 or it.last_state.terminated is not None
        for it in statuses(pod)
        if container in ("", it.name)
    )


def why_not_well(pod: Pod, troubles: Troubles | None = None) -> str:
    """Return what a pod waits for or suffers from, as a sentence; empty if all is well."""
    if pod.over:
        return _why_over(pod)
    if pod.metadata.deletion_timestamp is not None:
        return "The pod is shutting down."
    told = describe_pod(pod, troubles)
    return f"The pod {told}" if told else ""


def _why_over(pod: Pod) -> str:
    status = pod.status
    if status.phase == "Succeeded":
        return "The pod has ended."
    words = ": ".join(" ".join(it.split()) for it in (status.reason, status.message) if it)
    for state in (it.state.terminated for it in status.container_statuses):
        if not words and state is not None and state.exit_code:
            words = f"{state.reason or 'Error'}, exit code {state.exit_code}"
    return f"The pod has failed. {words}".strip().rstrip(".") + "."


def draw_pod(
    cluster: str, pod: Pod, use: Use, troubles: Troubles | None = None
) -> PodPicture:
    """Return one pod."""
    labels = pod.metadata.labels
    containers = containers_of(pod)
    dask = containers[0] if pod.spec.containers else PodContainer()
    metrics = None if pod.over else _metrics(pod, use)
    return PodPicture(
        name=pod.metadata.name,
        component="scheduler" if labels.component == "scheduler" else "worker",
        group=short_name(labels.group, cluster) if labels.component == "worker" else "",
        phase=pod_phase(pod),
        reason=why_not_well(pod, troubles),
        ready=pod.ready,
        node=pod.spec.node_name or None,
        restarts=sum(it.restart_count for it in pod.status.container_statuses),
        created=pod.metadata.creation_timestamp,
        image=dask.image or None,
        containers=[it.name for it in containers],
        previous=has_previous(pod),
        cpu=round(metrics.cpu / 100, 3) if metrics and not metrics.guessed else None,
        cpu_limit=_limit(dask, "cpu"),
        memory=metrics.memory if metrics else None,
        memory_limit=_whole(_limit(dask, "memory")),
    )


def _metrics(pod: Pod, use: Use) -> WorkerMetrics | None:
    """Return what the process in a pod told last.

    The operator calls a worker like its Deployment; workers with other names are known by
    the pod's address.
    """
    if pod.metadata.labels.component == "scheduler":
        return use.scheduler if pod.ready else None
    makers = [it.name for it in pod.metadata.owner_references if it.kind == "ReplicaSet"]
    for name in (*(it.rpartition("-")[0] for it in makers), pod.metadata.name):
        if name in use.by_name:
            return use.by_name[name].metrics
    worker = use.by_host.get(pod.status.pod_ip) if pod.status.pod_ip else None
    return worker.metrics if worker else None


def _limit(container: PodContainer, resource: str) -> float | None:
    limits = (container.resources.limits if container.resources else None) or {}
    try:
        return float(parse_quantity(limits[resource]))
    except (KeyError, ValueError):
        return None


def _whole(amount: float | None) -> int | None:
    return None if amount is None else int(amount)
