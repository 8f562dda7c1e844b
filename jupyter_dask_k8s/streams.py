"""Answers that go on: how many there may be at once; they end with the server."""

from __future__ import annotations

import asyncio
import contextlib
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


def acknowledge(sock: socket.socket | None) -> None:
    """Tell the sender at once what has come, where the system can (Linux).

    It would do so after 40 ms, until which a sender with Nagle's algorithm holds back what
    is small. This holds for what is here now, so call it each time.
    """
    if sock is not None and hasattr(socket, "TCP_QUICKACK"):
        with contextlib.suppress(OSError):  # closed, or no TCP
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)


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
