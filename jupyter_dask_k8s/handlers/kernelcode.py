"""``api/kernelcode``."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized
from tornado import web

from ..models import KernelCode
from .base import Handler


class KernelCodeHandler(Handler):
    """The program by which a page compares, and brings, packages from a kernel."""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        from ..kernelcode import kernel_code  # late: most servers are never asked

        self.reply(KernelCode(content=kernel_code()))
