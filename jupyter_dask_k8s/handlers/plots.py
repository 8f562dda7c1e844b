"""``api/clusters/{name}/plots``."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized
from tornado import web

from ..models import PlotList
from ..plots import list_plots
from .base import Handler


class PlotsHandler(Handler):
    """The plots that this scheduler really has."""

    @web.authenticated
    @authorized
    async def get(self, name: str) -> None:
        services = self.services
        services.backend.store.get(name)
        plots = await list_plots(services.scheduler, services.store, name)
        self.reply(PlotList(plots=plots))
