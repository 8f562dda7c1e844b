"""Changes of clusters that are there: what their profile says of them.

All raise `InvalidField`. The autoscaler counts with its maximum, as in a new cluster. What
makes a cluster smaller is never refused for the sum of its workers.
"""

from __future__ import annotations

from typing import Any

import msgspec

from ..errors import InvalidField
from ..models import (
    Adapt,
    Cluster,
    ClusterPatch,
    GroupCreate,
    Resources,
    WorkerBounds,
    WorkerGroup,
)
from .bounds import ends_of, outside
from .definition import Definition
from .fields import FIELDS, Flat, measure, of_workers
from .rules import (
    SCALING,
    check_bound,
    check_sum,
    group_of,
    into,
    lifetime_of,
    locked,
    start_of,
)

_DEFAULT = "default"
_TOGETHER = ("resources.cpu", "resources.threads")


def resolve_group(
    profile: Definition, group: GroupCreate, cluster: Cluster, like: Resources, base: Flat
) -> GroupCreate:
    """Return one more worker group with all that the profile says of workers.

    Sizes that it does not name are those of the cluster's own workers (``like``), as in a
    new cluster. The image is theirs, too, unless the group names one.
    """
    if not profile.permits("groups"):
        raise locked(profile, "name", "groups")
    if group.workers:
        have = _sum(cluster.groups, cluster.adapt)
        check_sum(profile, _way(cluster.adapt), have, group.workers, "workers")
    inherited = {key: it for key, it in profile.defaults.items() if key != "image"}
    sizes = _sizes(profile, like)
    if any(name in sizes for name in _TOGETHER):
        # Never one of the cluster and the other of the profile.
        for name in _TOGETHER:
            inherited.pop(name, None)
    return group_of(profile, group, {**inherited, **sizes}, base, "")


def check_removal(profile: Definition) -> None:
    """Check that a worker group may be removed: it could not be added again otherwise."""
    if not profile.permits("groups"):
        raise locked(profile, "group", "groups")


def check_patch(
    profile: Definition, change: ClusterPatch, cluster: Cluster, base: Flat
) -> ClusterPatch:
    """Return a change with what the profile says of it."""
    name = _DEFAULT if change.group is msgspec.UNSET else change.group
    if change.workers is not msgspec.UNSET:
        if name == _DEFAULT:
            _check_workers(profile, change.workers, cluster, base)
        else:
            _check_group(profile, name, change.workers, cluster)
    elif change.adapt is None:
        _check_end(profile, cluster)
    elif change.adapt is not msgspec.UNSET:
        _check_adapt(profile, change.adapt, cluster)
    if change.lifetime is not msgspec.UNSET:
        lifetime = lifetime_of(profile, change.lifetime, base)
        return msgspec.structs.replace(change, lifetime=lifetime)
    return change


def worker_bounds(profile: Definition, most: int, base: Flat) -> WorkerBounds | None:
    """Return between which numbers of workers one may scale; ``None``: as ever."""
    if not any(profile.permits(name) for name in SCALING):
        start = start_of(profile, base)
        least = start.get("workers", start.get("adapt.minimum")) or 0
        return WorkerBounds(minimum=least, maximum=start.get("adapt.maximum") or least)
    bound = profile.bound("workers")
    if bound is None:
        return None
    ends = ends_of("workers", bound)
    highest = most if ends.maximum is None else int(ends.maximum)
    return WorkerBounds(minimum=int(ends.minimum or 0), maximum=min(most, highest))


# --- numbers of workers --------------------------------------------------------------


def _check_workers(profile: Definition, workers: int, cluster: Cluster, base: Flat) -> None:
    """Check a fixed number for the default group."""
    if not profile.permits("workers"):
        same = [start_of(profile, base).get("workers")]
        if cluster.adapt is None:
            same.append(_workers_of(cluster, _DEFAULT))
        if workers not in same:
            raise locked(profile, "workers", "the number of workers")
    check_bound(profile, "workers", workers)
    others = _others(cluster, _DEFAULT)
    if workers + others > _sum(cluster.groups, cluster.adapt):
        check_sum(profile, "workers", workers, others, "workers")


def _check_group(profile: Definition, name: str, workers: int, cluster: Cluster) -> None:
    """Check the number of another group."""
    now = _workers_of(cluster, name)
    if not profile.permits("groups") and workers != now:
        raise locked(profile, "workers", "the number of workers")
    if workers > now:
        others = _others(cluster, name)
        check_sum(profile, _way(cluster.adapt), others, workers, "workers")


def _check_adapt(profile: Definition, adapt: Adapt, cluster: Cluster) -> None:
    """Check an autoscaler."""
    for field, value in (
        ("adapt.minimum", adapt.minimum),
        ("adapt.maximum", adapt.maximum),
    ):
        same = [profile.defaults.get(field, 0)]
        if cluster.adapt is not None:
            same.append(getattr(cluster.adapt, field.partition(".")[2]))
        if not profile.permits(field) and value not in same:
            raise locked(profile, field, field)
        check_bound(profile, field, value)
    others = _others(cluster, _DEFAULT)
    if adapt.maximum + others > _sum(cluster.groups, cluster.adapt):
        check_sum(profile, "adapt.maximum", adapt.maximum, others, "adapt.maximum")


def _check_end(profile: Definition, cluster: Cluster) -> None:
    """Check the end of an autoscaler, which leaves as many workers as there are."""
    if cluster.adapt is None:
        return
    if not profile.permits("workers"):
        raise locked(profile, "adapt", "adapt")
    bound, now = profile.bound("workers"), _workers_of(cluster, _DEFAULT)
    trouble = outside("workers", now, bound) if bound is not None else ""
    if trouble:
        raise InvalidField(
            "adapt",
            f"Without its autoscaler this cluster would keep the number of workers that "
            f"it has, and the profile “{profile.label}” sets bounds for it: {trouble} Say "
            "how many it shall have: “workers”.",
        )


def _way(adapt: Adapt | None) -> str:
    """Return which field's bounds hold for all workers together."""
    return "workers" if adapt is None else "adapt.maximum"


def _workers_of(cluster: Cluster, name: str) -> int:
    return sum(group.desired for group in cluster.groups if group.name == name)


def _others(cluster: Cluster, name: str) -> int:
    """Return what all groups but one may come to."""
    others = [group for group in cluster.groups if group.name != name]
    return _sum(others, cluster.adapt)


def _sum(groups: list[WorkerGroup], adapt: Adapt | None) -> int:
    return sum(
        adapt.maximum if adapt is not None and group.name == _DEFAULT else group.desired
        for group in groups
    )


# --- what a cluster's own workers have -----------------------------------------------


def like_of(cluster: Cluster) -> Resources:
    """Return what each worker of the default group has, as far as it is known."""
    for group in cluster.groups:
        if group.name == _DEFAULT:
            return Resources(
                threads=group.threads, memory=group.memory, cpu=group.cpu, gpus=group.gpus
            )
    return Resources()


def _sizes(profile: Definition, like: Resources) -> Flat:
    """Return sizes as ours to choose: within the bounds, where they can be read."""
    given = of_workers(GroupCreate(name=_DEFAULT, resources=like))
    return {
        name: into(profile, name, value)
        for name, value in given.items()
        if _readable(name, value)
    }


def _readable(name: str, value: Any) -> bool:
    try:
        measure(FIELDS[name], value)
    except ValueError:
        # Kubernetes also writes amounts that we do not: others made the cluster.
        return False
    return True
