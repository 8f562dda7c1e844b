"""What a backend is: a handful of coroutines that write into the store."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from traitlets.config import LoggingConfigurable

from ..models import (
    BackendName,
    Cluster,
    ClusterCreate,
    ClusterPatch,
    ExportKind,
    Limits,
)
from ..scheduler import SchedulerClient
from ..store import Store


class Backend(LoggingConfigurable):
    """Base of all backends.

    ``start`` fills the store and keeps it true until ``stop``. No coroutine waits for
    a cluster: each returns as soon as the wish is accepted, and the store shows the rest.
    All raise `ClusterError`. ``on_state`` is called when `synced` or `trouble` changed.
    """

    backend_name: BackendName

    export_kinds: tuple[ExportKind, ...] = ("client", "python")
    """What `export` can make."""

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

    @property
    def synced(self) -> bool:
        """Whether the store shows all clusters that there are."""
        return True

    @property
    def trouble(self) -> str:
        """Why the store may be out of date or not whole; empty when all is well."""
        return ""

    @property
    def current_namespace(self) -> str | None:
        """The Kubernetes namespace; none where there is no Kubernetes."""
        return None

    @property
    def limits(self) -> Limits:
        """What one cluster may have at most."""
        raise NotImplementedError

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

    async def start(self) -> None:
        """Begin to fill the store."""

    async def stop(self) -> None:
        """End every task and process of ours."""

    async def create(self, request: ClusterCreate, owner: str) -> Cluster:
        """Accept a new cluster and return it in its phase `Pending`."""
        raise NotImplementedError

    async def patch(self, name: str, change: ClusterPatch) -> Cluster:
        """Accept a change of a cluster and return the new picture."""
        raise NotImplementedError

    async def delete(self, name: str) -> None:
        """Accept the end of a cluster."""
        raise NotImplementedError

    async def export(self, name: str, kind: ExportKind, base_url: str) -> str:
        """Return a cluster as text; ``base_url`` is where our own routes begin."""
        raise NotImplementedError
