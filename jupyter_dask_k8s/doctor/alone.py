"""A backend without a server, for the command line."""

from __future__ import annotations

import asyncio
from typing import Any

from traitlets.config import LoggingConfigurable

from ..backends.base import Backend
from ..backends.choice import choose_backend, remedy_of
from ..errors import ClusterError
from ..scheduler import SchedulerClient
from ..store import Store
from .run import Situation

LOOK_AGAIN = 0.05
"""Seconds between two looks at whether everything has been read."""


class Alone:
    """Starts the backend of a server with this configuration, and ends it again.

    ``limit``: seconds that it may take to read what there is.
    """

    def __init__(self, wish: str, parent: LoggingConfigurable, limit: float) -> None:
        self._wish = wish
        self._parent = parent
        self._limit = limit
        self._store = Store(lambda event: None)
        self._scheduler = SchedulerClient()
        self._backends: list[Backend] = []

    async def __aenter__(self) -> Situation:
        try:
            chosen = await choose_backend(self._wish, self._make)
            backends = [it for it in (chosen.backend, chosen.second) if it is not None]
            await chosen.start()
        except ClusterError as error:
            remedy = await remedy_of(error, self._make)
            return Situation((), True, error.message, remedy=remedy)
        await self._read(backends)
        return Situation(backends, False, chosen.reason, chosen.passed_over)

    async def __aexit__(self, *args: Any) -> None:
        for backend in self._backends:
            await backend.stop()
        await self._scheduler.close()

    def _make(self, kind: type[Backend]) -> Backend:
        backend = kind(
            self._store,
            self._scheduler,
            lambda: None,
            parent=self._parent,
            log=self._parent.log,
        )
        self._backends.append(backend)
        return backend

    async def _read(self, backends: list[Backend]) -> None:
        """Wait until everything is known, or cannot be."""
        loop = asyncio.get_running_loop()
        end = loop.time() + self._limit
        while loop.time() < end:
            if all(it.synced or it.missing for it in backends):
                return
            await asyncio.sleep(LOOK_AGAIN)
