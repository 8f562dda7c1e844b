"""What handlers work with: one object in the web application's settings."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from traitlets.config import Config

from .backends.base import Backend
from .capabilities import Capabilities
from .containment import Trusted, is_contained
from .doctor.shared import SharedRun
from .errors import BackendUnavailable, InvalidField
from .models import BackendName, Cluster
from .monitor.hub import MetricsHub
from .scheduler import SchedulerClient
from .store import Store
from .streams import Streams

SETTINGS_KEY = "jupyter_dask_k8s"


@dataclass
class Services:
    """The parts that ``app.py`` put together."""

    store: Store
    scheduler: SchedulerClient
    metrics: MetricsHub
    streams: Streams
    trusted_dashboards: Trusted = "unowned"
    capabilities: Capabilities = field(default_factory=Capabilities)
    doctor: SharedRun = field(default_factory=SharedRun)
    config: Config = field(default_factory=Config)
    """All settings of the server, also those that nothing reads."""
    reason: str = "Looking for a backend."
    failed: bool = False
    remedy: str = ""
    """Settings that mend what has failed."""
    passed_over: bool = False
    """Whether there is a Kubernetes that could not be used."""
    chosen: Backend | None = field(default=None)
    second: Backend | None = field(default=None)
    """Where there are two backends: the one that is not meant without saying so."""

    @property
    def state(self) -> Literal["starting", "ready", "failed"]:
        """How far we are: ``ready`` once the list of clusters is known."""
        if self.failed:
            return "failed"
        return "ready" if self.chosen and self.chosen.synced else "starting"

    @property
    def backend(self) -> Backend:
        """The backend; raises `BackendUnavailable` while there is none."""
        if self.chosen is None:
            raise BackendUnavailable(self.reason)
        return self.chosen

    @property
    def backends(self) -> list[Backend]:
        """All backends, the one that is meant without saying so first."""
        return [it for it in (self.chosen, self.second) if it is not None]

    def backend_named(self, name: BackendName | None) -> Backend:
        """Return the backend that a new cluster asks for; raises `InvalidField`."""
        if name is None:
            return self.backend
        for backend in self.backends:
            if backend.backend_name == name:
                return backend
        raise InvalidField("backend", f"Clusters cannot be made on “{name}” here.")

    def backend_of(self, name: str) -> Backend:
        """Return the backend of a cluster; raises `ClusterNotFound`."""
        self.synced_backend  # noqa: B018  # or the cluster may only seem to be missing
        return self.backend_named(self.store.get(name).backend)

    def contains(self, cluster: Cluster, me: str) -> bool:
        """Return whether an owner is shown this dashboard without Jupyter's origin."""
        return is_contained(cluster, me, self.trusted_dashboards)

    @property
    def synced_backend(self) -> Backend:
        """The backend once it knows all clusters; raises `BackendUnavailable` before."""
        backend = self.backend
        backend.look()
        if not backend.synced:
            raise BackendUnavailable(backend.trouble or "Reading the list of clusters.")
        return backend
