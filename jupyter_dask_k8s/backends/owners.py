"""What one owner may have over all clusters, and the sum when that is too much."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ..errors import OwnerLimit
from ..models import Adapt, BackendName, Cluster, WorkerGroup
from ..store import Store


@dataclass(frozen=True)
class Use:
    """What a cluster, or an owner, has or may come to."""

    clusters: int = 0
    workers: int = 0
    gpus: int = 0
    adaptive: bool = False
    """Whether an autoscaler's maximum is among the numbers."""

    def __add__(self, other: Use) -> Use:
        return Use(
            self.clusters + other.clusters,
            self.workers + other.workers,
            self.gpus + other.gpus,
            self.adaptive or other.adaptive,
        )


@dataclass(frozen=True)
class Allowance:
    """What one owner may have at most; 0 is no limit."""

    clusters: int = 0
    workers: int = 0
    gpus: int = 0


def use_of(groups: Iterable[WorkerGroup], adapt: Adapt | None) -> Use:
    """Return what one cluster may come to: an autoscaler counts with its maximum."""
    use = Use(clusters=1, adaptive=adapt is not None)
    for group in groups:
        adaptive = adapt is not None and group.name == "default"
        workers = adapt.maximum if adapt is not None and adaptive else group.desired
        use += Use(workers=workers, gpus=workers * group.gpus)
    return use


class Owners:
    """Counts the clusters of each owner in the store, and those about to be there.

    Shared clusters belong to the platform and do not count, nor do those that are stopping.
    """

    def __init__(self, store: Store, backend: BackendName) -> None:
        self._store = store
        self._backend = backend
        self._reserved: list[tuple[str, str, Use]] = []

    @contextlib.contextmanager
    def reserve(
        self, owner: str, name: str, use: Use, allowance: Allowance
    ) -> Iterator[None]:
        """Hold what a cluster shall come to until the store shows it.

        Raises `OwnerLimit` where that is more than the owner may have. Requests of the same
        moment see each other's reservations. What does not grow is never refused.
        """
        self._check(owner, name, use, allowance)
        reservation = (owner, name, use)
        self._reserved.append(reservation)
        try:
            yield
        finally:
            self._reserved.remove(reservation)

    def _check(self, owner: str, name: str, use: Use, allowance: Allowance) -> None:
        if not owner or self._is_shared(name):
            return
        used = self._used(owner)
        before = used.get(name, Use())
        have = sum(used.values(), Use())
        for what, limit in (
            ("clusters", allowance.clusters),
            ("workers", allowance.workers),
            ("gpus", allowance.gpus),
        ):
            more = getattr(use, what) - getattr(before, what)
            total = getattr(have, what) + more
            if limit and more > 0 and total > limit:
                adaptive = what != "clusters" and (have.adaptive or use.adaptive)
                raise OwnerLimit(
                    _sentence(owner, have, what, more, limit)
                    + (" Autoscalers count with their maximum." if adaptive else ""),
                    what=what,
                    limit=limit,
                )

    def _used(self, owner: str) -> dict[str, Use]:
        """Return what each cluster of an owner comes to, by name."""
        used = {
            it.name: use_of(it.groups, it.adapt)
            for it in self._store.list()
            if self._counts(it) and it.owner == owner
        }
        for holder, name, use in self._reserved:
            if holder == owner:
                used[name] = _larger(used.get(name, Use()), use)
        return used

    def _is_shared(self, name: str) -> bool:
        return name in self._store and self._store.get(name).shared

    def _counts(self, cluster: Cluster) -> bool:
        return (
            cluster.backend == self._backend
            and not cluster.shared
            and cluster.phase != "Stopping"
        )


def _larger(one: Use, other: Use) -> Use:
    return Use(
        max(one.clusters, other.clusters),
        max(one.workers, other.workers),
        max(one.gpus, other.gpus),
        one.adaptive or other.adaptive,
    )


def _count(number: int, what: str) -> str:
    name = "GPUs" if what == "gpus" else what
    return f"{number} {name if number != 1 else name[:-1]}"


def _sentence(owner: str, have: Use, what: str, more: int, limit: int) -> str:
    clusters, number = _count(have.clusters, "clusters"), getattr(have, what)
    held = clusters if what == "clusters" else f"{clusters} with {_count(number, what)}"
    return (
        f"{owner} has {held}; {more} more would be {number + more}, "
        f"and the limit is {limit}."
    )
