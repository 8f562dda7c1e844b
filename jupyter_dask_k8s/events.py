"""Hints on Jupyter's event bus: which cluster to read again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from .models import ClusterEvent

SCHEMA_ID = "https://schema.jupyter.org/jupyter_dask_k8s/clusters/v1"
SCHEMA_FILE = Path(__file__).parent / "events.yaml"


class EventBus:
    """Emits our hints; registers their schema with the first one.

    Reading the schema costs some milliseconds that Jupyter's start should not pay.
    """

    def __init__(self, logger: Any) -> None:
        self._logger = logger
        self._registered = False

    def emit(self, event: ClusterEvent) -> None:
        """Send one hint to every browser that listens."""
        if not self._registered:
            self._logger.register_event_schema(SCHEMA_FILE)
            self._registered = True
        self._logger.emit(schema_id=SCHEMA_ID, data=msgspec.to_builtins(event))
