"""From Kubernetes' objects to the cluster that the wire shows; no I/O.

The phase comes from pods and from the scheduler's health: ``status.phase`` of a DaskCluster
can stay ``Pending`` for ever on a healthy cluster (dask-kubernetes 2026.3).
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from ...models import Adapt, Cluster, WorkerBounds, WorkerGroup
from .decisions import DecisionLog
from .diagnosis import Facts, Memory, Verdict, dask_resources_of, judge, threads_of
from .diagnosis.notices import Notices
from .diagnosis.workers import worker_pods
from .lifetime import draw_lifetime, lifetime_warnings
from .objects import DaskWorkerGroup, Meta, Worker
from .reach import Health, service_host
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
    facts: Facts = field(default_factory=Facts)
    """What the diagnosis looks at beside the parts."""
    memory: Memory = field(default_factory=Memory)
    """Knows since when causes are there."""
    notices: Notices = field(default_factory=Notices)
    """Takes note of what was lost and what was restarted."""


@dataclass(frozen=True)
class Picture:
    """A cluster as it is now."""

    cluster: Cluster
    again: float | None = None
    """Seconds after which it may look different although nothing changes."""


def draw_cluster(name: str, parts: Parts, health: Health, context: Context) -> Picture:
    """Return the picture of a cluster from its parts."""
    groups = _draw_groups(name, parts, context.wishes)
    notes = context.notices.note(name, parts, health, context.facts.troubles)
    facts = replace(context.facts, namespace=context.namespace, losses=notes.losses)
    meta = _meta(parts)
    verdict = context.memory.settle(
        name,
        judge(name, parts, health, groups, facts),
        meta.creation_timestamp,
        facts,
    )
    warnings = [it for it in notes.warnings if it not in verdict.reason]
    cluster = _draw(name, parts, health, context, groups, verdict, warnings)
    moments = [it for it in (verdict.again, notes.again) if it is not None]
    return Picture(cluster, min(moments, default=None))


def _draw(
    name: str,
    parts: Parts,
    health: Health,
    context: Context,
    groups: list[WorkerGroup],
    verdict: Verdict,
    notices: list[str],
) -> Cluster:
    namespace = context.namespace
    alive = verdict.phase != "Stopping" and health.route is not None
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
        phase=verdict.phase,
        reason=verdict.reason,
        since=verdict.since,
        scheduler_address=f"tcp://{host}:{comm}" if alive else None,
        dashboard_path=f"dask-k8s/clusters/{name}/dashboard/status",
        dashboard_link=f"dask-k8s/dashboard/{host}:{page}/status" if alive else None,
        groups=groups,
        adapt=adapt,
        lifetime=draw_lifetime(parts.cluster, context.ends),
        created=meta.creation_timestamp or datetime.datetime.now(datetime.timezone.utc),
        profile=meta.labels.profile,
        bounds=_bounds(meta) or context.bounds(meta.labels.profile),
        # That a cluster which ends has no workers any more is no decision.
        decisions=context.decisions.note(
            name,
            replace(parts, cluster=None) if verdict.phase == "Stopping" else parts,
            groups,
        ),
        warnings=[*_warnings(parts, groups, adapt, context), *notices],
        uid=parts.cluster.metadata.uid if parts.cluster is not None else "",
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


def group_named(parts: Parts, cluster: str, name: str) -> DaskWorkerGroup | None:
    """Return a worker group by its short name."""
    for key, group in parts.groups.items():
        if short_name(key, cluster) == name:
            return group
    return None
