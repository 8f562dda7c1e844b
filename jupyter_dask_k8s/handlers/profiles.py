"""``api/profiles``: profiles and the JSON Schema of the create form."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized
from tornado import web

from .base import Handler


class ProfilesHandler(Handler):
    """What the create form is built from."""

    @web.authenticated
    @authorized
    def get(self) -> None:
        self.reply(self.services.backend.book.answer())
