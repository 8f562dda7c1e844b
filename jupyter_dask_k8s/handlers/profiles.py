"""``api/profiles``: profiles and the JSON Schema of the create form."""

from __future__ import annotations

import msgspec
from jupyter_server.auth.decorator import authorized
from tornado import web

from .base import Handler


class ProfilesHandler(Handler):
    """What the create form is built from."""

    @web.authenticated
    @authorized
    def get(self) -> None:
        services = self.services
        answer = services.backend.book.answer()
        if services.second is not None:
            more = services.second.book.answer()
            answer = msgspec.structs.replace(
                answer,
                profiles=[*answer.profiles, *more.profiles],
                troubles=[*answer.troubles, *more.troubles],
            )
        self.reply(answer)
