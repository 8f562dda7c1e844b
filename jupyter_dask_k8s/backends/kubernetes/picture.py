"""From Kubernetes' objects to the cluster that the wire shows; no I/O.

The phase comes from pods and from the scheduler's health: ``status.phase`` of a DaskCluster
can stay ``Pending`` for ever on a healthy cluster (dask-kubernetes 2026.3).
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from ...models import Adapt, Cluster, Phase, WorkerBounds, WorkerGroup
from .decisions import DecisionLog
from .diagnosis import (
    dask_resources_of,
    describe_pod,
    describe_refusal,
    is_broken,
    threads_of,
)
from .lifetime import draw_lifetime, lifetime_warnings
from .objects import DaskWorkerGroup, Meta, Pod, Worker
from .reach import Health, scheduler_pod, service_host
from .world import Parts

_GPU = re.compile(r".*/(gpu(\..*)?|mig-.*|i915|xe)")
"""Resources that are GPUs: nvidia.com/gpu, amd.com/gpu, nvidia.com/mig-1g.5gb ..."""

DEFAULT_GROUP = "default"


@dataclass(frozen=True)
class Context:
    """What else a picture depends on."""

    namespace: str
    shared_names: frozenset[str] = frozenset()
    """Names of clusters that are shared, whatever their labels say."""
    wishes: Mapping[str, int] = field(default_factory=dict)
    """By key of a worker group: what was asked for and is still under way."""
    decisions: DecisionLog = field(default_factory=DecisionLog)
    """Takes note of what autoscalers decide."""
    ends: datetime.datetime | None = None
    """When a clock of the lifetime runs out."""
    problem: str = ""
    """What the scheduler tells of packages that it installs."""
    failures: Mapping[str, str] = field(default_factory=dict)
    """By key of a worker group: why the last change of it failed."""
    bounds: Callable[[str], WorkerBounds | None] = lambda profile: None
    """What a profile permits."""


def draw_cluster(name: str, parts: Parts, health: Health, context: Context) -> Cluster:
    """Return the picture of a cluster from its parts."""
    namespace = context.namespace
    groups = _draw_groups(name, parts, context.wishes)
    phase, reason = _judge(name, parts, health, groups)
    alive = phase in ("Pending", "Running") and health.route is not None
    meta = _meta(parts)
    host = service_host(name, namespace)
    comm = parts.service.port("tcp-comm", 8786) if parts.service else 8786
    page = parts.service.port("http-dashboard", 8787) if parts.service else 8787
    adapt = _adapt(parts)
    return Cluster(
        name=name,
        namespace=namespace,
        backend="kubernetes",
        owner=meta.annotations.owner or meta.labels.owner,
        shared=name in context.shared_names or meta.labels.shared.lower() == "true",
        phase=phase,
        reason=reason,
        scheduler_address=f"tcp://{host}:{comm}" if alive else None,
        dashboard_path=f"dask-k8s/clusters/{name}/dashboard/status",
        dashboard_link=f"dask-k8s/dashboard/{host}:{page}/status" if alive else None,
        groups=groups,
        adapt=adapt,
        lifetime=draw_lifetime(parts.cluster, context.ends),
        created=meta.creation_timestamp or datetime.datetime.now(datetime.timezone.utc),
        profile=meta.labels.profile,
        bounds=_bounds(meta) or context.bounds(meta.labels.profile),
        decisions=context.decisions.note(name, parts, groups),
        warnings=_warnings(parts, groups, adapt, context),
    )


def _meta(parts: Parts) -> Meta:
    """Return the metadata of the cluster; those of a pod where only pods are left."""
    if parts.cluster is not None:
        return parts.cluster.metadata
    pods = parts.living_pods
    return pods[0].metadata if pods else Meta()


def _adapt(parts: Parts) -> Adapt | None:
    for autoscaler in parts.autoscalers.values():
        if autoscaler.metadata.deletion_timestamp is None:
            spec = autoscaler.spec
            return Adapt(minimum=spec.minimum, maximum=max(1, spec.maximum))
    return None


def _bounds(meta: Meta) -> WorkerBounds | None:
    """Return between which numbers of workers the platform lets a cluster be scaled."""
    low, high = meta.annotations.min_workers, meta.annotations.max_workers
    if not (low.isdecimal() or high.isdecimal()):
        return None
    minimum = int(low) if low.isdecimal() else 0
    return WorkerBounds(minimum=minimum, maximum=int(high) if high.isdecimal() else 10_000)


def _warnings(
    parts: Parts, groups: list[WorkerGroup], adapt: Adapt | None, context: Context
) -> list[str]:
    """Return what a user should know although everything works."""
    warnings = [context.problem] if context.problem else []
    warnings += [context.failures[key] for key in parts.groups if key in context.failures]
    warnings += lifetime_warnings(parts.cluster)
    if adapt is not None and len(groups) > 1:
        warnings.append(
            "The autoscaler changes the default group only, and counts all work for it, "
            "also what only other groups can do."
        )
    return warnings


# --- worker groups -------------------------------------------------------------------


def short_name(group: str, cluster: str) -> str:
    """Return a group's name without the cluster's: ``demo-default`` becomes ``default``."""
    return group.removeprefix(f"{cluster}-")


def worker_pods(parts: Parts, group: str) -> list[Pod]:
    """Return the pods of a group's workers that are not on their way out."""
    return [
        pod
        for pod in parts.living_pods
        if pod.metadata.labels.component == "worker"
        and pod.metadata.labels.group == group
        and pod.metadata.deletion_timestamp is None
    ]


def _draw_groups(name: str, parts: Parts, wishes: Mapping[str, int]) -> list[WorkerGroup]:
    groups = {
        key: group.spec.worker
        for key, group in parts.groups.items()
        if group.metadata.deletion_timestamp is None
    }
    default = f"{name}-{DEFAULT_GROUP}"
    if default not in groups and parts.cluster is not None:
        # The operator has not made it yet.
        groups[default] = parts.cluster.spec.worker
    stopping = parts.cluster is None or parts.cluster.metadata.deletion_timestamp
    return [
        _draw_group(
            key,
            name,
            groups[key],
            0 if stopping else wishes.get(key, groups[key].replicas or 0),
            parts,
        )
        for key in sorted(groups, key=lambda key: (key != default, key))
    ]


def _draw_group(
    key: str, cluster: str, worker: Worker, desired: int, parts: Parts
) -> WorkerGroup:
    container = worker.spec.containers[0] if worker.spec.containers else None
    resources = container.resources if container else None

    def amount(resource: str) -> str:
        return resources.amount(resource) if resources else ""

    limits = (resources.limits if resources else None) or {}
    gpus = sum(
        int(count)
        for key, count in limits.items()
        if _GPU.fullmatch(key) and str(count).isdecimal()
    )
    return WorkerGroup(
        name=short_name(key, cluster),
        desired=desired,
        ready=sum(pod.ready for pod in worker_pods(parts, key)),
        threads=threads_of(container) if container else None,
        memory=amount("memory") or None,
        cpu=amount("cpu") or None,
        gpus=gpus,
        image=container.image if container else None,
        worker_resources=dask_resources_of(container) if container else {},
    )


# --- phase and reason ----------------------------------------------------------------


def _judge(
    name: str, parts: Parts, health: Health, groups: list[WorkerGroup]
) -> tuple[Phase, str]:
    if parts.cluster is None or parts.cluster.metadata.deletion_timestamp is not None:
        left = len(parts.living_pods)
        pods = f" {left} pod{'' if left == 1 else 's'} left." if left else ""
        return "Stopping", f"Shutting down.{pods}"
    if parts.cluster.status.phase == "Error":
        return "Failed", "The operator refuses this cluster: its name is not valid."
    pod = scheduler_pod(parts)
    if pod is None:
        return "Pending", _before_the_pod(name, parts)
    if not pod.ready:
        phase: Phase = "Failed" if is_broken(pod) else "Pending"
        return phase, f"The scheduler {describe_pod(pod)}"
    if health.route is None:
        why = f" {health.problem}" if health.problem else ""
        return "Pending", f"The scheduler runs; waiting for its answer.{why}"
    return _judge_workers(parts, groups)


def _before_the_pod(name: str, parts: Parts) -> str:
    assert parts.cluster is not None
    deployment = parts.deployments.get(f"{name}-scheduler")
    if deployment is not None:
        refusal = describe_refusal(deployment)
        if refusal:
            return f"Kubernetes does not make the scheduler's pod: {refusal}"
        return "Kubernetes is making the scheduler's pod."
    if not parts.cluster.status.phase:
        return "Accepted. Waiting for the Dask operator to act on it."
    return "The operator is making the scheduler."


def _judge_workers(parts: Parts, groups: list[WorkerGroup]) -> tuple[Phase, str]:
    desired = sum(group.desired for group in groups)
    ready = sum(group.ready for group in groups)
    if ready < desired:
        phase: Phase = "Running" if ready else "Pending"
        waiting = f"Waiting for workers: {ready} of {desired} ready."
        return phase, f"{waiting} {_why_no_worker(parts)}".strip()
    if ready > desired:
        return "Running", f"Retiring {ready - desired} of {ready} workers."
    return "Running", ""


def _why_no_worker(parts: Parts) -> str:
    """Return what the unhappiest worker waits for."""
    for deployment in parts.deployments.values():
        refusal = describe_refusal(deployment)
        if refusal and deployment.metadata.labels.component == "worker":
            return f"Kubernetes does not make a worker's pod: {refusal}"
    pods = [
        pod for group in parts.groups for pod in worker_pods(parts, group) if not pod.ready
    ]
    for pod in sorted(pods, key=lambda it: (not is_broken(it), bool(it.spec.node_name))):
        return f"A worker {describe_pod(pod)}"
    return ""


def group_named(parts: Parts, cluster: str, name: str) -> DaskWorkerGroup | None:
    """Return a worker group by its short name."""
    for key, group in parts.groups.items():
        if short_name(key, cluster) == name:
            return group
    return None
