"""What handlers work with: one object in the web application's settings."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from .backends.base import Backend
from .errors import BackendUnavailable
from .metrics import MetricsHub
from .scheduler import SchedulerClient
from .store import Store

SETTINGS_KEY = "jupyter_dask_k8s"


@dataclass
class Services:
    """The parts that ``app.py`` put together."""

    store: Store
    scheduler: SchedulerClient
    metrics: MetricsHub
    reason: str = "Looking for a backend."
    failed: bool = False
    chosen: Backend | None = field(default=None)

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
    def synced_backend(self) -> Backend:
        """The backend once it knows all clusters; raises `BackendUnavailable` before."""
        backend = self.backend
        if not backend.synced:
            raise BackendUnavailable(backend.trouble or "Reading the list of clusters.")
        return backend
