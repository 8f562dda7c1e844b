"""What a container printed last before it ended: read once for each time that it did."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any

from ...errors import ClusterError
from ...tasks import end
from .api import KubernetesAPI
from .diagnosis.crashes import last_words
from .objects import ContainerStatus, Pod

LINES = 120
BYTES = 65536
"""What is read of a log: Dask tells why a worker fails to start 50 lines before the end.

Kubernetes counts both from the same place: too few bytes would cut the end off.
"""

LIMIT = 5.0
"""Seconds that a log may take."""

AT_ONCE = 2
"""Logs that are read at the same time."""

KEPT = 200
"""Containers whose words are kept."""

Key = tuple[str, str, int]


class LastWords:
    """Knows the last words of containers; ``on_change`` hears whose cluster has new ones.

    Only asked for when a sentence needs them, so of few pods, however many crash.
    """

    def __init__(
        self,
        api: KubernetesAPI,
        on_change: Callable[[str], None],
        log: logging.Logger | logging.LoggerAdapter[Any],
    ) -> None:
        self._api = api
        self._on_change = on_change
        self._log = log
        self._known: dict[Key, str] = {}
        self._last: dict[tuple[str, str], str] = {}
        """The words of a container whatever the time it ended: better than none."""
        self._tasks: dict[Key, asyncio.Task[None]] = {}
        self._slots = asyncio.Semaphore(AT_ONCE)

    def words(self, pod: Pod, status: ContainerStatus) -> str:
        """Return the last words; where they are not known yet, those of the time before."""
        over = status.state.terminated is not None
        place = (pod.metadata.uid, status.name)
        key = (*place, status.restart_count + over)
        if key not in self._known and key not in self._tasks:
            told = _told(status)
            if told:
                self._keep(key, told)
            else:
                read = self._read(key, pod, status.name, previous=not over)
                self._tasks[key] = asyncio.create_task(read)
        return self._known.get(key) or self._last.get(place, "")

    async def close(self) -> None:
        """Read nothing more."""
        tasks = list(self._tasks.values())
        await end(tasks)

    def _keep(self, key: Key, words: str) -> None:
        self._known[key] = words
        if words:
            self._last[key[:2]] = words
        while len(self._known) > KEPT:
            oldest = next(iter(self._known))
            del self._known[oldest]
            self._last.pop(oldest[:2], None)

    async def _read(self, key: Key, pod: Pod, container: str, *, previous: bool) -> None:
        params = {
            "container": container,
            "previous": "true" if previous else "false",
            "tailLines": str(LINES),
            "limitBytes": str(BYTES),
        }
        words = ""
        try:
            async with self._slots:
                words = await asyncio.wait_for(self._ask(pod.metadata.name, params), LIMIT)
        except (ClusterError, OSError, asyncio.TimeoutError) as error:
            self._log.debug("The log of %s cannot be read: %s", pod.metadata.name, error)
        finally:
            self._tasks.pop(key, None)
        self._keep(key, words)
        if words:
            self._on_change(pod.metadata.labels.cluster)

    async def _ask(self, pod: str, params: dict[str, str]) -> str:
        data = bytearray()
        async for chunk in self._api.log(pod, params):
            data += chunk
        return last_words(data.decode(errors="replace").splitlines())


def _told(status: ContainerStatus) -> str:
    """Return what the container itself left as its message, which is in the pod."""
    ended = status.state.terminated or status.last_state.terminated
    return last_words(ended.message.splitlines()) if ended is not None else ""
