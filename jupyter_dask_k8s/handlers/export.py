"""``api/clusters/{name}/export?as=``."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized
from tornado import web

from ..errors import InvalidField
from ..models import Export, ExportKind
from .base import Handler

_MIMETYPES = {"yaml": "application/yaml"}


class ExportHandler(Handler):
    """A cluster as text."""

    @web.authenticated
    @authorized
    async def get(self, name: str) -> None:
        backend = self.services.backend
        backend.store.get(name)
        kind = self._kind(backend.export_kinds)
        content = await backend.export(name, kind, self.base_url)
        mimetype = _MIMETYPES.get(kind, "text/x-python")
        self.reply(Export(kind=kind, mimetype=mimetype, content=content))

    def _kind(self, known: tuple[ExportKind, ...]) -> ExportKind:
        asked = self.get_query_argument("as", "client")
        for kind in known:
            if kind == asked:
                return kind
        words = f"{', '.join(known[:-1])} or {known[-1]}"
        raise InvalidField("as", f"Cannot export as “{asked}”: use {words}.")
