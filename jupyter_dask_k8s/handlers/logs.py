"""``api/clusters/{name}/logs?pod=&container=&tail=&follow=&previous=``."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator

from jupyter_server.auth.decorator import authorized
from tornado import web

from ..backends.base import LogQuery
from ..errors import ClusterError, InvalidField
from .streaming import StreamHandler

TAIL = 1000
MOST = 100_000
"""Lines of a log that a client gets where it says nothing, and at most."""

_TEXT = "text/plain; charset=utf-8"


class LogsHandler(StreamHandler):
    """What a pod prints, byte for byte; where it breaks off, a last line says why."""

    @web.authenticated
    @authorized
    async def get(self, name: str) -> None:
        backend = self.services.backend_of(name)
        query = LogQuery(
            pod=self.get_query_argument("pod", ""),
            container=self.get_query_argument("container", ""),
            tail=self._tail(),
            follow=self.flag("follow"),
            previous=self.flag("previous"),
        )
        await self.stream(_told(backend.logs(name, query)), _TEXT)

    def _tail(self) -> int:
        lines = self.lines("tail")
        if lines is None:
            return TAIL
        if lines > MOST:
            raise InvalidField("tail", f"“tail” is at most {MOST} lines, not {lines}.")
        return lines


async def _told(pieces: AsyncGenerator[bytes, None]) -> AsyncGenerator[bytes, None]:
    """Yield all pieces; an error after the first one becomes a line of the log."""
    begun, last = False, b""
    async with contextlib.aclosing(pieces):
        try:
            async for piece in pieces:
                begun, last = True, piece or last
                yield piece
        except ClusterError as error:
            if not begun:
                raise
            newline = "" if last.endswith(b"\n") or not last else "\n"
            yield f"{newline}[{error.message}]\n".encode()
