"""Everything else below ``api/``: a 404 in the form of all our errors."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized
from tornado import web

from .base import Handler


class UnknownHandler(Handler):
    """There is nothing here."""

    @web.authenticated
    @authorized
    def _refuse(self) -> None:
        raise web.HTTPError(404, "There is nothing at this address.")

    get = post = put = patch = delete = _refuse
