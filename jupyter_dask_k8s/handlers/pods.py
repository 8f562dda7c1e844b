"""``api/clusters/{name}/pods``."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized
from tornado import web

from ..models import PodList
from .base import Handler


class PodsHandler(Handler):
    """The pods or processes of a cluster."""

    @web.authenticated
    @authorized
    async def get(self, name: str) -> None:
        pods = await self.services.backend_of(name).pods(name)
        self.reply(PodList(pods=pods))
