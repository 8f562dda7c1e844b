"""Everything of our namespace that belongs to Dask clusters, as the API server has it."""

from __future__ import annotations

import asyncio
import dataclasses
import datetime
import logging
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import msgspec

from ...errors import ClusterError, NotPermitted
from ...tasks import end
from .api import KubernetesAPI
from .objects import (
    DaskAutoscaler,
    DaskCluster,
    DaskWorkerGroup,
    Deployment,
    Event,
    Pod,
    Service,
)
from .pulse import Pulse
from .reflector import Reflector
from .refusals import OperatorMissing
from .resources import (
    AUTOSCALERS,
    CLUSTERS,
    DECISIONS,
    DEPLOYMENTS,
    GROUPS,
    PODS,
    SERVICES,
    TROUBLES,
    Kind,
)
from .troubles import Troubles

KINDS = (CLUSTERS, GROUPS, AUTOSCALERS, PODS, DEPLOYMENTS, SERVICES, DECISIONS, TROUBLES)

SETTLE = 0.03
"""Seconds that changes are gathered before pictures are drawn: they come in bursts."""

FREED = 5.0
"""Seconds after a pod has gone in which quotas may still count it."""

RUNNER = "-runner"
"""How the operator ends the name of the pod of a job (dask-kubernetes 2022.9 to 2026.3)."""

DECISIONS_KEPT = 20
"""Events of an autoscaler that are kept."""

SLICE = 10
"""Clusters that are drawn before the event loop gets its turn."""


@dataclass
class Parts:
    """All objects of one cluster, by name."""

    cluster: DaskCluster | None = None
    groups: dict[str, DaskWorkerGroup] = field(default_factory=dict)
    autoscalers: dict[str, DaskAutoscaler] = field(default_factory=dict)
    pods: dict[str, Pod] = field(default_factory=dict)
    deployments: dict[str, Deployment] = field(default_factory=dict)
    service: Service | None = None
    decisions: dict[str, Event] = field(default_factory=dict)

    @property
    def living_pods(self) -> list[Pod]:
        """Pods that still run or will."""
        return [pod for pod in self.pods.values() if not pod.over]

    @property
    def nothing(self) -> bool:
        """Whether nothing is left that would become part of a new cluster.

        An autoscaler on its way out does not: it waits for the operator, and a new one gets
        another name (see `Changes.adapt`).
        """
        staying = [
            it for it in self.autoscalers.values() if it.metadata.deletion_timestamp is None
        ]
        rest = dataclasses.replace(self, decisions={}, autoscalers={})
        return not staying and rest == Parts()

    @property
    def empty(self) -> bool:
        """Whether nothing is left of it."""
        return self.cluster is None and not self.living_pods


class World:
    """One reflector a kind, sorted by cluster.

    ``draw`` is called with the name and parts of each cluster that changed, ``on_state``
    when `synced` or `trouble` changed.
    """

    def __init__(
        self,
        api: KubernetesAPI,
        draw: Callable[[str, Parts], None],
        on_state: Callable[[], None],
        log: logging.Logger | logging.LoggerAdapter[Any],
    ) -> None:
        self._api = api
        self.drawn = False
        """Has everything that was there at the start been drawn?"""
        self._draw = draw
        self._on_state = on_state
        self._log = log
        self._parts: dict[str, Parts] = {}
        self._dirty: dict[str, None] = {}
        self._wake = asyncio.Event()
        self._reflectors = {
            kind: Reflector(api, kind, self._listener(kind), self._state_changed, log)
            for kind in KINDS
        }
        self.pulse = Pulse(api, self._pulse_changed, log)
        self.pod_troubles = Troubles(self._cluster_of_pod)
        self._pods_known = asyncio.Event()
        self._deleted: set[str] = set()
        """The uids of clusters that we have deleted and the watch still shows."""
        self._tasks: list[asyncio.Task[None]] = []
        self._gone: deque[tuple[float, Pod]] = deque()

    def start(self) -> None:
        """Begin to watch."""
        jobs = [self._run(reflector) for reflector in self._reflectors.values()]
        others = (self.pulse.run(), self._redraw())
        self._tasks = [asyncio.create_task(job) for job in (*jobs, *others)]

    async def _run(self, reflector: Reflector) -> None:
        if reflector.kind is TROUBLES:
            # Whose pods they are about has to be known.
            await self._pods_known.wait()
        await reflector.run()

    async def stop(self) -> None:
        """End all watches."""
        await end(self._tasks)

    @property
    def synced(self) -> bool:
        """Whether the clusters are known, and of the rest all that we may see."""
        clusters = self._reflectors[CLUSTERS]
        return clusters.synced and all(
            it.synced
            or it.kind.optional
            or isinstance(it.trouble, (NotPermitted, OperatorMissing))
            for it in self._reflectors.values()
        )

    @property
    def troubles(self) -> list[ClusterError]:
        """All that keeps us from seeing everything."""
        watched = (it.trouble for it in self._reflectors.values() if not it.kind.optional)
        return [it for it in (self.pulse.trouble, *watched) if it is not None]

    @property
    def troubled_since(self) -> datetime.datetime | None:
        """Since when we do not see everything."""
        watched = [
            it.troubled_since for it in self._reflectors.values() if not it.kind.optional
        ]
        moments = (self.pulse.troubled_since, *watched)
        return min((it for it in moments if it is not None), default=None)

    def trouble_of(self, kind: Kind) -> ClusterError | None:
        """Return what keeps us from seeing one kind."""
        found = self._reflectors[kind].trouble
        return self.pulse.trouble if found is None and kind is CLUSTERS else found

    @property
    def requests(self) -> dict[str, tuple[int, int]]:
        """Lists and watches so far, by kind: what it costs the API server."""
        found: dict[str, tuple[int, int]] = {}
        for kind, it in self._reflectors.items():
            lists, watches = found.get(kind.plural, (0, 0))
            found[kind.plural] = (lists + it.lists, watches + it.watches)
        return found

    def parts(self, name: str) -> Parts:
        """Return what there is of a cluster."""
        return self._parts.get(name) or Parts()

    def everything(self) -> Iterator[Parts]:
        """Yield what there is of each cluster; of those that we deleted, what is left."""
        for parts in self._parts.values():
            if parts.cluster is not None and parts.cluster.metadata.uid in self._deleted:
                yield dataclasses.replace(parts, cluster=None)
            else:
                yield parts

    def group_owner(self, key: str) -> str:
        """Return the cluster of a DaskWorkerGroup by its full name; empty without one."""
        group = self._reflectors[GROUPS].items.get(key)
        return str(group.spec.cluster) if group is not None else ""

    def put(self, kind: Kind, item: Any) -> None:
        """Take in the answer to our own change, ahead of the watch; draw it at once."""
        self._reflectors[kind].put(item)
        self._flush(list(self._dirty))

    def drop(self, kind: Kind, name: str) -> None:
        """Take out what we have deleted, ahead of the watch, and draw it at once."""
        self._reflectors[kind].drop(name)
        self._flush(list(self._dirty))

    def stopping(self, name: str) -> None:
        """Draw a cluster as on its way out: we have deleted it, ahead of the watch."""
        cluster = self.parts(name).cluster
        if cluster is not None:
            self._deleted.add(cluster.metadata.uid)
            self._flush([name])

    def draw(self, name: str) -> None:
        """Draw a cluster again at once."""
        self._flush([name])

    def mark(self, name: str) -> None:
        """Draw a cluster again soon: something outside Kubernetes changed."""
        self._dirty[name] = None
        self._wake.set()

    def _cluster_of_pod(self, name: str) -> str:
        pod = self._reflectors[PODS].items.get(name)
        if pod is not None:
            return str(pod.metadata.labels.cluster)
        # The runner of a job stands beside the job's cluster, and others watch it.
        job = name.removesuffix(RUNNER)
        return job if job != name and job in self._parts else ""

    def _state_changed(self) -> None:
        if self._reflectors[PODS].synced:
            self._pods_known.set()
        self._wake.set()
        self._on_state()

    def gone(self) -> list[Pod]:
        """Return the pods that have gone within `FREED` seconds."""
        begin = time.monotonic() - FREED
        while self._gone and self._gone[0][0] < begin:
            self._gone.popleft()
        return [pod for _, pod in self._gone]

    def _remember(self, pod: Pod) -> None:
        if not pod.over:
            self._gone.append((time.monotonic(), pod))
        self.gone()

    def _pulse_changed(self) -> None:
        if self.pulse.trouble is None:
            # What hung may have been the wires of watches, too.
            self._api.doubt()
            for reflector in self._reflectors.values():
                reflector.hope()
        self._on_state()

    # --- sorting ---------------------------------------------------------------------

    def _listener(self, kind: Kind) -> Callable[[Any, Any], None]:
        def listen(old: Any, new: Any) -> None:
            if kind is TROUBLES:
                cluster = self.pod_troubles.take(new)
                if cluster:
                    self.mark(cluster)
                return
            if kind is PODS and new is None:
                self._remember(old)
                self.pod_troubles.drop(old.metadata.name)
            elif kind is PODS and old is None:
                self.pod_troubles.adopt(new.metadata.name)
            if old is not None:
                self._sort(kind, old, None)
            if new is not None:
                self._sort(kind, new, new)

        return listen

    def _sort(self, kind: Kind, known: Any, item: Any) -> None:
        """Put an object where it belongs (``item``), or take it away (``None``)."""
        name = _cluster_of(kind, known)
        if not name:
            return
        parts = self._parts.setdefault(name, Parts())
        if kind is CLUSTERS:
            parts.cluster = item
            if item is None:
                self._deleted.discard(known.metadata.uid)
                self.pod_troubles.drop(name + RUNNER)
        elif kind is SERVICES:
            parts.service = item
        else:
            shelf: dict[str, Any] = getattr(parts, _SHELVES[kind])
            if item is None:
                shelf.pop(known.metadata.name, None)
            else:
                shelf[known.metadata.name] = item
            if kind is DECISIONS and len(shelf) > DECISIONS_KEPT:
                # The oldest: nobody tells when they are gone.
                del shelf[next(iter(shelf))]
        self.mark(name)

    async def _redraw(self) -> None:
        while True:
            await self._wake.wait()
            await asyncio.sleep(SETTLE)
            self._wake.clear()
            if not self.synced:
                # Half of the parts would make a wrong picture.
                continue
            names = list(self._dirty)
            for start in range(0, len(names), SLICE):
                self._flush(names[start : start + SLICE])
                await asyncio.sleep(0)
            if not self.drawn:
                self.drawn = True
                self._on_state()

    def _flush(self, names: Iterable[str]) -> None:
        for name in names:
            self._dirty.pop(name, None)
            parts = self._parts.get(name)
            if parts is None:
                continue
            if dataclasses.replace(parts, decisions={}) == Parts():
                del self._parts[name]
            if parts.cluster is not None and parts.cluster.metadata.uid in self._deleted:
                parts = dataclasses.replace(parts, cluster=_leaving(parts.cluster))
            try:
                self._draw(name, parts)
            except Exception:
                # One that we do not understand must not hide all others.
                self._log.exception("The cluster %s cannot be shown.", name)


_SHELVES = {
    GROUPS: "groups",
    AUTOSCALERS: "autoscalers",
    PODS: "pods",
    DEPLOYMENTS: "deployments",
    DECISIONS: "decisions",
}


def _leaving(cluster: DaskCluster) -> DaskCluster:
    """Return a cluster that we have deleted as the watch will show it in a moment."""
    if cluster.metadata.deletion_timestamp is not None:
        return cluster
    now = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)
    metadata = msgspec.structs.replace(cluster.metadata, deletion_timestamp=now)
    return msgspec.structs.replace(cluster, metadata=metadata)


def _cluster_of(kind: Kind, item: Any) -> str:
    if kind is CLUSTERS:
        return str(item.metadata.name)
    if kind in (GROUPS, AUTOSCALERS):
        return str(item.spec.cluster)
    if kind is DECISIONS:
        return str(item.decision[0])
    return str(item.metadata.labels.cluster)
