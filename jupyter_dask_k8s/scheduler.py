"""HTTP client for the schedulers of listed clusters.

aiohttp rather than tornado's client, because it keeps connections and streams bodies; it is
imported with the first use and in a thread, since it costs a third of a second.
"""

from __future__ import annotations

import asyncio
import importlib
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from .errors import SchedulerUnavailable
from .store import Entry

if TYPE_CHECKING:
    import aiohttp

T = TypeVar("T")

READ_LIMIT = 5.0
"""Seconds that a scheduler may take to answer a reading."""


class SchedulerClient:
    """Asks the HTTP servers of schedulers; owns the connections."""

    def __init__(self) -> None:
        self._session: aiohttp.ClientSession | None = None
        self._lock = asyncio.Lock()

    async def session(self) -> aiohttp.ClientSession:
        """Return the one client session, made with the first call."""
        async with self._lock:
            if self._session is None:
                loop = asyncio.get_running_loop()
                aiohttp: Any = await loop.run_in_executor(
                    None, importlib.import_module, "aiohttp"
                )
                self._session = aiohttp.ClientSession(
                    # Bodies pass through as they are; nothing of one user's schedulers
                    # may be remembered for another request.
                    auto_decompress=False,
                    cookie_jar=aiohttp.DummyCookieJar(),
                    connector=aiohttp.TCPConnector(limit=0, limit_per_host=0),
                )
            return self._session

    async def close(self) -> None:
        """Close all connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def read(self, entry: Entry, path: str) -> bytes:
        """Return the body at ``path``; raises `SchedulerUnavailable`."""
        import aiohttp

        url = base_url(entry) + path
        timeout = aiohttp.ClientTimeout(total=READ_LIMIT)
        session = await self.session()
        headers = {"Accept-Encoding": "identity"}
        try:
            async with session.get(url, timeout=timeout, headers=headers) as response:
                body = await response.read()
        except (aiohttp.ClientError, asyncio.TimeoutError, OSError):
            raise unavailable(entry) from None
        if response.status != 200:
            raise SchedulerUnavailable(
                f"The scheduler of “{entry.cluster.name}” has no {path} "
                f"(status {response.status}).",
                status=response.status,
            )
        return body

    async def read_json(self, entry: Entry, path: str, type: type[T]) -> T:
        """Return the JSON at ``path`` as ``type``; raises `SchedulerUnavailable`."""
        body = await self.read(entry, path)
        try:
            return msgspec.json.decode(body, type=type)
        except msgspec.MsgspecError:
            raise SchedulerUnavailable(
                f"The scheduler of “{entry.cluster.name}” answers {path} in a form "
                "that this version does not know."
            ) from None


def base_url(entry: Entry) -> str:
    """Return ``http://host:port`` of a scheduler; raises `SchedulerUnavailable`."""
    if entry.dashboard is None:
        raise unavailable(entry)
    return entry.dashboard


def unavailable(entry: Entry) -> SchedulerUnavailable:
    """The error that says why no scheduler answers."""
    cluster = entry.cluster
    why = f" {cluster.reason}" if cluster.reason else ""
    return SchedulerUnavailable(
        f"The scheduler of “{cluster.name}” does not answer.{why}", phase=cluster.phase
    )
