"""One page or file of a scheduler's dashboard, as it is and without what is not for us.

What a scheduler says is not trusted: it runs whatever its users submit.
"""

from __future__ import annotations

import asyncio
import html
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from jupyter_server.auth.decorator import authorized
from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.utils import url_path_join
from tornado import web
from tornado.iostream import StreamClosedError

from .dashboard_paths import check_location, clean_query, contained_path
from .errors import ClusterError
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


class DashboardPage(JupyterHandler):
    """Passes a request on to the scheduler that ``target`` names, and its answer back."""

    auth_resource = "dask-clusters"
    _asking: asyncio.Task[Any] | None = None

    def target(self, *args: Any) -> tuple[Entry, str]:
        raise NotImplementedError

    def prefix(self, *args: Any) -> str:
        raise NotImplementedError

    def is_contained(self, entry: Entry) -> bool:
        raise NotImplementedError

    def compute_etag(self) -> None:
        # The scheduler's own ETag passes through.
        return None

    @web.authenticated
    @authorized
    async def get(self, *args: str) -> None:
        await self.show(*args)

    head = get

    async def show(self, *args: str) -> None:
        """Answer with the page, or with where it is instead; raises `ClusterError`."""
        entry, path = self.target(*args)
        if self.is_contained(entry):
            self._lead(entry, path)
            return
        self._asking = asyncio.current_task()
        try:
            await self._answer(entry, path, self.prefix(*args))
        except asyncio.CancelledError:
            if self._asking is not None:
                raise
            # The browser went away; so nobody asks the scheduler any more, either.
        finally:
            self._asking = None

    def _lead(self, entry: Entry, path: str) -> None:
        """Lead to the same page without Jupyter's origin."""
        services: Services = self.settings[SETTINGS_KEY]
        place = contained_path(services.capabilities.issue(entry.cluster))
        self.set_header("Cache-Control", "no-store")
        self.set_header("Referrer-Policy", "no-referrer")
        there = path + clean_query(self.request.query)
        self.redirect(url_path_join(self.settings["base_url"], place) + there)

    def on_connection_close(self) -> None:
        asking, self._asking = self._asking, None
        if asking is not None:
            asking.cancel()
        super().on_connection_close()

    async def _answer(self, entry: Entry, path: str, prefix: str) -> None:
        base = base_url(entry)
        services: Services = self.settings[SETTINGS_KEY]
        lasting = entry.tunnel is None
        session = await services.scheduler.session(entry.tunnel, lasting)
        from aiohttp import ClientError  # loaded with the session

        try:
            async with self._ask(session, base + path) as response:
                if not 200 <= response.status <= 599:
                    raise OSError(f"status {response.status}")
                self._pass_on_headers(response, path, prefix, urlsplit(base).netloc)
                await self._pass_on_body(response)
        except StreamClosedError:
            pass  # The browser went away.
        except (ClientError, OSError, ValueError, asyncio.TimeoutError) as error:
            self._broken(entry, error)

    def _ask(self, session: aiohttp.ClientSession, url: str) -> Any:
        import aiohttp
        from yarl import URL

        given = self.request.headers
        return session.request(
            self.request.method or "GET",
            URL(url + clean_query(self.request.query), encoded=True),
            headers={name: given[name] for name in _REQUEST_HEADERS if name in given},
            allow_redirects=False,
            timeout=aiohttp.ClientTimeout(
                total=None, sock_connect=CONNECT_LIMIT, sock_read=READ_LIMIT
            ),
        )

    def _pass_on_headers(
        self, response: aiohttp.ClientResponse, path: str, prefix: str, host: str
    ) -> None:
        # The phrase is ours: a scheduler's may be anything.
        self.set_status(response.status)
        self.clear_header("Content-Type")
        for name in _RESPONSE_HEADERS:
            value = response.headers.get(name, "")
            if value and value.isascii() and value.isprintable():
                self.set_header(name, value)
        if "Transfer-Encoding" in response.headers:
            self.clear_header("Content-Length")
        if location := response.headers.get("Location"):
            there = check_location(location, path, host)
            self.set_header("Location", url_path_join(prefix, there))

    async def _pass_on_body(self, response: aiohttp.ClientResponse) -> None:
        if self.request.method != "HEAD":
            async for chunk in response.content.iter_chunked(_CHUNK):
                self.write(chunk)
                await self.flush()
        await self.finish()

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
