"""``api/preview``: what a new cluster would be, as text; nothing is made."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized
from tornado import web

from ..models import ClusterCreate, Export
from ..names import owner_of
from .base import Handler


class PreviewHandler(Handler):
    """A cluster that is not there yet."""

    @web.authenticated
    @authorized
    async def post(self) -> None:
        request = self.body(ClusterCreate)
        owner = owner_of(self.current_user)
        kind, content = await self.services.backend_named(request.backend).preview(
            request, owner
        )
        mimetype = "application/yaml" if kind == "yaml" else "text/x-python"
        self.reply(Export(kind=kind, mimetype=mimetype, content=content))
