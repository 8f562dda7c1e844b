"""``api/clusters/{name}/dashboard``: where its pages are, for who asks."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized
from tornado import web

from ..dashboard_paths import contained_path
from ..models import DashboardPlace
from .base import Handler


class DashboardHandler(Handler):
    """Where the pages of a dashboard are."""

    @web.authenticated
    @authorized
    def get(self, name: str) -> None:
        cluster = self.services.synced_backend.store.get(name)
        contained = self.services.contains(cluster, self.me)
        if contained:
            path = contained_path(self.services.capabilities.issue(cluster))
        else:
            path = f"dask-k8s/clusters/{cluster.name}/dashboard"
        self.set_header("Cache-Control", "no-store")
        self.reply(DashboardPlace(path=path, contained=contained))
