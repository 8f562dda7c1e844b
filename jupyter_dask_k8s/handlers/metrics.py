"""``api/clusters/{name}/metrics`` and the websocket ``api/metrics``."""

from __future__ import annotations

from asyncio import Future
from collections import deque
from typing import Any

from jupyter_server.auth.decorator import authorized, ws_authenticated
from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.base.websocket import WebSocketMixin
from tornado import web
from tornado.iostream import IOStream, StreamClosedError
from tornado.websocket import WebSocketHandler

from ..errors import ClusterError
from ..models import MetricsWatch
from ..monitor.hub import MetricsHub
from ..services import SETTINGS_KEY
from .base import AUTH_RESOURCE, Handler
from .bodies import decode_body


class MetricsHandler(Handler):
    """One reading, made now or a moment ago."""

    @web.authenticated
    @authorized
    async def get(self, name: str) -> None:
        services = self.services
        services.backend.store.get(name)
        self.reply(await services.metrics.read(name))


MOST_WAITING = 30
"""Messages that may wait for a browser which does not take them."""


class MetricsSocket(WebSocketMixin, WebSocketHandler, JupyterHandler):
    """Pushes readings of the clusters that the client says it looks at.

    The client sends a `MetricsWatch`, again whenever that changes. A socket rather than
    requests: its end is the end of looking, whatever happened to the browser.
    """

    auth_resource = AUTH_RESOURCE

    def initialize(self) -> None:
        self._watched: set[tuple[str, bool]] = set()
        self._waiting: deque[Future[None]] = deque(maxlen=MOST_WAITING)

    @property
    def _hub(self) -> MetricsHub:
        hub: MetricsHub = self.settings[SETTINGS_KEY].metrics
        return hub

    @ws_authenticated
    @authorized
    async def get(self, *args: Any, **kwargs: Any) -> None:
        await super().get(*args, **kwargs)

    def open(self, *args: Any, **kwargs: Any) -> None:
        super().open(*args, **kwargs)
        # Readings of several clusters come at once; none waits until another has arrived.
        self.set_nodelay(True)

    def on_message(self, message: str | bytes) -> None:
        body = message.encode() if isinstance(message, str) else message
        try:
            wish = decode_body(body, MetricsWatch)
        except ClusterError as error:
            self.close(1003, error.message[:100])
            return
        cards = {(name, False) for name in wish.watch}
        watched = cards | {(name, True) for name in wish.monitor}
        before, self._watched = self._watched, watched
        for name, monitor in before - watched:
            self._hub.unsubscribe(name, self._send, monitor=monitor)
        for name, monitor in watched - before:
            self._hub.subscribe(name, self._send, monitor=monitor)

    def on_close(self) -> None:
        watched, self._watched = self._watched, set()
        for name, monitor in watched:
            self._hub.unsubscribe(name, self._send, monitor=monitor)

    def _send(self, message: bytes) -> None:
        """Send frames as they are: `write_message` would make them anew for each viewer."""
        connection = self.ws_connection
        if connection is None or connection.is_closing() or connection.stream is None:
            return  # `on_close` is about to come
        full = len(self._waiting) == MOST_WAITING
        if full and not self._waiting[0].done():
            # Its computer sleeps, say. When it comes back it gets the last ten minutes.
            self.on_close()
            self.close(1013, "The readings were not taken.")
            return
        try:
            if rest := _hand_over(connection.stream, message):
                self._waiting.append(connection.stream.write(rest))
        except StreamClosedError:
            self.on_close()


def _hand_over(stream: IOStream, message: bytes) -> bytes:
    """Give a message to the kernel at once; returns what it did not take.

    ``IOStream.write`` also does this, but half of what it takes is for those who wait.
    """
    if stream.closed() or stream.writing():
        return message
    try:
        return message[stream.write_to_fd(memoryview(message)) :]
    except OSError:
        return message  # no room, or broken: the stream knows what to do
