"""``api/kernelcode``."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized
from tornado import web

from ..models import KernelCode
from .base import Handler


class KernelCodeHandler(Handler):
    """The programs by which a page asks a kernel about packages and clients."""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        # Late: most servers are never asked.
        from ..kernelcode import clients_code, kernel_code

        self.reply(KernelCode(content=kernel_code(), clients=clients_code()))
