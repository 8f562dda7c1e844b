"""The dashboard proxy: a cluster's name becomes an address, HTTP and websockets pass.

Clients name clusters, never hosts. Only pages of the dashboard pass: a scheduler also has
``/proxy/*`` (which reaches any host) and ``/api/*`` (which retires workers). Neither
cookies nor tokens of Jupyter reach a scheduler, and no cookie of a scheduler comes back.
Requests here are no sign of a user's activity (these are no API handlers).
"""

from __future__ import annotations

import asyncio
import contextlib
import html
import re
from typing import TYPE_CHECKING, Any

from jupyter_server.auth.decorator import authorized, ws_authenticated
from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.base.websocket import WebSocketMixin
from jupyter_server.utils import url_path_join
from tornado import web
from tornado.iostream import StreamClosedError
from tornado.websocket import WebSocketClosedError, WebSocketHandler

from .dashboard_paths import check_path, clean_query
from .errors import ClusterError, ClusterNotFound, NotPermitted, SchedulerUnavailable
from .scheduler import base_url, unavailable
from .services import SETTINGS_KEY, Services
from .store import Entry

if TYPE_CHECKING:
    import aiohttp

_REQUEST_HEADERS = (
    "Accept",
    "Accept-Encoding",
    "Accept-Language",
    "If-Modified-Since",
    "If-None-Match",
    "Range",
    "User-Agent",
)
_RESPONSE_HEADERS = (
    "Accept-Ranges",
    "Cache-Control",
    "Content-Encoding",
    "Content-Length",
    "Content-Range",
    "Content-Type",
    "ETag",
    "Expires",
    "Last-Modified",
    "Vary",
)
CONNECT_LIMIT = 5.0
"""Seconds that a scheduler may take to accept a connection."""

READ_LIMIT = 60.0
"""Seconds that a scheduler may stay silent within an answer."""

_CHUNK = 256 * 1024


class _ByCluster:
    """Finds the scheduler by the name of its cluster."""

    settings: dict[str, Any]

    @property
    def services(self) -> Services:
        services: Services = self.settings[SETTINGS_KEY]
        return services

    def target(self, name: str, *path: str | None) -> tuple[Entry, str]:
        """Return the entry and the scheduler's path; raises `ClusterError`."""
        return self.services.store.entry(name), self.join(path)

    def join(self, path: tuple[str | None, ...]) -> str:
        return check_path("".join(part or "" for part in path))

    def prefix(self, name: str, *path: str) -> str:
        """Return where this dashboard begins on our side."""
        return url_path_join(
            self.settings["base_url"], "dask-k8s/clusters", name, "dashboard"
        )


class _ByAddress(_ByCluster):
    """Finds the scheduler by the address in a link that ``dask.distributed`` made."""

    def target(self, host: str, *rest: str | None) -> tuple[Entry, str]:
        """Return the entry and the scheduler's path; raises `ClusterError`."""
        port, *path = rest
        entry = self.services.store.find_address(host, int(port or 0))
        if entry is None:
            error = ClusterNotFound(f"{host}:{port}")
            error.message = f"No cluster in the list has its dashboard at {host}:{port}."
            if host in ("localhost", "127.0.0.1"):
                error.message += (
                    " Clusters that a notebook makes by itself, as with Client() or "
                    "LocalCluster(), are not in the list."
                )
            raise error
        return entry, self.join(tuple(path))

    def prefix(self, host: str, *rest: str) -> str:
        """Return where this dashboard begins on our side."""
        return url_path_join(
            self.settings["base_url"], "dask-k8s/dashboard", f"{host}:{rest[0]}"
        )


class _Page(JupyterHandler):
    """One page or file of a dashboard."""

    auth_resource = "dask-clusters"

    def target(self, *args: Any) -> tuple[Entry, str]:
        raise NotImplementedError

    def prefix(self, *args: Any) -> str:
        raise NotImplementedError

    def compute_etag(self) -> None:
        # The scheduler's own ETag passes through.
        return None

    @web.authenticated
    @authorized
    async def get(self, *args: str) -> None:
        entry, path = self.target(*args)
        url = base_url(entry) + path + clean_query(self.request.query)
        services: Services = self.settings[SETTINGS_KEY]
        session = await services.scheduler.session(entry.tunnel)
        from aiohttp import ClientError  # loaded with the session

        try:
            async with self._ask(session, url) as response:
                await self._pass_on(response, args)
        except StreamClosedError:
            pass  # The browser went away.
        except (ClientError, OSError, asyncio.TimeoutError) as error:
            self._broken(entry, error)

    head = get

    def _ask(self, session: aiohttp.ClientSession, url: str) -> Any:
        import aiohttp
        from yarl import URL

        given = self.request.headers
        return session.request(
            self.request.method or "GET",
            URL(url, encoded=True),
            headers={name: given[name] for name in _REQUEST_HEADERS if name in given},
            allow_redirects=False,
            timeout=aiohttp.ClientTimeout(
                total=None, sock_connect=CONNECT_LIMIT, sock_read=READ_LIMIT
            ),
        )

    async def _pass_on(
        self, response: aiohttp.ClientResponse, args: tuple[str, ...]
    ) -> None:
        self.set_status(response.status, response.reason)
        self.clear_header("Content-Type")
        for name in _RESPONSE_HEADERS:
            if name in response.headers:
                self.set_header(name, response.headers[name])
        if location := response.headers.get("Location"):
            self.set_header("Location", self._location(location, args))
        if self.request.method != "HEAD":
            async for chunk in response.content.iter_chunked(_CHUNK):
                self.write(chunk)
                await self.flush()
        await self.finish()

    def _location(self, location: str, args: tuple[str, ...]) -> str:
        """Keep redirects within this dashboard."""
        if re.match(r"[a-z]+:|//", location, re.IGNORECASE):
            raise NotPermitted("The scheduler redirects to another place.")
        return (
            url_path_join(self.prefix(*args), location) if location[0] == "/" else location
        )

    def _broken(self, entry: Entry, error: BaseException) -> None:
        self.log.debug("Dashboard of %s: %r", entry.cluster.name, error)
        if self._headers_written:
            # Too late for a sentence: a broken connection shows that the body is not whole.
            self.request.connection.stream.close()  # type: ignore[union-attr]
        else:
            raise unavailable(entry) from error

    def send_error(self, status_code: int = 500, **kwargs: Any) -> None:
        error = (kwargs.get("exc_info") or (None, None))[1]
        if isinstance(error, ClusterError):
            status_code = error.status
        super().send_error(status_code, **kwargs)

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        error = (kwargs.get("exc_info") or (None, None))[1]
        if not isinstance(error, ClusterError):
            super().write_error(status_code, **kwargs)
            return
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.finish(_ERROR_PAGE.format(message=html.escape(error.message)))

    def log_exception(self, typ: Any, value: Any, tb: Any) -> None:
        if not isinstance(value, ClusterError):
            super().log_exception(typ, value, tb)


_ERROR_PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Dask dashboard</title>
<meta name="color-scheme" content="light dark"></head>
<body style="font-family: system-ui, sans-serif; padding: 2em"><p>{message}</p></body>
</html>
"""


def _socket_path(path: tuple[str | None, ...]) -> str:
    """Return where a websocket is on the scheduler; raises `NotPermitted`.

    The cluster map has one that is no part of a page. It must not be asked for as a page:
    the scheduler (distributed 2026.8) would keep what it makes for each websocket.
    """
    whole = "".join(part or "" for part in path)
    return f"/{whole}" if whole == "eventstream" else check_path(whole)


class _Socket(WebSocketMixin, WebSocketHandler, JupyterHandler):
    """The websocket of a dashboard page."""

    auth_resource = "dask-clusters"
    _upstream: aiohttp.ClientWebSocketResponse[Any] | None = None
    _pump: asyncio.Task[None] | None = None

    def target(self, *args: Any) -> tuple[Entry, str]:
        raise NotImplementedError

    @ws_authenticated
    @authorized
    async def get(self, *args: str) -> None:
        """Connect to the scheduler first, so that a failure is an answer and no riddle."""
        try:
            entry, path = self.target(*args)
            upstream = await self._connect(entry, path)
        except ClusterError as error:
            raise web.HTTPError(error.status, error.message) from error
        self._upstream = upstream
        await super().get()
        if self.ws_connection is None:  # refused: another origin, say
            await upstream.close()

    async def _connect(
        self, entry: Entry, path: str
    ) -> aiohttp.ClientWebSocketResponse[Any]:
        services: Services = self.settings[SETTINGS_KEY]
        session = await services.scheduler.session(entry.tunnel)
        url = "ws" + base_url(entry).removeprefix("http") + path
        from aiohttp import ClientError, WSServerHandshakeError

        # Bokeh offers its subprotocol and, as a second one, the token of the session.
        offered = self.request.headers.get("Sec-WebSocket-Protocol", "").split(",")
        protocols = tuple(name.strip() for name in offered if name.strip())
        url += clean_query(self.request.query)

        async def connect() -> aiohttp.ClientWebSocketResponse[Any]:
            return await session.ws_connect(url, protocols=protocols, max_msg_size=0)

        try:
            return await asyncio.wait_for(connect(), CONNECT_LIMIT)
        except WSServerHandshakeError as error:
            raise SchedulerUnavailable(
                f"The scheduler of “{entry.cluster.name}” refuses this websocket "
                f"(status {error.status})."
            ) from error
        except (ClientError, OSError, asyncio.TimeoutError) as error:
            raise unavailable(entry) from error

    def select_subprotocol(self, subprotocols: list[str]) -> str | None:
        return self._upstream.protocol if self._upstream else None

    def open(self, *args: Any, **kwargs: Any) -> None:
        super().open(*args, **kwargs)
        self._pump = asyncio.create_task(self._receive())

    async def _receive(self) -> None:
        """Pass messages of the scheduler on, no faster than the browser takes them."""
        import aiohttp

        assert self._upstream is not None
        with contextlib.suppress(WebSocketClosedError, StreamClosedError):
            async for message in self._upstream:
                if message.type is aiohttp.WSMsgType.BINARY:
                    await self.write_message(message.data, binary=True)
                elif message.type is aiohttp.WSMsgType.TEXT:
                    await self.write_message(message.data)
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

    def on_close(self) -> None:
        if self._pump is not None:
            self._pump.cancel()
        if self._upstream is not None:
            self._closing = asyncio.ensure_future(self._upstream.close())
        super().on_close()


class ClusterPage(_ByCluster, _Page):
    """``clusters/{name}/dashboard/{path}``."""


class ClusterSocket(_ByCluster, _Socket):
    """``clusters/{name}/dashboard/{path}/ws``; the cluster map has ``eventstream``."""

    def join(self, path: tuple[str | None, ...]) -> str:
        return _socket_path(path)


class AddressPage(_ByAddress, _Page):
    """``dashboard/{host}:{port}/{path}``."""


class AddressSocket(_ByAddress, _Socket):
    """``dashboard/{host}:{port}/{path}/ws`` and ``eventstream``."""

    def join(self, path: tuple[str | None, ...]) -> str:
        return _socket_path(path)
