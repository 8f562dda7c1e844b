"""``api/clusters``: list, create, read, change and delete."""

from __future__ import annotations

from urllib.parse import quote

from jupyter_server.auth.decorator import authorized
from jupyter_server.utils import url_path_join
from tornado import web

from ..models import ClusterCreate, ClusterList, ClusterPatch
from .base import Handler


class ClustersHandler(Handler):
    """All clusters."""

    @web.authenticated
    @authorized
    def get(self) -> None:
        backend = self.services.synced_backend
        self.reply(ClusterList(clusters=[self.seen(it) for it in backend.store.list()]))

    @web.authenticated
    @authorized
    async def post(self) -> None:
        request = self.body(ClusterCreate)
        backend = self.services.backend_named(request.backend)
        if request.name is not None:
            self.services.store.check_free(request.name)
        cluster = await backend.create(request, self.me)
        location = url_path_join(
            self.base_url, "dask-k8s/api/clusters", quote(cluster.name)
        )
        self.set_header("Location", location)
        self.reply(self.seen(cluster), status=201)


class ClusterHandler(Handler):
    """One cluster."""

    @web.authenticated
    @authorized
    def get(self, name: str) -> None:
        self.reply(self.seen(self.services.synced_backend.store.get(name)))

    @web.authenticated
    @authorized
    async def patch(self, name: str) -> None:
        backend = self.services.backend_of(name)
        change = self.body(ClusterPatch)
        self.reply(self.seen(await backend.patch(name, change)))

    @web.authenticated
    @authorized
    async def delete(self, name: str) -> None:
        await self.services.backend_of(name).delete(name, self.uid)
        self.set_status(204)
        self.finish()
