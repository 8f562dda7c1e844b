"""A scheduler that does not behave, on a thread of its own."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Awaitable, Callable
from typing import Any

Play = Callable[["Talk"], Awaitable[None]]


class Talk:
    """One connection: what was asked, and the raw way back."""

    def __init__(
        self, upstream: Upstream, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.upstream = upstream
        self.reader = reader
        self._writer = writer
        self.head = b""

    async def send(self, data: bytes) -> None:
        """Send as it is, once what was sent before is out."""
        self._writer.write(data)
        self.upstream.sent += len(data)
        await self._writer.drain()

    async def gone(self) -> None:
        """Return when the other side has closed the connection."""
        with contextlib.suppress(ConnectionError):
            while await self.reader.read(4096):
                pass


class Upstream:
    """Listens on ``port``; each request is answered by ``play``."""

    def __init__(self, play: Play) -> None:
        self._play = play
        self.port = 0
        self.heads: list[bytes] = []
        """Requests, as they came."""
        self.sent = 0
        """Bytes that were sent."""
        self.left = threading.Event()
        """Set when a connection has ended."""
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()))

    def __enter__(self) -> Upstream:
        self._thread.start()
        assert self._ready.wait(10)
        return self

    def __exit__(self, *args: Any) -> None:
        self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join(10)
        assert not self._thread.is_alive()

    async def _serve(self) -> None:
        self._loop, self._end = asyncio.get_running_loop(), asyncio.Event()
        self._talks: set[asyncio.Task[Any]] = set()
        server = await asyncio.start_server(self._talk, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._end.wait()
        server.close()
        for task in self._talks:
            task.cancel()
        await asyncio.gather(*self._talks, return_exceptions=True)

    async def _talk(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._talks.add(task)
        talk = Talk(self, reader, writer)
        try:
            with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
                talk.head = await reader.readuntil(b"\r\n\r\n")
                self.heads.append(talk.head)
                await self._play(talk)
        except asyncio.CancelledError:
            pass  # The test is over.
        finally:
            self._talks.discard(task)
            writer.close()
            self.left.set()
