"""Changes of Kubernetes' objects, as kubectl would make them."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import msgspec

from ...errors import (
    BackendUnavailable,
    ClusterError,
    ClusterNotFound,
    GroupTaken,
    NameTaken,
    Replaced,
)
from ...models import Adapt
from .api import KubernetesAPI
from .groups import group_key, group_manifest
from .leaving import remains
from .manifest import (
    ENDING,
    Pods,
    autoscaler_manifest,
    ending_text,
    fill_manifest,
)
from .objects import DaskAutoscaler, DaskCluster, DaskWorkerGroup
from .picture import DEFAULT_GROUP, group_named
from .recipe import Recipe
from .refusals import Conflict, ResourceNotFound
from .resources import AUTOSCALERS, CLUSTERS, GROUPS
from .wish import Ending, GroupWish, Owner, Wish
from .world import World

T = TypeVar("T")

CONFLICTS = 5
"""How often a change is tried again when somebody else was faster."""

LEAVING = 1.0
"""Seconds to wait for a former autoscaler to be gone: the operator's finalizer holds it.

After that the new one gets another name: the operator goes by ``spec.cluster``, and only
`KubeCluster.scale` by the name.
"""


class Changes:
    """Writes to the API server; each answer is drawn at once, ahead of the watch."""

    def __init__(self, api: KubernetesAPI, world: World, recipe: Recipe) -> None:
        self._api = api
        self._world = world
        self._recipe = recipe

    async def create(self, wish: Wish) -> None:
        """Make a cluster, and its autoscaler where one is wanted.

        Nothing half-made stays behind: without its autoscaler the cluster goes again.
        """
        # What is left of a former cluster would become part of the new one: the operator
        # does not make a Deployment that exists, also if it is on its way out.
        if not self._world.parts(wish.name).nothing or self._world.group_owner(
            group_key(wish.name, DEFAULT_GROUP)
        ):
            raise self._taken(wish.name)
        manifest = await self.manifest(wish)
        cluster = await self._create_once(manifest, wish)
        self._world.put(CLUSTERS, cluster)
        try:
            for group in wish.groups:
                await self._create_group(manifest, group, wish)
            if wish.adapt is not None:
                await self.adapt(wish.name, wish.adapt)
        except ClusterError:
            await self._api.delete(CLUSTERS, wish.name)
            raise

    def _taken(self, name: str) -> NameTaken:
        """Return why a name cannot be had: perhaps only remains have it."""
        error = NameTaken(name)
        parts = self._world.parts(name)
        if parts.empty:
            error.message = remains(name, parts, self._api.namespace)
        return error

    async def manifest(self, wish: Wish) -> dict[str, Any]:
        """Return the DaskCluster for a wish."""
        image = wish.worker.image
        return fill_manifest(await self._recipe.manifest(wish.name, image), wish)

    async def manifests(self, wish: Wish) -> list[dict[str, Any]]:
        """Return all that would be made for a wish."""
        cluster = await self.manifest(wish)
        recipe = await self._worker_recipe(wish.name)
        groups = [group_manifest(cluster, recipe, group, wish) for group in wish.groups]
        if wish.adapt is None:
            return [cluster, *groups]
        return [cluster, *groups, autoscaler_manifest(wish.name, wish.adapt)]

    async def _worker_recipe(self, name: str) -> dict[str, Any]:
        manifest = await self._recipe.manifest(name, "")
        template: dict[str, Any] = manifest["spec"]["worker"]["spec"]
        return template

    # --- worker groups ---------------------------------------------------------------

    async def stored(self, name: str) -> dict[str, Any]:
        """Return a DaskCluster with all its fields; raises `ClusterNotFound`."""
        try:
            answer = await self._api.request("GET", CLUSTERS, name)
        except ResourceNotFound:
            raise ClusterNotFound(name) from None
        cluster: dict[str, Any] = msgspec.json.decode(answer)
        return cluster

    async def add_group(self, cluster: dict[str, Any], wish: GroupWish, pods: Pods) -> None:
        """Make one more worker group of a cluster as stored."""
        await self._create_group(cluster, wish, pods)

    async def _create_group(
        self, cluster: dict[str, Any], wish: GroupWish, pods: Pods
    ) -> None:
        name = cluster["metadata"]["name"]
        if self._world.group_owner(group_key(name, wish.name)):
            raise GroupTaken(name, wish.name)
        recipe = await self._worker_recipe(name)
        manifest = group_manifest(cluster, recipe, wish, pods)
        try:
            item = await self._api.create(GROUPS, manifest, DaskWorkerGroup)
        except NameTaken:
            raise GroupTaken(name, wish.name) from None
        self._world.put(GROUPS, item)

    async def remove_group(self, name: str, group: str) -> None:
        """Delete a worker group with its workers; one that is gone is as good."""
        found = group_named(self._world.parts(name), name, group)
        if found is None:
            return
        key = found.metadata.name
        with contextlib.suppress(ResourceNotFound):
            await self._api.delete(GROUPS, key)
        self._world.drop(GROUPS, key)

    async def _create_once(self, manifest: dict[str, Any], wish: Wish) -> DaskCluster:
        """Create a cluster; an answer that got lost does not make a second one."""
        try:
            return await self._api.create(CLUSTERS, manifest, DaskCluster)
        except (BackendUnavailable, NameTaken):
            try:
                found = await self._api.get(CLUSTERS, wish.name, DaskCluster)
            except ClusterError:
                found = None
            if found and found.metadata.annotations.request == wish.request_id:
                return found
            raise

    async def scale(self, name: str, group: str, workers: int) -> None:
        """Set the number of workers; the autoscaler goes first, or it would undo this."""
        if group == DEFAULT_GROUP:
            await self.end_adapt(name)
        await self.set_workers(name, group, workers)

    async def set_workers(self, name: str, group: str, workers: int) -> None:
        """Tell the operator how many workers a group shall have."""
        found = group_named(self._world.parts(name), name, group)
        if found is None:
            # The operator has not made the group yet, and will make it as the cluster says.
            await self._patch_cluster(name, {"spec": {"worker": {"replicas": workers}}})
            return
        key = found.metadata.name
        patch = {"spec": {"worker": {"replicas": workers}}}
        item = await _again(lambda: self._api.patch(GROUPS, key, patch, DaskWorkerGroup))
        self._world.put(GROUPS, item)

    async def adapt(self, name: str, adapt: Adapt) -> None:
        """Make the autoscaler, or change its bounds."""
        parts = self._world.parts(name)
        if parts.cluster is None:
            raise ClusterNotFound(name)
        manifest = autoscaler_manifest(name, adapt)
        for key, autoscaler in parts.autoscalers.items():
            if autoscaler.metadata.deletion_timestamp is None:
                await self._patch_autoscaler(key, {"spec": manifest["spec"]})
                return
        end = asyncio.get_running_loop().time() + LEAVING
        while True:
            try:
                item = await self._api.create(AUTOSCALERS, manifest, DaskAutoscaler)
            except NameTaken:
                # The one that was ended a moment ago: the operator lets it go in its time.
                if manifest["metadata"]["name"] != name:
                    raise
                if asyncio.get_running_loop().time() > end:
                    manifest["metadata"]["name"] = f"{name}-{secrets.token_hex(2)}"
                await asyncio.sleep(0.1)
            else:
                self._world.put(AUTOSCALERS, item)
                return

    async def _patch_autoscaler(self, key: str, patch: Any) -> None:
        item = await _again(
            lambda: self._api.patch(AUTOSCALERS, key, patch, DaskAutoscaler)
        )
        self._world.put(AUTOSCALERS, item)

    async def end_adapt(self, name: str) -> None:
        """Take the autoscaler away; the workers stay as they are."""
        for key in list(self._world.parts(name).autoscalers):
            with contextlib.suppress(ResourceNotFound):  # gone is what we want
                await self._api.delete(AUTOSCALERS, key)
            self._world.drop(AUTOSCALERS, key)

    async def set_ending(self, name: str, ending: Ending, notebook: Owner | None) -> None:
        """Set how a cluster ends."""
        owners = [
            it
            for it in (await self.stored(name))["metadata"].get("ownerReferences") or []
            if it["kind"] not in ("Notebook", "Pod")
        ]
        if notebook is not None:
            owners.append(notebook.reference)
        metadata = {
            "annotations": {ENDING: ending_text(ending)},
            "ownerReferences": owners or None,
        }
        patch = {"metadata": metadata, "spec": {"idleTimeout": ending.timeout}}
        await self._patch_cluster(name, patch)

    async def _patch_cluster(self, name: str, patch: Any) -> DaskCluster:
        item = await _again(lambda: self._api.patch(CLUSTERS, name, patch, DaskCluster))
        self._world.put(CLUSTERS, item)
        return item

    async def delete(self, name: str, uid: str) -> None:
        """Delete a cluster; one that is gone already is as good.

        With a ``uid`` only that one; raises `Replaced`.
        """
        if self._world.parts(name).cluster is None:
            return
        try:
            await self._api.delete(CLUSTERS, name, uid)
        except Conflict:
            raise Replaced(name) from None
        self._world.stopping(name)

    async def read(self, name: str) -> list[dict[str, Any]]:
        """Return a DaskCluster with all its fields and as many workers as it has now.

        Its other worker groups follow, and its autoscaler where it has one.
        """
        cluster = await self.stored(name)
        parts = self._world.parts(name)
        documents = [cluster]
        for key, group in sorted(parts.groups.items()):
            if key == group_key(name, DEFAULT_GROUP):
                # Whoever scales changes the group; the cluster keeps what it began with.
                cluster["spec"]["worker"]["replicas"] = group.spec.worker.replicas
            elif group.metadata.deletion_timestamp is None:
                answer = await self._api.request("GET", GROUPS, key)
                documents.append(msgspec.json.decode(answer))
        for autoscaler in parts.autoscalers.values():
            adapt = Adapt(
                minimum=autoscaler.spec.minimum, maximum=max(1, autoscaler.spec.maximum)
            )
            if parts.cluster is not None and not autoscaler.metadata.deletion_timestamp:
                documents.append(autoscaler_manifest(name, adapt))
                break
        return documents


async def _again(change: Callable[[], Awaitable[T]]) -> T:
    """Make a change, again when somebody else changed the object at the same moment."""
    for attempt in range(CONFLICTS):
        try:
            return await change()
        except Conflict:
            await asyncio.sleep(0.05 * 2**attempt)
    return await change()
