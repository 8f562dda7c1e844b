"""Hints on Jupyter's event bus: which cluster to read again."""

from __future__ import annotations

from pathlib import Path

import msgspec
from jupyter_events import EventLogger

from .models import ClusterEvent

SCHEMA_ID = "https://schema.jupyter.org/jupyter_dask_k8s/clusters/v1"
SCHEMA_FILE = Path(__file__).parent / "events.yaml"


class EventBus:
    """Emits our hints.

    The schema is registered at once: Jupyter's event websocket hears only of schemas that
    were there when it was opened.
    """

    def __init__(self, logger: EventLogger) -> None:
        self._logger = logger
        logger.register_event_schema(SCHEMA_FILE)

    def emit(self, event: ClusterEvent) -> None:
        """Send one hint to every browser that listens."""
        self._logger.emit(schema_id=SCHEMA_ID, data=msgspec.to_builtins(event))
