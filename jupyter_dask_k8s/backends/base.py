"""What a backend is: a handful of coroutines that write into the store."""

from __future__ import annotations

import datetime
from collections.abc import AsyncGenerator, Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from traitlets import Integer

from ..models import (
    Adapt,
    BackendName,
    Cluster,
    ClusterCreate,
    ClusterPatch,
    ExportKind,
    GroupCreate,
    Limits,
    Occurrence,
    Pod,
    WorkerGroup,
)
from ..profiles import Book
from ..scheduler import SchedulerClient
from ..store import Store
from ..workers import WorkerUse
from .examination import Examination
from .jobs import Jobs
from .owners import Allowance, Owners, use_of
from .profiles import WithProfiles


@dataclass(frozen=True)
class LogQuery:
    """Which log of a cluster, and how much of it."""

    pod: str
    """Empty: that of the scheduler."""
    container: str
    """Empty: that of Dask."""
    tail: int
    """Its last lines."""
    follow: bool
    previous: bool
    """That of the container before its last start."""


class Backend(WithProfiles):
    """Base of all backends.

    ``start`` fills the store and keeps it true until ``stop``. No coroutine waits for
    a cluster: each returns as soon as the wish is accepted, and the store shows the rest.
    All raise `ClusterError`. ``on_state`` is called when `synced` or `trouble` changed.
    """

    backend_name: BackendName

    export_kinds: tuple[ExportKind, ...] = ("client", "python")
    """What `export` can make."""

    owner_max_clusters = Integer(
        0, min=0, help="Most clusters of one owner; 0: no limit. Shared ones do not count."
    ).tag(config=True)
    owner_max_workers = Integer(
        0,
        min=0,
        help="Most workers of one owner over all clusters; 0: no limit. An autoscaler "
        "counts with its maximum.",
    ).tag(config=True)
    owner_max_gpus = Integer(
        0, min=0, help="Most GPUs of one owner over all clusters; 0: no limit."
    ).tag(config=True)

    def __init__(
        self,
        store: Store,
        scheduler: SchedulerClient,
        on_state: Callable[[], None],
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.store = store
        self.scheduler = scheduler
        self.on_state = on_state
        self.worker_use = WorkerUse(scheduler, store)
        self._owners = Owners(store, self.backend_name)

    def owner_limits(self) -> dict[str, int | None]:
        """Return the fields of `Limits` that tell what one owner may have."""
        return {
            "owner_clusters": self.owner_max_clusters or None,
            "owner_workers": self.owner_max_workers or None,
            "owner_gpus": self.owner_max_gpus or None,
        }

    def reserve(
        self,
        owner: str,
        name: str,
        groups: Iterable[WorkerGroup],
        adapt: Adapt | None = None,
    ) -> AbstractContextManager[None]:
        """Hold what a cluster shall come to, with all groups, until the store shows it.

        Use it around every request that makes or grows a cluster, awaits included. Raises
        `OwnerLimit` when it is entered.
        """
        allowance = Allowance(
            self.owner_max_clusters, self.owner_max_workers, self.owner_max_gpus
        )
        return self._owners.reserve(owner, name, use_of(groups, adapt), allowance)

    @property
    def synced(self) -> bool:
        """Whether the store shows all clusters that there are."""
        return True

    def look(self) -> None:
        """Take note that somebody looks at what the store shows."""

    @property
    def trouble(self) -> str:
        """Why the store may be out of date or not whole; empty when all is well."""
        return ""

    @property
    def stale_since(self) -> datetime.datetime | None:
        """Since when the store may be out of date; ``None`` while it is true."""
        return None

    @property
    def missing(self) -> list[str]:
        """What is missing: ``operator``, ``permission``, ``api``."""
        return []

    @property
    def current_namespace(self) -> str | None:
        """The Kubernetes namespace; none where there is no Kubernetes."""
        return None

    @property
    def limits(self) -> Limits:
        """What one cluster may have at most."""
        raise NotImplementedError

    @property
    def jobs(self) -> Jobs | None:
        """The jobs of this backend; ``None`` where there can be none."""
        return None

    @property
    def operator(self) -> bool | None:
        """Is the Dask operator there? ``None`` where none is needed."""
        return None

    def versions(self) -> dict[str, str]:
        """Versions of what this backend stands on."""
        return {}

    def form(self) -> dict[str, Any]:
        """JSON Schema of the form for new clusters, with our limits and defaults."""
        raise NotImplementedError

    def examinations(self) -> list[Examination]:
        """Return what the doctor looks at; see doctor/."""
        return []

    async def known_book(self) -> Book:
        """Return the profiles once all are known; raises `BackendUnavailable`."""
        return self.book

    def check_settings(self) -> None:
        """Refuse settings that cannot be read; raises `SettingWrong`."""

    async def start(self) -> None:
        """Begin to fill the store; raises `SettingWrong`."""

    async def stop(self) -> None:
        """End every task and process of ours."""

    async def create(self, request: ClusterCreate, owner: str) -> Cluster:
        """Accept a new cluster and return it in its phase `Pending`."""
        raise NotImplementedError

    async def patch(self, name: str, change: ClusterPatch) -> Cluster:
        """Accept a change of a cluster and return the new picture."""
        raise NotImplementedError

    async def delete(self, name: str, uid: str = "") -> None:
        """Accept the end of a cluster; raises `Replaced` where it has not this ``uid``."""
        raise NotImplementedError

    async def add_group(self, name: str, request: GroupCreate) -> Cluster:
        """Accept one more worker group of a cluster and return the new picture."""
        raise NotImplementedError

    async def remove_group(self, name: str, group: str) -> Cluster:
        """Accept the end of a worker group; raises `GroupNotFound`."""
        raise NotImplementedError

    async def preview(self, request: ClusterCreate, owner: str) -> tuple[ExportKind, str]:
        """Return what `create` would make, as text; refuses what that refuses."""
        raise NotImplementedError

    async def export(self, name: str, kind: ExportKind, base_url: str) -> str:
        """Return a cluster as text; ``base_url`` is where our own routes begin."""
        raise NotImplementedError

    # --- what a cluster is made of, and what happens to it ---------------------------

    async def pods(self, name: str) -> list[Pod]:
        """Return the pods or processes of a cluster, the scheduler first.

        What they use comes from the scheduler, within `workers.LIMIT` seconds or
        not at all.
        """
        raise NotImplementedError

    async def occurrences(self, name: str) -> list[Occurrence]:
        """Return what happened to a cluster, the newest first."""
        raise NotImplementedError

    def follow_occurrences(self, name: str) -> AsyncGenerator[list[Occurrence], None]:
        """Yield what happened, the oldest first, and then what happens.

        The first batch may be empty. Ends with the cluster.
        """
        raise NotImplementedError

    def logs(self, name: str, query: LogQuery) -> AsyncGenerator[bytes, None]:
        """Yield a log piece by piece, as it was written; one step reads one piece.

        What is wrong with the query is raised before the first piece, which may be empty:
        `PodNotFound`, `LogNotFound`, `ClusterNotReady`, `BackendUnavailable`.
        """
        raise NotImplementedError
