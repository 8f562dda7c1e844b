"""``api/clusters/{name}/export?as=``."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized
from tornado import web

from ..errors import InvalidField
from ..models import Export, ExportKind
from ..snippets import client_code
from .base import Handler


class ExportHandler(Handler):
    """A cluster as text."""

    @web.authenticated
    @authorized
    def get(self, name: str) -> None:
        backend = self.services.backend
        cluster = backend.store.get(name)
        kind = self.get_query_argument("as", "client")
        if kind == "client":
            self._answer("client", client_code(cluster))
        elif kind == "python":
            self._answer("python", backend.python_code(name))
        else:
            raise InvalidField("as", f"Cannot export as “{kind}”: use client or python.")

    def _answer(self, kind: ExportKind, content: str) -> None:
        self.reply(Export(kind=kind, mimetype="text/x-python", content=content))
