"""What a backend is: a handful of coroutines that write into the store."""

from __future__ import annotations

from typing import Any

from traitlets.config import LoggingConfigurable

from ..models import BackendName, Cluster, ClusterCreate, ClusterPatch, Limits
from ..store import Store


class Backend(LoggingConfigurable):
    """Base of all backends.

    ``start`` fills the store and keeps it true until ``stop``. No coroutine waits for
    a cluster: each returns as soon as the wish is accepted, and the store shows the rest.
    All raise `ClusterError`.
    """

    backend_name: BackendName

    def __init__(self, store: Store, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.store = store

    @property
    def namespace(self) -> str | None:
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

    def python_code(self, name: str) -> str:
        """Return a program that makes a cluster like this one."""
        raise NotImplementedError
