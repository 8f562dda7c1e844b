"""Pages of a scheduler for the benchmark of the proxies.

A real scheduler serves them beside its own: Dask reads the module's name from
``distributed.scheduler.http.routes``. Their paths are such as a dashboard has.
"""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Any

from tornado.web import RequestHandler
from tornado.websocket import WebSocketHandler

SMALL: dict[str, Any] = {
    "workers": [{"name": f"worker-{it}", "threads": 4} for it in range(5)]
}
SCRIPT = b"// as long as Bokeh's\n" * 57_800
"""1.27 MB."""
PART, PARTS = bytes(2**20), 64


class Small(RequestHandler):
    """A little JSON."""

    def get(self) -> None:
        """Answer."""
        self.write(SMALL)


class Script(RequestHandler):
    """A script, as long as that of Bokeh."""

    def get(self) -> None:
        """Answer."""
        self.set_header("Content-Type", "text/javascript")
        self.write(SCRIPT)


class Large(RequestHandler):
    """64 MiB, as a profile of a long computation could be."""

    async def get(self) -> None:
        """Answer."""
        self.set_header("Content-Length", str(len(PART) * PARTS))
        for _ in range(PARTS):
            self.write(PART)
            await self.flush()


class Echo(WebSocketHandler):
    """Sends messages back."""

    def check_origin(self, origin: str) -> bool:
        """Anybody may connect."""
        return True

    def on_message(self, message: str | bytes) -> Awaitable[None] | None:
        """Send it back."""
        return self.write_message(message, binary=isinstance(message, bytes))


class Answer(Echo):
    """Answers with three messages, one after the other, as Bokeh does."""

    async def on_message(self, message: str | bytes) -> None:
        """Answer."""
        for _ in range(3):
            await self.write_message(message, binary=isinstance(message, bytes))


routes: list[Any] = [
    ("individual-small", Small, {}),
    ("individual-script", Script, {}),
    ("individual-large", Large, {}),
    ("individual-echo/ws", Echo, {}),
    ("individual-answer/ws", Answer, {}),
]
