"""Puts pictures of clusters into the store, with the way to their schedulers."""

from __future__ import annotations

import dataclasses

import msgspec

from ...errors import NotPermitted
from ...models import Cluster
from ...quantities import format_duration
from ...store import Entry, Store
from .alarm import Alarm
from .clocks import ClockWatch
from .diagnosis import Facts
from .diagnosis.workers import worker_pods
from .lastwords import LastWords
from .lifetime import clocks_of
from .links import LinkWatch
from .manifest import CREATOR, READINGS_PATH
from .picture import Context, draw_cluster
from .reach import Reach, Route
from .resources import CLUSTERS, DEPLOYMENTS, PODS
from .world import Parts, World


class Drawing:
    """Draws clusters from their parts; ``context`` is what does not change with them."""

    def __init__(
        self,
        store: Store,
        world: World,
        reach: Reach,
        clocks: ClockWatch,
        context: Context,
        *,
        words: LastWords,
        links: LinkWatch,
    ) -> None:
        self._store = store
        self._world = world
        self._reach = reach
        self._clocks = clocks
        self._context = context
        self._words = words
        self._links = links
        self._alarm = Alarm(world.mark)
        self._of_jobs: set[str] = set()

    def forget(self, name: str, *, asked: bool) -> None:
        """Take out a cluster that is gone; ``asked`` tells whether that was our wish."""
        self._reach.forget(name)
        self._clocks.watch(name, None)
        self._links.watch(name, "", 0)
        self._alarm.set(name, None)
        self._context.decisions.forget(name)
        self._context.memory.forget(name)
        self._context.notices.forget(name)
        # The end of a job's cluster was foreseen.
        silent = asked or name in self._of_jobs
        self._of_jobs.discard(name)
        if name in self._store:
            picture = self._store.get(name)
            if picture.backend == "kubernetes":
                self._store.remove(name, "" if silent else _why_gone(picture))

    def draw(self, name: str, parts: Parts, *, of_job: bool) -> None:
        """Put the picture of a cluster into the store."""
        health = self._reach.health(name, parts)
        context = dataclasses.replace(
            self._context,
            ends=self._clocks.ends(name),
            problem=self._clocks.problem(name),
            facts=self._facts(name),
        )
        drawn = draw_cluster(name, parts, health, context)
        self._alarm.set(name, drawn.again)
        picture = drawn.cluster
        if of_job:
            self._of_jobs.add(name)
            told = f"It belongs to the job “{name}” and ends with it."
            picture = msgspec.structs.replace(picture, warnings=[*picture.warnings, told])
        if parts.cluster is None and name in self._store:
            picture = _remember(picture, self._store.get(name))
        blind = self._world.trouble_of(PODS)
        if isinstance(blind, NotPermitted) and picture.phase == "Pending":
            picture = msgspec.structs.replace(picture, reason=blind.message, since=None)
        route = health.route if picture.phase != "Stopping" else None
        self._store.put(self._entry(picture, parts, route))
        self._watch_clocks(name, parts, route)
        self._watch_links(name, parts, route)

    async def close(self) -> None:
        """End what goes on in the background."""
        self._alarm.close()
        await self._links.close()
        await self._words.close()

    def _facts(self, name: str) -> Facts:
        return dataclasses.replace(
            self._context.facts,
            words=self._words.words,
            unlinked=self._links.missing(name),
            troubles=self._world.pod_troubles.about,
            blind=self._world.trouble_of(CLUSTERS) is not None,
            deployments_seen=self._world.trouble_of(DEPLOYMENTS) is None,
        )

    def _entry(self, picture: Cluster, parts: Parts, route: Route | None) -> Entry:
        return Entry(
            picture,
            dashboard=route.base if route else None,
            readings_path=f"/{READINGS_PATH}" if _is_ours(parts) else None,
            tunnel=route.tunnel if route else None,
            aliases=_aliases(picture.name, self._context.namespace, parts),
        )

    def _watch_clocks(self, name: str, parts: Parts, route: Route | None) -> None:
        cluster = parts.cluster
        if cluster is None or route is None or not _is_ours(parts):
            self._clocks.watch(name, None)
            return
        self._clocks.watch(
            name,
            clocks_of(cluster),
            workers=sum(group.ready for group in self._store.get(name).groups),
            packages=bool(cluster.metadata.annotations.packages),
        )

    def _watch_links(self, name: str, parts: Parts, route: Route | None) -> None:
        if route is None:
            self._links.watch(name, "", 0)
            return
        ready = [
            pod.metadata.uid
            for group in parts.groups
            for pod in worker_pods(parts, group)
            if pod.ready
        ]
        key = f"{route.base} {hash(frozenset(ready))}"
        self._links.watch(name, key, len(ready))


def _is_ours(parts: Parts) -> bool:
    """Tell whether we made a cluster: then its scheduler has our pages."""
    return parts.cluster is not None and parts.cluster.metadata.labels.creator == CREATOR


def _remember(picture: Cluster, before: Cluster) -> Cluster:
    """Return a cluster of which only pods are left, with what we know of the rest."""
    return msgspec.structs.replace(
        picture,
        owner=before.owner,
        shared=before.shared,
        profile=before.profile,
        lifetime=before.lifetime,
        created=before.created,
    )


def _why_gone(picture: Cluster) -> str:
    """Return what to say of a cluster that is gone, and not by our wish."""
    lifetime = picture.lifetime
    clocks = [
        f"{what} for {format_duration(seconds)}"
        for what, seconds in (
            ("it had no work", lifetime.seconds),
            ("no client was connected", lifetime.no_client_seconds),
        )
        if seconds
    ]
    if clocks:
        why = ", or ".join(clocks)
        return f"“{picture.name}” was deleted: {why}, or somebody deleted it."
    return f"“{picture.name}” was deleted by somebody else, outside of this JupyterLab."


def _aliases(name: str, namespace: str, parts: Parts) -> frozenset[str]:
    """Return all hosts under which a notebook's link may name this scheduler."""
    service = f"{name}-scheduler"
    hosts = {service, f"{service}.{namespace}", f"{service}.{namespace}.svc"}
    if parts.service is not None and parts.service.spec.cluster_ip not in ("", "None"):
        hosts.add(parts.service.spec.cluster_ip)
    hosts.update(
        pod.status.pod_ip
        for pod in parts.living_pods
        if pod.metadata.labels.component == "scheduler" and pod.status.pod_ip
    )
    return frozenset(hosts)
