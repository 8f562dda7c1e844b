"""The live picture of all clusters: backends write it, handlers read it, no I/O."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

import msgspec

from .errors import ClusterNotFound, NameTaken
from .models import Cluster, ClusterEvent

SILENT = "The scheduler does not answer."
"""The reason of a cluster that seems to run, and whose scheduler is silent."""


@dataclass(frozen=True)
class Entry:
    """A cluster and how to ask its scheduler."""

    cluster: Cluster
    dashboard: str | None = None
    """Where the scheduler's HTTP server answers: ``http://host:port``."""
    readings_path: str | None = None
    """A page with `readings.Readings`, where the scheduler has one."""
    tunnel: str | None = None
    """The Unix socket that leads to ``dashboard``, where the network does not."""
    aliases: frozenset[str] = frozenset()
    """Other hosts under which links may name the dashboard."""


class Store:
    """Clusters by name, in the order in which they came.

    ``notify`` is called with a hint for every real change, and only then.
    """

    def __init__(self, notify: Callable[[ClusterEvent], None]) -> None:
        self._entries: dict[str, Entry] = {}
        self._drawn: dict[str, Entry] = {}
        """As backends put them."""
        self._silent: dict[str, datetime.datetime] = {}
        self._notify = notify

    def __contains__(self, name: str) -> bool:
        return name in self._entries

    def __len__(self) -> int:
        return len(self._entries)

    def list(self) -> list[Cluster]:
        """Return all clusters."""
        return [entry.cluster for entry in self._entries.values()]

    def entry(self, name: str) -> Entry:
        """Return one entry; raises `ClusterNotFound`."""
        try:
            return self._entries[name]
        except KeyError:
            raise ClusterNotFound(name) from None

    def get(self, name: str) -> Cluster:
        """Return one cluster; raises `ClusterNotFound`."""
        return self.entry(name).cluster

    def check_free(self, name: str) -> None:
        """Check that no cluster has a name; raises `NameTaken`."""
        if name in self._entries:
            raise NameTaken(name, stopping=self.get(name).phase == "Stopping")

    def put(self, entry: Entry) -> None:
        """Set the picture of one cluster."""
        self._drawn[entry.cluster.name] = entry
        self._show(entry)

    def silence(self, name: str, since: datetime.datetime | None) -> None:
        """Take note since when a scheduler gives no answers; ``None``: it does."""
        entry = self._drawn.get(name)
        if entry is None:
            return
        if since is None:
            self._silent.pop(name, None)
        else:
            self._silent[name] = since
        self._show(entry)

    def _show(self, entry: Entry) -> None:
        """Set what others see: of one that runs also that its scheduler is silent."""
        cluster = entry.cluster
        since = self._silent.get(cluster.name)
        if since is not None and cluster.phase == "Running":
            told = msgspec.structs.replace(cluster, reason=SILENT, since=since)
            entry = replace(entry, cluster=told)
        before = self._entries.get(cluster.name)
        if before == entry:
            return
        self._entries[cluster.name] = entry
        self._notify(
            ClusterEvent(action="changed" if before else "added", name=cluster.name)
        )

    def remove(self, name: str, reason: str = "") -> None:
        """Forget a cluster; ``reason`` says why it ended by itself."""
        self._drawn.pop(name, None)
        self._silent.pop(name, None)
        if self._entries.pop(name, None):
            self._notify(ClusterEvent(action="removed", name=name, reason=reason))

    def announce(self, event: ClusterEvent) -> None:
        """Pass on a hint about something that is no cluster."""
        self._notify(event)

    def find_address(self, host: str, port: int) -> Entry | None:
        """Return the entry whose dashboard a link of ``dask.distributed`` means.

        Such links combine the scheduler's host with the dashboard's port, so either
        the dashboard's own host or the scheduler's may stand there.
        """
        for entry in self._entries.values():
            if entry.dashboard is None:
                continue
            dashboard = urlsplit(entry.dashboard)
            scheduler = urlsplit(entry.cluster.scheduler_address or "")
            hosts = {dashboard.hostname, scheduler.hostname, *entry.aliases}
            if port == dashboard.port and host in hosts:
                return entry
        return None
