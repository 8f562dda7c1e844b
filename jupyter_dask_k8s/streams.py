"""Answers that go on: how many there may be at once; they end with the server."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Coroutine
from typing import Any

from .errors import TooManyStreams
from .tasks import end


def keep_alive(sock: socket.socket) -> None:
    """Let a socket find out by itself, within a minute, that its other end is gone."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for option, value in (("TCP_KEEPIDLE", 20), ("TCP_KEEPINTVL", 10), ("TCP_KEEPCNT", 3)):
        if hasattr(socket, option) and sock.family != getattr(socket, "AF_UNIX", None):
            sock.setsockopt(socket.IPPROTO_TCP, getattr(socket, option), value)


class Streams:
    """Owns the tasks that send logs and events; at most ``limit`` at the same time."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._tasks: set[asyncio.Task[None]] = set()

    def __len__(self) -> int:
        return len(self._tasks)

    def start(self, send: Callable[[], Coroutine[Any, Any, None]]) -> asyncio.Task[None]:
        """Begin to send; raises `TooManyStreams`."""
        if len(self._tasks) >= self._limit:
            raise TooManyStreams(self._limit)
        task = asyncio.create_task(send())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def close(self) -> None:
        """End all of them."""
        tasks = list(self._tasks)
        await end(tasks)
