"""Everything else below ``api/``: a 404 in the form of all our errors."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from jupyter_server.auth.decorator import authorized
from tornado import web

from .base import Handler


def _refusal() -> Callable[..., Awaitable[None] | None]:
    """Make one for each method: ``authorized`` keeps the action of the first request."""

    @web.authenticated
    @authorized
    def refuse(self: Handler) -> None:
        raise web.HTTPError(404, "There is nothing at this address.")

    return refuse


class UnknownHandler(Handler):
    """There is nothing here."""

    get, post, put, patch, delete = (_refusal() for _ in range(5))
