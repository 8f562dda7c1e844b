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
from .store import SILENT, Entry

if TYPE_CHECKING:
    import aiohttp
    from aiohttp import ClientSession

T = TypeVar("T")

READ_LIMIT = 5.0
"""Seconds that a scheduler may take to answer a reading."""


class SchedulerClient:
    """Asks the HTTP servers of schedulers; owns the connections."""

    def __init__(self) -> None:
        self._sessions: dict[tuple[str | None, bool], aiohttp.ClientSession] = {}
        self._lock = asyncio.Lock()

    async def session(
        self, tunnel: str | None, lasting: bool = True
    ) -> aiohttp.ClientSession:
        """Return the client session of a tunnel, or the one for all direct connections.

        The connections of one that is not ``lasting`` serve one request each: where a wire
        may have died unseen, as while a laptop slept, nobody waits for what was open.
        """
        async with self._lock:
            key = (tunnel, lasting)
            if key not in self._sessions:
                self._sessions[key] = await self.new_session(tunnel, lasting)
            return self._sessions[key]

    async def new_session(
        self, tunnel: str | None, lasting: bool = True
    ) -> aiohttp.ClientSession:
        """Return a client session that the caller has to close; it ends its connections."""
        loop = asyncio.get_running_loop()
        aiohttp: Any = await loop.run_in_executor(None, importlib.import_module, "aiohttp")
        if tunnel is None:
            connector = aiohttp.TCPConnector(limit=0, force_close=not lasting)
        else:
            connector = aiohttp.UnixConnector(tunnel, limit=0, force_close=not lasting)
        session: ClientSession = aiohttp.ClientSession(
            # Bodies pass through as they are; nothing of one user's schedulers
            # may be remembered for another request.
            auto_decompress=False,
            cookie_jar=aiohttp.DummyCookieJar(),
            connector=connector,
        )
        return session

    async def forget(self, tunnel: str | None) -> None:
        """Close the connections of a tunnel."""
        for key in [key for key in self._sessions if key[0] == tunnel]:
            if session := self._sessions.pop(key, None):
                await session.close()

    async def close(self) -> None:
        """Close all connections."""
        for tunnel, _ in list(self._sessions):
            await self.forget(tunnel)

    async def check(self, base: str, tunnel: str | None, limit: float) -> str:
        """Ask for ``/health``; return what is wrong, an empty string when it is well."""
        session = await self.session(tunnel)
        import aiohttp

        timeout = aiohttp.ClientTimeout(total=limit)
        try:
            async with session.get(f"{base}/health", timeout=timeout) as response:
                await response.read()
        except asyncio.TimeoutError:
            return f"{base} does not answer within {limit:g} s."
        except (aiohttp.ClientError, OSError) as error:
            return f"{base} cannot be reached: {error or type(error).__name__}."
        return "" if response.status == 200 else f"{base} answers {response.status}."

    async def read(self, entry: Entry, path: str) -> bytes:
        """Return the body at ``path``; raises `SchedulerUnavailable`."""
        return await self.send("GET", entry, path)

    async def send(
        self,
        method: str,
        entry: Entry,
        path: str,
        data: Any = None,
        limit: float = READ_LIMIT,
    ) -> bytes:
        """Send ``data`` as JSON and return the answer; raises `SchedulerUnavailable`."""
        url = base_url(entry) + path
        session = await self.session(entry.tunnel)
        import aiohttp

        timeout = aiohttp.ClientTimeout(total=limit)
        headers = {"Accept-Encoding": "identity"}
        body = None if data is None else msgspec.json.encode(data)
        try:
            async with session.request(
                method, url, data=body, timeout=timeout, headers=headers
            ) as response:
                body = await response.read()
        except (aiohttp.ClientError, asyncio.TimeoutError, OSError):
            raise unavailable(entry) from None
        if response.status != 200:
            raise SchedulerUnavailable(
                f"The scheduler of “{entry.cluster.name}” has no {path.partition('?')[0]} "
                f"(status {response.status}).",
                status=response.status,
            )
        return body

    async def read_json(self, entry: Entry, path: str, type: type[T]) -> T:
        """Return the JSON at ``path`` as ``type``; raises `SchedulerUnavailable`."""
        return decode(entry, await self.read(entry, path), type)


def decode(entry: Entry, body: bytes, type: type[T]) -> T:
    """Return an answer's JSON as ``type``; raises `SchedulerUnavailable`."""
    try:
        return msgspec.json.decode(body, type=type)
    except msgspec.MsgspecError:
        raise unknown_form(entry) from None


def base_url(entry: Entry) -> str:
    """Return ``http://host:port`` of a scheduler; raises `SchedulerUnavailable`."""
    if entry.dashboard is None:
        raise unavailable(entry)
    return entry.dashboard


def unavailable(entry: Entry) -> SchedulerUnavailable:
    """The error that says why no scheduler answers."""
    cluster = entry.cluster
    why = f" {cluster.reason}" if cluster.reason not in ("", SILENT) else ""
    return SchedulerUnavailable(
        f"The scheduler of “{cluster.name}” does not answer.{why}", phase=cluster.phase
    )


def unknown_form(entry: Entry) -> SchedulerUnavailable:
    """The error that says that a scheduler answers, but in another way."""
    return SchedulerUnavailable(
        f"The scheduler of “{entry.cluster.name}” answers in a form that this version "
        "does not know."
    )
