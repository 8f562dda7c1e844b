"""Whether the namespace has room for what somebody asks for; what shrinks always passes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from ...models import Cluster, ClusterPatch
from .demand import Demand, demands_of, sizes_in, sizes_of
from .groups import group_key
from .manifest import resources_of
from .objects import Worker
from .quotawatch import QuotaWatch, pods_of
from .wish import GroupWish, Wish
from .world import World

DEFAULT = "default"


class Sizing:
    """Checks requests against quotas and LimitRanges; all raise `InvalidField`."""

    def __init__(self, quota: QuotaWatch, world: World) -> None:
        self._quota = quota
        self._world = world

    def check_new(self, documents: Iterable[Mapping[str, Any]], wish: Wish) -> None:
        """Check a new cluster or job by its manifests; an autoscaler by its minimum."""
        field = "workers" if wish.adapt is None else "adapt.minimum"
        self._quota.check(demands_of(documents), field)

    def check_change(self, picture: Cluster, group: str, change: ClusterPatch) -> None:
        """Check that there is room for the workers by which a group shall grow."""
        workers, field = change.workers, "workers"
        if change.adapt:
            workers, field = change.adapt.minimum, "adapt.minimum"
        if workers is msgspec.UNSET:
            return
        now = next((it.desired for it in picture.groups if it.name == group), 0)
        if workers <= now:
            return
        parts = self._world.parts(picture.name)
        key = group_key(picture.name, group)
        worker = self._worker(picture.name, key)
        # Pods that are wanted already and cannot be had do not count as used.
        more = workers - pods_of(parts, key)
        if worker is None or more <= 0:
            return
        sizes = sizes_of(worker.spec.containers)
        shown = "" if group == DEFAULT else group
        self._quota.check([Demand("worker", more, sizes, shown, more=True)], field)

    def _worker(self, name: str, key: str) -> Worker | None:
        parts = self._world.parts(name)
        if key in parts.groups:
            return parts.groups[key].spec.worker
        if parts.cluster is not None and key == group_key(name, DEFAULT):
            return parts.cluster.spec.worker
        return None

    def check_group(
        self, cluster: Mapping[str, Any], wish: GroupWish, gpu_resource: str
    ) -> None:
        """Check a new worker group of a cluster as stored."""
        # Its pods have what else runs beside the workers of the cluster.
        beside = cluster["spec"]["worker"]["spec"]["containers"][1:]
        own = {"resources": resources_of(wish.worker.size, gpu_resource)}
        sizes = sizes_in({"containers": [own, *beside]})
        self._quota.check([Demand("worker", wish.workers, sizes, wish.name)])
