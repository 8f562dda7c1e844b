"""Amounts of resources and pods, as sentences about limits name them."""

from __future__ import annotations

from decimal import Decimal

from ...quantities import format_memory
from .demand import Demand

_COUNTED = {
    "pods": "pods",
    "count/pods": "pods",
    "services": "Services",
    "count/services": "Services",
    "count/deployments.apps": "Deployments",
    "count/replicasets.apps": "ReplicaSets",
}


def number(amount: Decimal) -> str:
    """Return a number without needless digits: ``2``, ``0.5``."""
    return f"{round(amount, 3).normalize():f}"


def resource_of(key: str) -> str:
    """Return the resource of a quota's key: ``requests.cpu`` and ``cpu`` are ``cpu``."""
    return key.removeprefix("requests.").removeprefix("limits.")


def unit_of(resource: str) -> str:
    """Return what is counted; empty for memory, whose amounts have units of their own."""
    if resource in ("memory", "ephemeral-storage"):
        return ""
    if resource == "cpu":
        return "CPU"
    if resource == "nvidia.com/gpu":
        return "GPUs"
    return _COUNTED.get(resource, resource)


def bare(resource: str, amount: Decimal) -> str:
    """Return an amount where its unit is known: ``8``, ``4 GiB``."""
    return number(amount) if unit_of(resource) else format_memory(int(amount))


def show(resource: str, amount: Decimal) -> str:
    """Return an amount: ``8 CPU``, ``4 GiB``, ``1 GPU``, ``4 pods``."""
    unit = unit_of(resource)
    if amount == 1 and unit.endswith("s"):
        unit = unit[:-1]
    return f"{bare(resource, amount)} {unit}".rstrip()


def name_of(demand: Demand, count: int | None = None) -> str:
    """Return ``4 workers``, ``2 more workers of “gpu”``, ``the scheduler``."""
    if demand.who != "worker":
        return f"the {demand.who}"
    count = demand.count if count is None else count
    more = " more" if demand.more else ""
    of = f" of “{demand.group}”" if demand.group else ""
    return f"{count}{more} worker{'' if count == 1 else 's'}{of}"


def title_of(demand: Demand) -> str:
    """Return how a sentence about one of the pods begins: ``Each worker``."""
    if demand.who != "worker":
        return f"The {demand.who}"
    return f"Each worker of “{demand.group}”" if demand.group else "Each worker"
