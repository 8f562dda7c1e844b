"""``api/clusters/{name}/groups``: add, scale and remove worker groups."""

from __future__ import annotations

from urllib.parse import quote

from jupyter_server.auth.decorator import authorized
from jupyter_server.utils import url_path_join
from tornado import web

from ..errors import GroupNotFound
from ..models import Cluster, ClusterPatch, GroupCreate, GroupPatch
from .base import Handler


def check_group(cluster: Cluster, group: str) -> None:
    """Check that a cluster has a group; raises `GroupNotFound`."""
    if all(it.name != group for it in cluster.groups):
        raise GroupNotFound(cluster.name, group)


class GroupsHandler(Handler):
    """All worker groups of a cluster."""

    @web.authenticated
    @authorized
    async def post(self, name: str) -> None:
        backend = self.services.backend_of(name)
        request = self.body(GroupCreate)
        cluster = await backend.add_group(name, request)
        path = f"dask-k8s/api/clusters/{quote(name)}/groups/{quote(request.name)}"
        self.set_header("Location", url_path_join(self.base_url, path))
        self.reply(self.seen(cluster), status=201)


class GroupHandler(Handler):
    """One worker group."""

    @web.authenticated
    @authorized
    async def patch(self, name: str, group: str) -> None:
        backend = self.services.backend_of(name)
        check_group(backend.store.get(name), group)
        change = self.body(GroupPatch)
        patch = ClusterPatch(group=group, workers=change.workers)
        self.reply(self.seen(await backend.patch(name, patch)))

    @web.authenticated
    @authorized
    async def delete(self, name: str, group: str) -> None:
        backend = self.services.backend_of(name)
        check_group(backend.store.get(name), group)
        self.reply(self.seen(await backend.remove_group(name, group)))
