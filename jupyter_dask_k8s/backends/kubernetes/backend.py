"""Clusters of the Dask Kubernetes Operator: every fact is read from the API server."""

from __future__ import annotations

import asyncio
import functools
import importlib.metadata
import platform
from typing import Any

import msgspec
from traitlets import Enum, Float, Integer, List, Unicode, default

from ...errors import (
    BackendUnavailable,
    ClusterError,
    ClusterNotReady,
    InvalidField,
    NotPermitted,
)
from ...models import (
    Adapt,
    BackendName,
    Cluster,
    ClusterCreate,
    ClusterPatch,
    ExportKind,
    Limits,
)
from ...quantities import format_duration, parse_cpu, parse_memory
from ...snippets import client_code, kubecluster_code
from ...store import Entry
from ..base import Backend
from .access import find_access
from .api import KubernetesAPI
from .changes import Changes
from .form import create_form
from .manifest import CREATOR, READINGS_PATH
from .picture import draw_cluster
from .program import python_code, yaml_text
from .reach import Reach
from .recipe import Recipe
from .refusals import OperatorMissing
from .resources import CLUSTERS, GROUP, PODS
from .rules import Defaults, Rules
from .world import SETTLE, Parts, World

SETTLE_LIMIT = 2.0
"""Seconds that the list waits for the answers of schedulers that were there before."""

START_PAUSE = 2.0
"""Seconds in which Jupyter's start has the machine for itself."""

VERSION_PAUSE = 30.0
"""Seconds until Kubernetes is asked for its version again."""


@functools.cache
def _versions() -> dict[str, str]:
    names = ("dask", "distributed", "dask-kubernetes")
    return {name: importlib.metadata.version(name) for name in names}


class KubernetesBackend(Backend):
    """DaskClusters of one namespace, made by whomever."""

    backend_name: BackendName = "kubernetes"
    export_kinds: tuple[ExportKind, ...] = ("client", "kubecluster", "python", "yaml")

    context = Unicode(
        help="Context of the kubeconfig. Default: the pod's service account, else the "
        "current context."
    ).tag(config=True)
    namespace = Unicode(
        help="Namespace of the clusters. Default: that of the service account or of the "
        "context."
    ).tag(config=True)
    reach = Enum(
        ("auto", "service", "forward"),
        "auto",
        help="How schedulers are reached: by the name of their Service, or forwarded "
        "through the API server. auto finds out.",
    ).tag(config=True)
    image = Unicode(
        help="Image of new clusters. Default: Dask's own for the versions of Dask and "
        "Python here."
    ).tag(config=True)
    max_workers = Integer(100, min=1, help="Most workers of one cluster.").tag(config=True)
    max_threads = Integer(128, min=1, help="Most threads of one worker.").tag(config=True)
    default_workers = Integer(2, min=0, help="Workers of a new cluster.").tag(config=True)
    default_cpu = Unicode("1", help="CPU of each worker, as 2 or 500m.").tag(config=True)
    default_memory = Unicode("2 GiB", help="Memory of each worker.").tag(config=True)
    scheduler_cpu = Unicode("1", help="CPU of each scheduler.").tag(config=True)
    scheduler_memory = Unicode("1 GiB", help="Memory of each scheduler.").tag(config=True)
    cpu_overcommit = Float(
        1.0,
        min=1.0,
        help="Pods may use so many times more CPU than they ask for. 1 reserves all of it.",
    ).tag(config=True)
    gpu_resource = Unicode(
        "nvidia.com/gpu", help="The resource by which Kubernetes counts GPUs."
    ).tag(config=True)
    default_idle_minutes = Integer(
        0,
        min=0,
        help="A new cluster is shut down after so many minutes without work; 0: never.",
    ).tag(config=True)
    grace_seconds = Integer(
        0,
        min=0,
        help="terminationGracePeriodSeconds of new pods. 0: gone from Kubernetes at once, "
        "with two seconds to end. Scaling down moves data away before pods are ended.",
    ).tag(config=True)
    shared_clusters = List(
        Unicode(),
        default_value=["dask-cluster"],
        help="Names of clusters that the platform provides, to be used and scaled but not "
        "deleted from here; beside those labelled dask-k8s/shared=true.",
    ).tag(config=True)

    @default("image")
    def _default_image(self) -> str:
        version = _versions()["dask"]
        major, minor, _ = platform.python_version_tuple()
        return f"ghcr.io/dask/dask:{version}-py{major}.{minor}"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._api: KubernetesAPI | None = None
        self._world: World | None = None
        self._recipe = Recipe()
        self._ours: set[str] = set()
        """Names of clusters that were deleted from here and are not gone yet."""
        self._kubernetes_version = ""
        self._settled = False
        self._settling: asyncio.Task[None] | None = None

    # --- what there is ---------------------------------------------------------------

    @property
    def current_namespace(self) -> str | None:
        """The namespace of the clusters."""
        return self._api.namespace if self._api else None

    @property
    def synced(self) -> bool:
        """Whether all clusters have been read once."""
        return self._settled

    @property
    def trouble(self) -> str:
        """What keeps us from seeing everything as it is now."""
        troubles = self._world.troubles if self._world else []
        return " ".join(dict.fromkeys(it.message for it in troubles))

    @property
    def operator(self) -> bool | None:
        """Whether the operator's resources are there."""
        if self._world is None:
            return None
        troubles = self._world.troubles
        if any(isinstance(it, OperatorMissing) for it in troubles):
            return False
        return True if self._world.synced else None

    @property
    def limits(self) -> Limits:
        """What one cluster may have at most."""
        cpu = parse_cpu(self.default_cpu)
        return Limits(
            max_workers=self.max_workers,
            max_threads=self.max_threads,
            memory=None,
            default_workers=min(self.max_workers, self.default_workers),
            default_threads=max(1, cpu // 1000),
            default_memory=parse_memory(self.default_memory),
            max_clusters=None,
        )

    @property
    def _defaults(self) -> Defaults:
        return Defaults(
            image=self.image,
            cpu=parse_cpu(self.default_cpu),
            memory=parse_memory(self.default_memory),
            scheduler_cpu=parse_cpu(self.scheduler_cpu),
            scheduler_memory=parse_memory(self.scheduler_memory),
            overcommit=self.cpu_overcommit,
            idle_minutes=self.default_idle_minutes,
            grace_seconds=self.grace_seconds,
            gpu_resource=self.gpu_resource,
        )

    @property
    def _rules(self) -> Rules:
        return Rules(self.limits, self._defaults)

    def versions(self) -> dict[str, str]:
        """Versions of what this backend stands on."""
        found = dict(_versions())
        if self._kubernetes_version:
            found["kubernetes"] = self._kubernetes_version
        return found

    def form(self) -> dict[str, Any]:
        """JSON Schema of the form for new clusters."""
        self._recipe.prepare()  # somebody is about to make one
        return create_form(self.limits, self._defaults)

    # --- life ------------------------------------------------------------------------

    async def login(self) -> KubernetesAPI:
        """Find the API server and our credentials; raises `BackendUnavailable`."""
        if self._api is None:

            async def find() -> Any:
                return await find_access(self.context, self.namespace)

            self._api = KubernetesAPI(await find(), find, self.log)
        return self._api

    async def discover(self) -> None:
        """Ask for the operator's resources; raises `ClusterError`."""
        api = await self.login()
        await api.send("GET", f"/apis/{GROUP}/v1", kind=CLUSTERS, patience=0)

    async def start(self) -> None:
        """Begin to watch; the store is true once `synced`."""
        api = await self.login()
        self._check_settings()
        self._world = World(api, self._draw, self._take_state, self.log)
        self._reach = Reach(
            api, self.scheduler, self.reach, self._world.parts, self._world.mark, self.log
        )
        self._changes = Changes(api, self._world, self._recipe)
        self._world.start()
        self._learning = asyncio.create_task(self._learn(api))

    def _take_state(self) -> None:
        """Tell of a change; before that, let running clusters be seen as running.

        Otherwise each would seem to become ready when the server starts.
        """
        if self._world is not None and self._world.drawn and self._settling is None:
            self._settling = asyncio.create_task(self._settle())
        self.on_state()

    async def _settle(self) -> None:
        await self._reach.settle(SETTLE_LIMIT)
        # What was found is drawn a moment later.
        await asyncio.sleep(2 * SETTLE)
        self._settled = True
        self.on_state()

    def _check_settings(self) -> None:
        """Refuse settings that cannot be read, before anybody depends on them."""
        try:
            self._defaults  # noqa: B018
        except ValueError as error:
            raise BackendUnavailable(
                f"A setting of KubernetesBackend is wrong: {error}"
            ) from None

    async def _learn(self, api: KubernetesAPI) -> None:
        """Learn what is not needed at once."""
        while not self._kubernetes_version:
            try:
                answer = await api.send("GET", "/version")
            except ClusterError:
                await asyncio.sleep(VERSION_PAUSE)
            else:
                version = msgspec.json.decode(answer).get("gitVersion", "")
                self._kubernetes_version = str(version) or "unknown"
        await asyncio.sleep(START_PAUSE)
        self._recipe.prepare()

    async def stop(self) -> None:
        """End all watches; the clusters stay."""
        if self._world is not None:
            tasks = [it for it in (self._learning, self._settling) if it is not None]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await self._world.stop()
            await self._reach.close()
        await self._recipe.close()
        if self._api is not None:
            await self._api.close()

    def _draw(self, name: str, parts: Parts) -> None:
        namespace = self.current_namespace
        assert namespace is not None
        if parts.empty:
            self._reach.forget(name)
            if name in self.store:
                self.store.remove(name, self._ending(self.store.get(name)))
            self._ours.discard(name)
            return
        health = self._reach.health(name, parts)
        shared = frozenset(self.shared_clusters)
        picture = draw_cluster(name, namespace, parts, health, shared)
        if parts.cluster is None and name in self.store:
            # Only its pods are left; of the rest we know what it was.
            before = self.store.get(name)
            picture = msgspec.structs.replace(
                picture,
                owner=before.owner,
                shared=before.shared,
                lifetime=before.lifetime,
                created=before.created,
            )
        blind = self._world.trouble_of(PODS) if self._world else None
        if isinstance(blind, NotPermitted) and picture.phase == "Pending":
            picture = msgspec.structs.replace(picture, reason=blind.message)
        route = health.route if picture.phase in ("Pending", "Running") else None
        ours = (
            parts.cluster is not None and parts.cluster.metadata.labels.creator == CREATOR
        )
        self.store.put(
            Entry(
                picture,
                dashboard=route.base if route else None,
                readings_path=f"/{READINGS_PATH}" if ours else None,
                tunnel=route.tunnel if route else None,
                aliases=_aliases(name, namespace, parts),
            )
        )

    def _ending(self, picture: Cluster) -> str:
        """Return what to say of a cluster that is gone; nothing if that was our wish."""
        if picture.name in self._ours:
            return ""
        if picture.lifetime.kind == "idle" and picture.lifetime.seconds:
            idle = format_duration(picture.lifetime.seconds)
            return (
                f"“{picture.name}” was deleted: it had no work for {idle}, or somebody "
                "deleted it."
            )
        return f"“{picture.name}” was deleted by somebody else, outside of this JupyterLab."

    # --- wishes ----------------------------------------------------------------------

    async def create(self, request: ClusterCreate, owner: str) -> Cluster:
        """Make a DaskCluster; the operator does the rest."""
        wish = self._rules.wish(request, owner)
        await self._changes.create(wish)
        return self.store.get(wish.name)

    async def patch(self, name: str, change: ClusterPatch) -> Cluster:
        """Change the resources of a cluster; scaling by hand ends adaptive scaling."""
        self._rules.check_patch(change)
        picture = self.store.get(name)
        if picture.phase == "Stopping":
            raise ClusterNotReady(f"“{name}” is stopping and cannot be changed.")
        group = "default" if change.group is msgspec.UNSET else change.group
        if all(it.name != group for it in picture.groups):
            raise InvalidField("group", f"There is no worker group named “{group}”.")
        if change.lifetime is not msgspec.UNSET:
            seconds = self._rules.idle_seconds(change.lifetime)
            await self._changes.set_idle(name, seconds)
        if change.workers is not msgspec.UNSET:
            await self._changes.scale(name, group, change.workers)
        elif change.adapt is None:
            await self._changes.end_adapt(name)
        elif isinstance(change.adapt, Adapt):
            await self._changes.adapt(name, change.adapt)
        return self.store.get(name)

    async def delete(self, name: str) -> None:
        """Delete the DaskCluster; its pods follow."""
        picture = self.store.get(name)
        if picture.shared:
            raise NotPermitted(
                f"“{name}” is shared: it can be used and scaled, but not deleted here."
            )
        self._ours.add(name)
        await self._changes.delete(name)

    async def export(self, name: str, kind: ExportKind, base_url: str) -> str:
        """Return a cluster as text."""
        entry = self.store.entry(name)
        if kind in ("yaml", "python"):
            stored = await self._changes.read(name)
            if kind == "yaml":
                return yaml_text(stored)
            return python_code(stored[0], entry.cluster.adapt)
        if kind == "client" and entry.tunnel is None:
            return client_code(entry.cluster)
        link = base_url + entry.cluster.dashboard_path
        return kubecluster_code(entry.cluster, link, forward=entry.tunnel is not None)


def _aliases(name: str, namespace: str, parts: Parts) -> frozenset[str]:
    """Return all hosts under which a notebook's link may name this scheduler."""
    service = f"{name}-scheduler"
    hosts = {service, f"{service}.{namespace}", f"{service}.{namespace}.svc"}
    if parts.service is not None and parts.service.spec.cluster_ip not in ("", "None"):
        hosts.add(parts.service.spec.cluster_ip)
    hosts.update(
        pod.status.pod_ip
        for pod in parts.living_pods
        if pod.metadata.labels.component == "scheduler" and pod.status.pod_ip
    )
    return frozenset(hosts)
