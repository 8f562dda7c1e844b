"""The websocket of a dashboard page: messages both ways, as fast as the slower side."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import time
from typing import TYPE_CHECKING, Any

from jupyter_server.auth.decorator import authorized, ws_authenticated
from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.base.websocket import WebSocketMixin
from tornado import web
from tornado.iostream import StreamClosedError
from tornado.websocket import WebSocketClosedError, WebSocketHandler

from .dashboard_page import CONNECT_LIMIT
from .dashboard_paths import clean_query
from .errors import ClusterError, NotPermitted, SchedulerUnavailable
from .scheduler import base_url, unavailable
from .services import SETTINGS_KEY, Services
from .store import Entry
from .streams import acknowledge

if TYPE_CHECKING:
    import aiohttp

LONGEST = 64 * 2**20
"""Bytes of the longest message of a scheduler that passes; Bokeh's have some 100 kB."""

TURN = 0.002
"""Seconds of messages without a pause after which it is the turn of others."""

_OURS = "v1.token.websocket.jupyter.org"
"""Begins the subprotocol that carries Jupyter's token (jupyter_server 2.17)."""


class _Turns:
    """Lets others have the event loop while messages come without a pause.

    Neither reading nor writing waits as long as both sides keep up.
    """

    def __init__(self) -> None:
        self._begin = time.perf_counter()

    async def pause(self) -> None:
        """Wait for the others, if this has taken long enough."""
        if time.perf_counter() - self._begin > TURN:
            await asyncio.sleep(0)
            self._begin = time.perf_counter()


async def _hang_up(
    session: aiohttp.ClientSession, upstream: aiohttp.ClientWebSocketResponse[Any] | None
) -> None:
    """End a connection at once, whatever the other side still sends or does not read.

    A websocket's ``close()`` alone (aiohttp 3.14) reads on until the other side closes,
    too, and a connection's waits until all is sent.
    """
    if upstream is not None and (wire := upstream.get_extra_info("socket")):
        with contextlib.suppress(OSError):
            wire.shutdown(socket.SHUT_RDWR)
    await session.close()
    if upstream is not None:
        await upstream.close()


class DashboardSocket(WebSocketMixin, WebSocketHandler, JupyterHandler):
    """Connects a browser with the scheduler that ``target`` names."""

    auth_resource = "dask-clusters"
    _upstream: aiohttp.ClientWebSocketResponse[Any] | None = None
    _pump: asyncio.Task[None] | None = None
    _turns: _Turns

    def target(self, *args: Any) -> tuple[Entry, str]:
        raise NotImplementedError

    def is_contained(self, entry: Entry) -> bool:
        raise NotImplementedError

    @ws_authenticated
    @authorized
    async def get(self, *args: str) -> None:
        await self.serve(*args)

    async def serve(self, *args: str) -> None:
        """Connect to the scheduler first, so that a failure is an answer and no riddle."""
        try:
            entry, path = self.target(*args)
            if self.is_contained(entry):
                raise NotPermitted("This dashboard has another address for you.")
            services: Services = self.settings[SETTINGS_KEY]
            session = await services.scheduler.new_session(entry.tunnel)
        except ClusterError as error:
            raise web.HTTPError(error.status, error.message) from error
        try:
            self._upstream = await self._connect(session, entry, path)
            await WebSocketHandler.get(self)  # until it ends
        except ClusterError as error:
            raise web.HTTPError(error.status, error.message) from error
        finally:
            await _hang_up(session, self._upstream)

    async def _connect(
        self, session: aiohttp.ClientSession, entry: Entry, path: str
    ) -> aiohttp.ClientWebSocketResponse[Any]:
        url = "ws" + base_url(entry).removeprefix("http") + path
        url += clean_query(self.request.query)
        from aiohttp import ClientError, WSServerHandshakeError

        async def connect() -> aiohttp.ClientWebSocketResponse[Any]:
            # Pings and the end are for us to answer: aiohttp does so without a pause.
            return await session.ws_connect(
                url,
                protocols=self._protocols(),
                max_msg_size=LONGEST,
                autoping=False,
                autoclose=False,
            )

        try:
            return await asyncio.wait_for(connect(), CONNECT_LIMIT)
        except WSServerHandshakeError as error:
            raise SchedulerUnavailable(
                f"The scheduler of “{entry.cluster.name}” refuses this websocket "
                f"(status {error.status})."
            ) from error
        except (ClientError, OSError, ValueError, asyncio.TimeoutError) as error:
            raise unavailable(entry) from error

    def _protocols(self) -> list[str]:
        """Return the subprotocols for the scheduler: none of Jupyter's.

        Bokeh offers its own and, as a second one, the token of its session.
        """
        offered = self.request.headers.get("Sec-WebSocket-Protocol", "").split(",")
        names = (name.strip() for name in offered)
        return [name for name in names if name and not name.lower().startswith(_OURS)]

    def select_subprotocol(self, subprotocols: list[str]) -> str | None:
        return self._upstream.protocol if self._upstream else None

    def open(self, *args: Any, **kwargs: Any) -> None:
        super().open(*args, **kwargs)
        # Bokeh sends three messages for each of its own; the last ones must not wait until
        # the browser says that it has the first.
        self.set_nodelay(True)
        self._turns = _Turns()
        self._pump = asyncio.create_task(self._receive())

    async def _receive(self) -> None:
        """Pass messages of the scheduler on, no faster than the browser takes them."""
        import aiohttp

        assert self._upstream is not None
        wire = self._upstream.get_extra_info("socket")
        turns = _Turns()
        closed = (WebSocketClosedError, StreamClosedError, ConnectionError)
        with contextlib.suppress(*closed):
            async for message in self._upstream:
                acknowledge(wire)
                if message.type is aiohttp.WSMsgType.BINARY:
                    await self.write_message(message.data, binary=True)
                elif message.type is aiohttp.WSMsgType.TEXT:
                    await self.write_message(message.data)
                elif message.type is aiohttp.WSMsgType.PING:
                    await self._upstream.pong(message.data)
                await turns.pause()
        code = self._upstream.close_code
        # 1006 (and the like) may not be sent: they say that nothing was sent.
        self.close(code if code and code not in (1005, 1006, 1015) else 1001)

    async def on_message(self, message: str | bytes) -> None:
        """Pass a message of the browser on; the next one is read when this one is out."""
        assert self._upstream is not None
        with contextlib.suppress(ConnectionError):
            if isinstance(message, bytes):
                await self._upstream.send_bytes(message)
            else:
                await self._upstream.send_str(message)
        await self._turns.pause()

    def on_close(self) -> None:
        if self._pump is not None:
            self._pump.cancel()
        super().on_close()
