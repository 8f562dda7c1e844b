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
    state: Literal["starting", "ready", "failed"] = "starting"
    reason: str = "Looking for a backend."
    chosen: Backend | None = field(default=None)

    @property
    def backend(self) -> Backend:
        """The backend; raises `BackendUnavailable` while there is none."""
        if self.chosen is None:
            raise BackendUnavailable(self.reason)
        return self.chosen
