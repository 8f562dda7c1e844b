"""What is about to go: quotas count it, and it has its names until then; no I/O."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from .demand import Demand, sizes_of
from .objects import DaskAutoscaler, DaskWorkerGroup, Pod
from .world import Parts


def leaving_pods(parts: Parts) -> list[Pod]:
    """Return the pods of a cluster that will not be there much longer."""
    pods = parts.living_pods
    if parts.cluster is None:
        # What nobody made (the former KubeCluster made bare pods) nobody takes away.
        return [pod for pod in pods if pod.metadata.owner_references]
    if parts.cluster.metadata.deletion_timestamp is not None:
        return pods
    found: list[Pod] = []
    staying: dict[str, list[Pod]] = {}
    for pod in pods:
        if pod.metadata.deletion_timestamp is not None:
            found.append(pod)
        else:
            staying.setdefault(pod.metadata.labels.group, []).append(pod)
    for key, group in parts.groups.items():
        wanted = group.spec.worker.replicas
        # The operator makes one worker where nobody says how many.
        found += staying.get(key, [])[1 if wanted is None else wanted :]
    return found


def cost_of(pods: Iterable[Pod]) -> dict[str, Decimal]:
    """Return what pods and what made them add to quotas, by the quotas' names for it."""
    total: dict[str, Decimal] = {}
    for pod in pods:
        who = "scheduler" if pod.metadata.labels.component == "scheduler" else "worker"
        for key, amount in Demand(who, 1, sizes_of(pod.spec.containers)).cost.items():
            total[key] = total.get(key, Decimal(0)) + amount
    return total


def remains(name: str, parts: Parts, namespace: str) -> str:
    """Return why a name cannot be had although no cluster has it."""
    there: list[DaskWorkerGroup | DaskAutoscaler] = [
        *parts.groups.values(),
        *parts.autoscalers.values(),
    ]
    staying = " ".join(
        f"{type(it).__name__.lower()}/{it.metadata.name}"
        for it in there
        if it.metadata.deletion_timestamp is None
    )
    told = (
        f"What is left of a former “{name}” is not gone yet. Choose another name, or try "
        "again in a minute."
    )
    # Made by hand, or by the operator after its cluster had gone: such a one has no owner,
    # and nothing takes it away.
    helps = f" If it stays, this helps: kubectl -n {namespace} delete {staying}"
    return told + helps if staying else told
