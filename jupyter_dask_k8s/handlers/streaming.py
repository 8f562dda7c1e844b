"""Answers that go on: sent piece by piece, and no faster than the client reads."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator

from tornado.iostream import StreamClosedError

from ..errors import BackendUnavailable, ClusterError, InvalidField
from ..streams import keep_alive
from .base import Handler

FIRST = 30.0
"""Seconds until it must be known whether there is something to send."""

STALL = 600.0
"""Seconds that a client may take to read one piece; what lasts longer is no reading."""

BEAT = 30.0
"""Seconds of silence after which gateways see a sign of life, where one is possible."""


class StreamHandler(Handler):
    """Base of handlers whose answer may go on as long as the client reads.

    The next piece is asked for when the last one has left for the client, so that neither
    our memory nor the event loop suffers from much text or slow readers. The end of the
    client, or of the server, ends the source of the pieces at once.
    """

    _sending: asyncio.Task[None] | None = None

    async def stream(
        self, pieces: AsyncGenerator[bytes, None], mimetype: str, beat: bytes = b""
    ) -> None:
        """Send pieces until there are no more.

        The first piece (it may be empty) tells that all is well: what is raised before is
        an ordinary error. ``beat`` is sent after each `BEAT` seconds of silence.
        """

        async def send() -> None:
            async with contextlib.aclosing(pieces):
                await self._send(pieces, mimetype, beat)

        self._sending = sending = self.services.streams.start(send)
        try:
            await asyncio.wait({sending})
        finally:
            sending.cancel()
        # Cancelled: client or server is gone, and nobody is there to be told.
        if not sending.cancelled():
            sending.result()

    def on_connection_close(self) -> None:
        """Stop asking for more."""
        super().on_connection_close()
        if self._sending is not None:
            self._sending.cancel()

    def flag(self, name: str) -> bool:
        """Return a query argument that is ``0`` or ``1``; raises `InvalidField`."""
        text = self.get_query_argument(name, "0")
        if text not in ("0", "1"):
            raise InvalidField(name, f"“{name}” is 0 or 1, not “{text[:40]}”.")
        return text == "1"

    async def _send(
        self, pieces: AsyncGenerator[bytes, None], mimetype: str, beat: bytes
    ) -> None:
        try:
            first = await asyncio.wait_for(_next(pieces), FIRST)
        except asyncio.TimeoutError:
            raise BackendUnavailable(
                f"Nothing came within {FIRST:g} s. Try again in a moment."
            ) from None
        self._keep_alive()
        self.set_header("Content-Type", mimetype)
        self.set_header("Cache-Control", "no-store")
        # nginx would wait for more before it sends a piece on.
        self.set_header("X-Accel-Buffering", "no")
        with contextlib.suppress(StreamClosedError):
            await self._put(first or b"")
            await self._pump(pieces, beat)

    def _keep_alive(self) -> None:
        """Notice a client that vanishes while there is nothing to send."""
        stream = getattr(self.request.connection, "stream", None)
        if stream is not None and stream.socket is not None:
            with contextlib.suppress(OSError):
                keep_alive(stream.socket)

    async def _pump(self, pieces: AsyncGenerator[bytes, None], beat: bytes) -> None:
        coming: asyncio.Task[bytes | None] | None = None
        try:
            while True:
                coming = asyncio.create_task(_next(pieces))
                while not (await asyncio.wait({coming}, timeout=BEAT))[0]:
                    if beat:
                        await self._put(beat)
                piece = coming.result()
                if piece is None:
                    return
                await self._put(piece)
        except ClusterError as error:
            # Headers have gone: the end of the answer is all that is left to tell it.
            self.log.info("A stream for %s ends: %s", self.request.path, error.message)
        finally:
            if coming is not None:
                coming.cancel()
                await asyncio.gather(coming, return_exceptions=True)

    async def _put(self, piece: bytes) -> None:
        """Send a piece; returns when it has left for the client."""
        if piece:
            self.write(piece)
        try:
            await asyncio.wait_for(self.flush(), STALL)
        except asyncio.TimeoutError:
            # What is left for this client would wait with it.
            self.detach().close()
            raise StreamClosedError from None


async def _next(pieces: AsyncGenerator[bytes, None]) -> bytes | None:
    """Return the next piece; ``None`` after the last one."""
    async for piece in pieces:
        return piece
    return None
