"""ResourceQuotas: what they leave, and what does not fit; arithmetic without I/O.

A quota that cannot be understood is passed over: then Kubernetes decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from ...errors import InvalidField
from ...models import Room
from ...quantities import parse_quantity
from .demand import Demand
from .objects import ResourceQuota
from .show import bare, name_of, number, resource_of, show, unit_of

_ALIASES = {"cpu": "requests.cpu", "memory": "requests.memory"}

_PODS = ("pods", "count/pods", "count/deployments.apps", "count/replicasets.apps")
"""What counts pods: each is made by a Deployment of its own."""

_PLAIN_SCOPES = ("NotBestEffort", "NotTerminating")
"""Scopes that all our pods have: they ask for resources, and have no deadline."""


@dataclass(frozen=True)
class Entry:
    """One thing that a quota counts."""

    quota: str
    key: str
    hard: Decimal
    used: Decimal
    written: str = ""
    """The key as the quota has it: ``cpu`` for ``requests.cpu``."""
    leaving: Decimal = Decimal(0)
    """How much of ``used`` is about to be free."""

    @property
    def kept(self) -> Decimal:
        """What is used and will be."""
        return max(Decimal(0), self.used - self.leaving)

    @property
    def left(self) -> Decimal:
        """What is left; never less than nothing."""
        return max(Decimal(0), self.hard - self.kept)

    @property
    def resource(self) -> str:
        """``cpu``, ``memory``, ``nvidia.com/gpu``, ``pods`` ..."""
        return resource_of(self.key)


def entries_of(quotas: Iterable[ResourceQuota]) -> list[Entry]:
    """Return all that the quotas count which concern our pods."""
    found: list[Entry] = []
    for quota in quotas:
        if not _plain(quota):
            continue
        for key, hard in quota.status.hard.items():
            try:
                amounts = (
                    parse_quantity(hard),
                    parse_quantity(quota.status.used.get(key, 0)),
                )
            except ValueError:
                continue
            found.append(Entry(quota.metadata.name, _ALIASES.get(key, key), *amounts, key))
    return sorted(found, key=_rank)


def after(entries: Iterable[Entry], leaving: Mapping[str, Decimal]) -> list[Entry]:
    """Return what quotas will count when so much of each has become free."""
    return [replace(it, leaving=leaving.get(it.key, Decimal(0))) for it in entries]


def _plain(quota: ResourceQuota) -> bool:
    """Whether a quota counts all our pods; of which priority they are we do not know."""
    scopes = list(quota.spec.scopes)
    if quota.spec.scope_selector is not None:
        for it in quota.spec.scope_selector.match_expressions:
            if it.operator != "Exists":
                return False
            scopes.append(it.scope_name)
    return all(scope in _PLAIN_SCOPES for scope in scopes)


def _rank(entry: Entry) -> tuple[int, str]:
    order = ("cpu", "memory", "nvidia.com/gpu")
    resource = entry.resource
    if resource in order:
        return order.index(resource), entry.key
    return (3 if "/" in resource and not resource.startswith("count/") else 4), entry.key


# --- what does not fit ---------------------------------------------------------------


def check_quota(
    demands: Sequence[Demand], entries: Sequence[Entry], field: str = "workers"
) -> None:
    """Refuse what no quota has room for; raises `InvalidField` with the arithmetic."""
    for entry in entries:
        parts = [(it, it.cost.get(entry.key, Decimal(0)) * it.count) for it in demands]
        wanted = [(demand, total) for demand, total in parts if total > 0]
        total = sum((it for _, it in wanted), Decimal(0))
        if total > entry.left:
            raise InvalidField(
                field,
                _sentence(wanted, entry) + _advice(demands, entries),
                quota=entry.quota,
                resource=entry.resource,
                wanted=float(total),
                left=float(entry.left),
            )


def _sentence(wanted: Sequence[tuple[Demand, Decimal]], entry: Entry) -> str:
    """Return “4 workers with 2 CPU each want 8 CPU, the scheduler 1 more; ...”."""
    resource = entry.resource
    words: list[str] = []
    for demand, total in wanted:
        name = name_of(demand)
        if words:
            words.append(f"{name} {bare(resource, total)} more")
            continue
        verb = "wants" if demand.count == 1 else "want"
        each = demand.cost[entry.key]
        size = ""
        if demand.count > 1 and not _is_count(resource):
            size = f" with {show(resource, each)}{_reserved(demand, entry)} each"
        words.append(f"{name}{size} {verb} {show(resource, total)}")
    first = words[0][0].upper() + words[0][1:]
    left = f"{bare(resource, entry.left)} of {bare(resource, entry.hard)}"
    soon = ", once what shuts down has gone" if entry.leaving else ""
    what = ", ".join([first, *words[1:]])
    return f"{what}; the quota “{entry.quota}” has {left} left{soon}."


def _is_count(resource: str) -> bool:
    return resource in ("pods", "services") or resource.startswith("count/")


def _reserved(demand: Demand, entry: Entry) -> str:
    """Say so where it is less than a pod may use."""
    cost = demand.cost
    most = cost.get(entry.key.replace("requests.", "limits."), cost[entry.key])
    return " reserved" if most > cost[entry.key] else ""


def _advice(demands: Sequence[Demand], entries: Sequence[Entry]) -> str:
    """Return how many workers there would be room for."""
    workers = [it for it in demands if it.who == "worker" and it.count > 0]
    if len(workers) != 1:
        return ""
    others = [it for it in demands if it is not workers[0]]
    fits = room_for(workers[0], others, entries)
    if fits is None or fits < 1:
        return ""
    more = " more" if workers[0].more else ""
    return f" There is room for {fits}{more}."


def room_for(
    demand: Demand, others: Sequence[Demand], entries: Sequence[Entry]
) -> int | None:
    """Return how many of such pods fit beside others; ``None``: no quota counts them."""
    found: int | None = None
    cost = demand.cost
    for entry in entries:
        each = cost.get(entry.key, Decimal(0))
        if each <= 0:
            continue
        rest = sum(
            (it.cost.get(entry.key, Decimal(0)) * it.count for it in others), Decimal(0)
        )
        fits = max(0, int((entry.left - rest) // each))
        found = fits if found is None else min(found, fits)
    return found


# --- what is left --------------------------------------------------------------------


def room_of(entries: Sequence[Entry], gpu_resource: str) -> Room | None:
    """Return what is left for new pods; ``None`` where no quota counts what they need."""
    tightest = {
        name: _tightest(entries, resources)
        for name, resources in (
            ("cpu", ("cpu",)),
            ("memory", ("memory",)),
            ("gpus", (gpu_resource,)),
            ("pods", _PODS),
        )
    }
    found = {name: it for name, it in tightest.items() if it is not None}
    if not found:
        return None
    cpu = found.get("cpu")
    return Room(
        cpu=float(cpu.left) if cpu else None,
        memory=_whole(found.get("memory")),
        gpus=_whole(found.get("gpus")),
        pods=_whole(found.get("pods")),
        sentence=_left(list(found.values())),
    )


def _tightest(entries: Sequence[Entry], resources: Sequence[str]) -> Entry | None:
    found = [it for it in entries if it.resource in resources]
    return min(found, key=lambda it: it.left, default=None)


def _whole(entry: Entry | None) -> int | None:
    return None if entry is None else int(entry.left)


def _left(entries: Sequence[Entry]) -> str:
    """Return “Left of the quota “team”: 3 of 10 CPU, 4 GiB of 16 GiB.”."""
    names = {it.quota for it in entries}
    parts = [_part(it) + (f" (“{it.quota}”)" if len(names) > 1 else "") for it in entries]
    if len(names) == 1:
        return f"Left of the quota “{names.pop()}”: {', '.join(parts)}."
    return f"Left of the quotas: {', '.join(parts)}."


def _part(entry: Entry) -> str:
    resource, left = entry.resource, bare(entry.resource, entry.left)
    if not unit_of(resource):
        return f"{left} of {bare(resource, entry.hard)}"
    return f"{number(entry.left)} of {show(resource, entry.hard)}"
