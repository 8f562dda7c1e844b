"""Clusters that the platform provides: to be used and scaled, nothing else."""

from __future__ import annotations

import msgspec

from ..errors import InvalidField, NotPermitted
from ..models import Cluster, ClusterPatch


def refuse_shared(cluster: Cluster, what: str) -> None:
    """Raise `NotPermitted` for a shared cluster; ``what`` is what it cannot."""
    if cluster.shared:
        raise NotPermitted(
            f"“{cluster.name}” is shared: it can be used and scaled, but it cannot {what} "
            "from here."
        )


def check_shared(cluster: Cluster, change: ClusterPatch) -> None:
    """Check a change against what the platform lets users do with a cluster.

    Raises `NotPermitted` for changes of other things than the number of workers, and
    `InvalidField` for a number out of bounds.
    """
    if change.lifetime is not msgspec.UNSET or change.extend:
        refuse_shared(cluster, "get another lifetime")
    if change.group not in (msgspec.UNSET, "default"):
        return
    if change.workers is not msgspec.UNSET:
        _check("workers", cluster, change.workers)
    if change.adapt:
        _check("adapt.minimum", cluster, change.adapt.minimum)
        _check("adapt.maximum", cluster, change.adapt.maximum)


def _check(field: str, cluster: Cluster, workers: int) -> None:
    bounds = cluster.bounds
    if bounds is not None and not bounds.minimum <= workers <= bounds.maximum:
        raise InvalidField(
            field,
            f"“{cluster.name}” can have {bounds.minimum} to {bounds.maximum} workers, "
            f"not {workers}.",
            minimum=bounds.minimum,
            maximum=bounds.maximum,
        )
