"""Dashboards without Jupyter's origin: pages, websockets, and whether they can be reached.

Nobody is logged in here: browsers send no cookies from such pages. The capability in the
address is all the authority there is; it opens one cluster's dashboard and nothing else.
"""

from __future__ import annotations

from typing import Any

from jupyter_server.auth.decorator import allow_unauthenticated
from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.utils import url_path_join
from tornado import web

from .containment import SANDBOX
from .dashboard import ByCluster, socket_path
from .dashboard_page import DashboardPage
from .dashboard_paths import contained_path
from .dashboard_socket import DashboardSocket
from .errors import ClusterError
from .services import SETTINGS_KEY, Services
from .store import Entry


class _Apart(JupyterHandler):
    """Answers that give nothing of Jupyter to the page, whatever a scheduler says."""

    def set_default_headers(self) -> None:
        super().set_default_headers()
        # One more policy beside that of the server (or of its settings): both hold.
        self.add_header("Content-Security-Policy", SANDBOX)
        # The address is a secret.
        self.set_header("Referrer-Policy", "no-referrer")
        self.set_cors_headers()

    def set_cors_headers(self) -> None:
        # Whatever the server permits to other origins: nothing of it holds for these.
        self.clear_header("Access-Control-Allow-Origin")
        self.clear_header("Access-Control-Allow-Credentials")

    def set_cookie(self, *args: Any, **kwargs: Any) -> None:
        # Jupyter would take who has no cookie for somebody new, and say so in one.
        pass


class _ByCapability(ByCluster):
    """Finds the scheduler by a capability."""

    def target(self, secret: str, *path: str | None) -> tuple[Entry, str]:
        """Return the entry and the scheduler's path; raises `ClusterError`."""
        entry = self.services.capabilities.find(secret, self.services.store)
        return entry, self.join(path)

    def prefix(self, secret: str, *path: str) -> str:
        """Return where this dashboard begins on our side."""
        return url_path_join(self.settings["base_url"], contained_path(secret))

    def is_contained(self, entry: Entry) -> bool:
        # It is where it belongs.
        return False


class ContainedPage(_Apart, _ByCapability, DashboardPage):
    """``contained/{capability}/{path}``."""

    @allow_unauthenticated
    async def get(self, *args: str) -> None:
        await self.show(*args)

    head = get


class ContainedSocket(_Apart, _ByCapability, DashboardSocket):
    """``contained/{capability}/{path}/ws``; the cluster map has ``eventstream``."""

    def join(self, path: tuple[str | None, ...]) -> str:
        return socket_path(path)

    def check_origin(self, origin: str | None = None) -> bool:
        # It is ``null``, as pages without an origin have it. Nobody acts by a cookie here.
        return True

    @allow_unauthenticated
    async def get(self, *args: str) -> None:
        try:
            self.target(*args)
            holding = self.services.capabilities.hold(args[0])
        except ClusterError as error:
            raise web.HTTPError(error.status, error.message) from error
        with holding:
            await self.serve(*args)


class ContainedState(_Apart):
    """``contained/{capability}``: whether it is open, and how many websockets are.

    JupyterLab asks this without its cookies. Where a gateway insists on a cookie of its
    own, that does not reach us, and nor would a contained page.
    """

    @allow_unauthenticated
    async def get(self, secret: str) -> None:
        services: Services = self.settings[SETTINGS_KEY]
        capabilities = services.capabilities
        self.set_header("Cache-Control", "no-store")
        try:
            sockets = capabilities.sockets(secret)
            capabilities.find(secret, services.store)
        except ClusterError as error:
            self.set_status(error.status)
            self.finish({"open": False, "message": error.message})
        else:
            self.finish({"open": True, "sockets": sockets})
