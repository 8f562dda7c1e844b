"""``api/clusters/{name}/metrics`` and the websocket ``api/metrics``."""

from __future__ import annotations

from typing import Any

import msgspec
from jupyter_server.auth.decorator import authorized, ws_authenticated
from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.base.websocket import WebSocketMixin
from tornado import web
from tornado.websocket import WebSocketClosedError, WebSocketHandler

from ..errors import ClusterError
from ..metrics import MetricsHub, read_metrics
from ..models import MetricsFrame, MetricsWatch
from ..services import SETTINGS_KEY
from .base import AUTH_RESOURCE, Handler
from .bodies import decode_body


class MetricsHandler(Handler):
    """One reading, made now."""

    @web.authenticated
    @authorized
    async def get(self, name: str) -> None:
        services = self.services
        services.backend.store.get(name)
        self.reply(await read_metrics(services.scheduler, services.store, name))


class MetricsSocket(WebSocketMixin, WebSocketHandler, JupyterHandler):
    """Pushes readings of the clusters that the client says it looks at.

    The client sends ``{"watch": [names]}``, again whenever that changes. A socket rather
    than requests: its end is the end of looking, whatever happened to the browser.
    """

    auth_resource = AUTH_RESOURCE

    def initialize(self) -> None:
        self._watched: set[str] = set()

    @property
    def _hub(self) -> MetricsHub:
        hub: MetricsHub = self.settings[SETTINGS_KEY].metrics
        return hub

    @ws_authenticated
    @authorized
    async def get(self, *args: Any, **kwargs: Any) -> None:
        await super().get(*args, **kwargs)

    def on_message(self, message: str | bytes) -> None:
        body = message.encode() if isinstance(message, str) else message
        try:
            names = set(decode_body(body, MetricsWatch).watch)
        except ClusterError as error:
            self.close(1003, error.message[:100])
            return
        for name in self._watched - names:
            self._hub.unsubscribe(name, self._send)
        for name in names - self._watched:
            self._hub.subscribe(name, self._send)
        self._watched = names

    def on_close(self) -> None:
        for name in self._watched:
            self._hub.unsubscribe(name, self._send)
        self._watched = set()

    def _send(self, frame: MetricsFrame) -> None:
        try:
            self.write_message(msgspec.json.encode(frame).decode())
        except WebSocketClosedError:
            self.on_close()
