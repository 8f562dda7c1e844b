"""What pods want of a namespace: how many, and what each asks for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ...quantities import parse_quantity
from .objects import Container, PodContainer

Amounts = Mapping[str, Decimal]


@dataclass(frozen=True)
class Size:
    """``resources`` of one container, in cores and bytes."""

    requests: Amounts
    limits: Amounts


@dataclass(frozen=True)
class Demand:
    """So many like pods."""

    who: str
    """``worker``, ``scheduler`` or ``runner``."""
    count: int
    containers: Sequence[Size]
    group: str = ""
    """The worker group; empty for the first one and for others than workers."""
    more: bool = False
    """Whether there are such pods already."""
    place: str = ""
    """Where the request has it, if not at its top: ``groups[0].``"""

    @property
    def cost(self) -> dict[str, Decimal]:
        """What each of the pods adds to a quota, by the quota's names for it.

        The operator makes a Deployment for each worker (dask-kubernetes 2024.1 to 2026.3).
        """
        one = Decimal(1)
        found = {"pods": one, "count/pods": one}
        if self.who != "runner":
            found["count/deployments.apps"] = found["count/replicasets.apps"] = one
        if self.who == "scheduler":
            found["services"] = found["count/services"] = one
        for container in self.containers:
            for part, amounts in (
                ("requests", container.requests),
                ("limits", container.limits),
            ):
                for resource, amount in amounts.items():
                    key = f"{part}.{resource}"
                    found[key] = found.get(key, Decimal(0)) + amount
        return found


def demands_of(documents: Iterable[Mapping[str, Any]]) -> list[Demand]:
    """Return what manifests want, the workers of the first group first.

    An autoscaler wants its minimum only: the manifest says that for its cluster.
    """
    found: list[Demand] = []
    count = 0
    for document in documents:
        kind, spec = document["kind"], document["spec"]
        if kind == "DaskJob":
            found += _of_cluster(spec["cluster"]["spec"])
            found.append(Demand("runner", 1, sizes_in(spec["job"]["spec"])))
        elif kind == "DaskCluster":
            found += _of_cluster(spec)
        elif kind == "DaskWorkerGroup":
            name = document["metadata"]["name"].removeprefix(f"{spec['cluster']}-")
            found.append(_of_workers(spec["worker"], name, f"groups[{count}]."))
            count += 1
    return found


def _of_cluster(spec: Mapping[str, Any]) -> list[Demand]:
    scheduler = Demand("scheduler", 1, sizes_in(spec["scheduler"]["spec"]))
    return [_of_workers(spec["worker"], ""), scheduler]


def _of_workers(worker: Mapping[str, Any], group: str, place: str = "") -> Demand:
    # The operator makes one worker where nobody says how many.
    count = worker.get("replicas")
    sizes = sizes_in(worker["spec"])
    return Demand("worker", 1 if count is None else count, sizes, group, place=place)


def sizes_in(pod: Mapping[str, Any]) -> list[Size]:
    """Return the sizes of the containers of a pod template."""
    return [_size(it.get("resources") or {}) for it in pod.get("containers") or []]


def sizes_of(containers: Iterable[Container | PodContainer]) -> list[Size]:
    """Return the sizes of containers as we watch them."""
    found = []
    for container in containers:
        own = container.resources
        both = {"requests": own.requests, "limits": own.limits} if own else {}
        found.append(_size(both))
    return found


def _size(resources: Mapping[str, Any]) -> Size:
    limits = _amounts(resources.get("limits"))
    # Kubernetes asks for the limit where nothing is asked for.
    return Size({**limits, **_amounts(resources.get("requests"))}, limits)


def _amounts(written: Mapping[str, Any] | None) -> dict[str, Decimal]:
    """Return amounts by resource; what is no quantity Kubernetes will refuse itself."""
    found: dict[str, Decimal] = {}
    for resource, text in (written or {}).items():
        try:
            found[resource] = parse_quantity(text)
        except ValueError:
            continue
    return found
