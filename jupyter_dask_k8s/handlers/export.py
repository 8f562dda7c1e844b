"""``api/clusters/{name}/export?as=``."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized
from tornado import web

from ..errors import InvalidField
from ..models import Export, ExportKind
from ..names import owner_of
from ..snippets import for_group
from .base import Handler

_MIMETYPES = dict.fromkeys(("yaml", "job", "object"), "application/yaml")


class ExportHandler(Handler):
    """A cluster as text."""

    @web.authenticated
    @authorized
    async def get(self, name: str) -> None:
        backend = self.services.backend_of(name)
        kind = self._kind(backend.export_kinds)
        if kind == "job" and backend.jobs is not None:
            path = self.get_query_argument("path", "") or None
            owner = owner_of(self.current_user)
            content = await backend.jobs.export(name, path, owner)
        else:
            content = await backend.export(name, kind, self.base_url)
        group = self.get_query_argument("group", "")
        if group and kind in ("client", "kubecluster"):
            content = for_group(content, backend.store.get(name), group)
        mimetype = _MIMETYPES.get(kind, "text/x-python")
        self.reply(Export(kind=kind, mimetype=mimetype, content=content))

    def _kind(self, known: tuple[ExportKind, ...]) -> ExportKind:
        asked = self.get_query_argument("as", "client")
        for kind in known:
            if kind == asked:
                return kind
        words = f"{', '.join(known[:-1])} or {known[-1]}"
        raise InvalidField("as", f"Cannot export as “{asked}”: use {words}.")
