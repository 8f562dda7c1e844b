"""Whether the API server still answers us: what an open watch does not tell.

A connection to a server that hangs stays open, and Kubernetes looks at our rights only when
a watch begins. So whoever reads the list lets us ask for next to nothing; nobody does that
while nothing changes, but for the panel's reading once a minute.
"""

from __future__ import annotations

import asyncio
import datetime
import logging
import time
from collections.abc import Callable
from typing import Any

from ...errors import BackendUnavailable, ClusterError
from .api import KubernetesAPI
from .refusals import ApiBusy
from .resources import CLUSTERS

PAUSE = 4.0
"""Seconds between two questions: at most one for each reading, however many there are."""

LIMIT = 5.0
"""Seconds that the API server may take: what it has in memory, it has at once."""

JUMP = 60.0
"""Seconds that the time of day goes and we do not: the machine slept, or it was set."""

LOOKED = 90.0
"""Seconds for which somebody looks who has read: so long we ask again what is wrong."""

QUESTION = {
    "fieldSelector": "metadata.name=is-anybody-there",
    "resourceVersion": "0",
    "limit": "1",
}
"""A list of nothing, from the API server's memory: it does not go to etcd."""


class Pulse:
    """``trouble`` tells what is wrong; ``on_change`` is called when that changes."""

    def __init__(
        self,
        api: KubernetesAPI,
        on_change: Callable[[], None],
        log: logging.Logger | logging.LoggerAdapter[Any],
    ) -> None:
        self.trouble: ClusterError | None = None
        self.troubled_since: datetime.datetime | None = None
        self._api = api
        self._on_change = on_change
        self._log = log
        self._looked = float("-inf")
        self._wake = asyncio.Event()
        self._shift = time.time() - time.monotonic()

    def look(self) -> None:
        """Somebody looks at what we know."""
        self._looked = time.monotonic()
        self._wake.set()

    async def run(self) -> None:
        """Ask when somebody has read, and again while something is wrong; never ends."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            slept = self._slept()
            self._take(await self._ask())
            if slept:
                # Meanwhile routers may have forgotten our connections.
                self._api.doubt()
            await asyncio.sleep(PAUSE)
            if self.trouble is not None and time.monotonic() - self._looked < LOOKED:
                self._wake.set()

    def _slept(self) -> bool:
        """Tell whether the machine slept since this was asked last."""
        before, self._shift = self._shift, time.time() - time.monotonic()
        return abs(self._shift - before) > JUMP

    async def _ask(self) -> ClusterError | None:
        """Return what is wrong."""
        try:
            await asyncio.wait_for(
                self._api.request("GET", CLUSTERS, params=QUESTION), LIMIT
            )
        except asyncio.TimeoutError:
            return BackendUnavailable(
                f"The Kubernetes API at {self._api.access.host} does not answer in time."
            )
        except ApiBusy:
            return None  # it is there
        except ClusterError as error:
            return error
        return None

    def _take(self, trouble: ClusterError | None) -> None:
        before = self.trouble
        self.trouble = trouble
        if trouble is None:
            self.troubled_since = None
        elif self.troubled_since is None:
            self.troubled_since = datetime.datetime.now(datetime.timezone.utc)
        if (before and before.message) == (trouble and trouble.message):
            return
        if trouble is not None:
            self._log.warning("Asking Kubernetes: %s", trouble.message)
        self._on_change()
