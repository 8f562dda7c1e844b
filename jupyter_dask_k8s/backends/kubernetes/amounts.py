"""What a wish or a change comes to, as worker groups on the wire: for limits."""

from __future__ import annotations

import msgspec

from ...models import Adapt, Cluster, ClusterPatch, WorkerGroup
from .wish import GroupWish, Wish, WorkerWish


def groups_of(wish: Wish) -> list[WorkerGroup]:
    """Return the worker groups that a new cluster shall have."""
    default = _group("default", wish.workers, wish.worker)
    return [default, *(group_of(it) for it in wish.groups)]


def group_of(wish: GroupWish) -> WorkerGroup:
    """Return a new worker group."""
    return _group(wish.name, wish.workers, wish.worker)


def _group(name: str, workers: int, worker: WorkerWish) -> WorkerGroup:
    return WorkerGroup(name=name, desired=workers, ready=0, gpus=worker.size.gpus)


def after(
    picture: Cluster, group: str, change: ClusterPatch
) -> tuple[list[WorkerGroup], Adapt | None]:
    """Return the groups and the autoscaler of a cluster after a change of one group."""
    adapt = picture.adapt
    if change.adapt is not msgspec.UNSET:
        adapt = change.adapt
    if change.workers is msgspec.UNSET:
        return picture.groups, adapt
    groups = [
        msgspec.structs.replace(it, desired=change.workers) if it.name == group else it
        for it in picture.groups
    ]
    return groups, None if group == "default" else adapt
