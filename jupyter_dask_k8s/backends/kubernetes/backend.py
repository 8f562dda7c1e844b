"""Clusters of the Dask Kubernetes Operator: every fact is read from the API server."""

from __future__ import annotations

import asyncio
import dataclasses
import datetime
from collections.abc import AsyncGenerator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import msgspec

from ...errors import (
    BackendUnavailable,
    ClusterError,
    ClusterNotReady,
    GroupNotFound,
    GroupTaken,
    InvalidField,
    NotPermitted,
    Replaced,
)
from ...models import (
    Adapt,
    BackendName,
    Cluster,
    ClusterCreate,
    ClusterPatch,
    ExportKind,
    GroupCreate,
    Limits,
    Occurrence,
    Pod,
)
from ...names import stand_in
from ...profiles import Book
from ...snippets import client_code, forward_code, kubecluster_code
from ...tasks import end
from ..base import LogQuery
from ..checks import check_group_name, check_uid
from ..examination import Examination
from ..shared import check_shared, refuse_shared
from .access import find_access
from .amounts import after, group_of, groups_of
from .api import KubernetesAPI
from .changes import Changes
from .clocks import ClockWatch
from .details import Details
from .diagnosis import Facts
from .diagnosis.finding import Troubles
from .drawing import Drawing
from .form import create_form
from .jobs import KubernetesJobs
from .lastwords import LastWords
from .links import LinkWatch
from .overlay import check_overlay
from .ownpod import OwnPod, OwnPodReader
from .picture import Context
from .pipeline import kfp_code
from .profiles import ProfileMaps
from .program import object_text, preview_text, python_code, yaml_text
from .quotawatch import QuotaWatch
from .reach import Reach
from .recipe import Recipe
from .refusals import OperatorMissing
from .resources import CLUSTERS, GROUP
from .retire import Retirement
from .rules import Rules
from .scaling import Scaling
from .settings import Settings, library_versions
from .sizing import Sizing
from .tell import tell
from .wish import Ending, Owner, Wish
from .world import SETTLE, Parts, World

SETTLE_LIMIT = 2.0
"""Seconds that the list waits for the answers of schedulers that were there before."""

START_PAUSE = 2.0
"""Seconds in which Jupyter's start has the machine for itself."""

VERSION_PAUSE = 30.0
"""Seconds until Kubernetes is asked for its version again."""


class KubernetesBackend(Settings):
    """DaskClusters of one namespace, made by whomever."""

    backend_name: BackendName = "kubernetes"
    export_kinds: tuple[ExportKind, ...] = (
        "client",
        "kubecluster",
        "python",
        "yaml",
        "job",
        "kfp",
        "object",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._api: KubernetesAPI | None = None
        self._world: World | None = None
        self._recipe = Recipe()
        self._ours: set[str] = set()
        """Names of clusters that were deleted from here and are not gone yet."""
        self._kubernetes_version = ""
        self._jobs: KubernetesJobs | None = None
        self._quota: QuotaWatch | None = None
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
        return tell(self._world.troubles) if self._world else ""

    def look(self) -> None:
        """Somebody looks at the list: from now on it is asked whether it is still true."""
        if self._world is not None:
            self._world.pulse.look()

    @property
    def stale_since(self) -> datetime.datetime | None:
        """Since when the list may be out of date."""
        return self._world.troubled_since if self._world else None

    @property
    def missing(self) -> list[str]:
        """What keeps us from seeing everything, for programs."""
        troubles = self._world.troubles if self._world else []
        kinds = {
            "operator": OperatorMissing,
            "permission": NotPermitted,
            "api": BackendUnavailable,
        }
        # OperatorMissing is a BackendUnavailable, too; the first that fits counts.
        found = {
            next((name for name, kind in kinds.items() if isinstance(it, kind)), "")
            for it in troubles
        }
        return [name for name in kinds if name in found]

    @property
    def operator(self) -> bool | None:
        """Whether the operator's resources are there."""
        if self._world is None:
            return None
        troubles = self._world.troubles
        if any(isinstance(it, OperatorMissing) for it in troubles):
            return False
        return True if self._world.synced else None

    def notebook_image(self) -> str:
        """Return the image of our own pod, where it has the Dask that runs here."""
        pod = self._own_pod.known if self._world is not None else None
        return pod.dask_image if pod is not None else ""

    @property
    def notebook_there(self) -> bool:
        """Whether we run in a pod with which a cluster can end."""
        return self._world is not None and self._own_pod.known is not None

    @property
    def limits(self) -> Limits:
        """What one cluster may have at most, and what quotas leave."""
        limits = super().limits
        if self._quota is None:
            return limits
        room = self._quota.room(self.gpu_resource)
        return msgspec.structs.replace(limits, room=room)

    @property
    def _rules(self) -> Rules:
        return Rules(self.limits, self.defaults)

    def versions(self) -> dict[str, str]:
        """Versions of what this backend stands on."""
        found = dict(library_versions())
        if self._kubernetes_version:
            found["kubernetes"] = self._kubernetes_version
        return found

    def form(self) -> dict[str, Any]:
        """JSON Schema of the form for new clusters."""
        self._recipe.prepare()  # somebody is about to make one
        # A notebook to end with is there in a pod only.
        ends = ("idle", "notebook", "keep") if self.notebook_there else ("idle", "keep")
        defaults = self.defaults
        if self._quota is None:
            return create_form(self.limits, defaults, ends)
        room, ranges = self._quota.for_form(defaults), self._quota.ranges
        return create_form(self.limits, defaults, ends, room, ranges)

    def examinations(self) -> list[Examination]:
        """Return what the doctor looks at."""
        if self._api is None or self._world is None or self._quota is None:
            return []
        from .checkup import Patient, examinations

        return examinations(
            Patient(
                api=self._api,
                world=self._world,
                store=self.store,
                scheduler=self.scheduler,
                quota=self._quota,
                limits=self.limits,
                defaults=self.defaults,
                reach=self.reach,
                platform=self.platform_namespace,
                book=self.known_book,
            )
        )

    async def known_book(self) -> Book:
        """Return the profiles once those of ConfigMaps are known, too."""
        await self._maps.ready()
        return self.book

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
        self.check_settings()
        root = Path(getattr(self.parent, "root_dir", "") or ".")
        jobs = KubernetesJobs(api, self, root, parent=self, log=self.log)
        jobs.check_settings()
        self._world = World(api, self._draw, self._take_state, self.log)
        self._reach = Reach(
            api, self.scheduler, self.reach, self._world.parts, self._world.mark, self.log
        )
        self._own_pod = OwnPodReader(api, self.notebook_pod, self.log)
        self._details = Details(api, self.store, self._world, self.worker_use, self.log)
        self._changes = Changes(api, self._world, self._recipe)
        retirement = Retirement(api, self.scheduler, self.log)
        self._scaling = Scaling(
            self._changes, retirement, self.store, self._world, self.log
        )
        self._clocks = ClockWatch(self.scheduler, self.store.entry, self._world.mark)
        self._drawing = Drawing(
            self.store,
            self._world,
            self._reach,
            self._clocks,
            Context(
                namespace=api.namespace,
                shared_names=frozenset(self.shared_clusters),
                wishes=self._scaling.wishes,
                failures=self._scaling.problems,
                bounds=self.book.bounds_of,
                facts=Facts(patience=self.operator_patience),
            ),
            words=LastWords(api, self._world.mark, self.log),
            links=LinkWatch(self.scheduler, self.store.entry, self._world.mark),
        )
        self._quota = QuotaWatch(api, self._world, self.log)
        self._sizing = Sizing(self._quota, self._world)
        self._maps = ProfileMaps(api, self.platform_namespace, self.book.load, self.log)
        self._jobs = jobs
        self._world.start()
        self._quota.start()
        self._jobs.start()
        self._maps.start()
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
        await self._own_pod.read()

    async def stop(self) -> None:
        """End all watches; the clusters stay."""
        if self._world is not None:
            tasks = [it for it in (self._learning, self._settling) if it is not None]
            await end(tasks)
            await self._scaling.close()
            await self._clocks.close()
            await self._details.close()
            await self._own_pod.close()
            await self._maps.stop()
            if self._quota is not None:
                await self._quota.stop()
            if self._jobs is not None:
                await self._jobs.stop()
            await self._world.stop()
            await self._drawing.close()
            await self._reach.close()
        await self._recipe.close()
        if self._api is not None:
            await self._api.close()

    # --- for jobs --------------------------------------------------------------------

    @property
    def jobs(self) -> KubernetesJobs | None:
        """The jobs of our namespace."""
        return self._jobs

    async def job_cluster(
        self, request: ClusterCreate, owner: str
    ) -> tuple[Wish, dict[str, Any]]:
        """Return what the cluster of a job comes to, and its manifest."""
        await self._own_pod.read()
        await self._maps.ready()
        overlay = self.book.overlay_of(request.profile)
        wish = self._rules.wish(self.book.resolve(request), owner)
        wish = dataclasses.replace(wish, overlay=overlay, ending=Ending("keep"))
        if wish.adapt is not None or wish.groups:
            raise InvalidField(
                "profile",
                f"The profile “{wish.profile}” has an autoscaler or worker groups, which "
                "the cluster of a job cannot have. Choose another one.",
            )
        return wish, (await self._changes.manifests(wish))[0]

    def hold(self, wish: Wish) -> AbstractContextManager[None]:
        """Check the owner's limits for a cluster that others make, and hold them."""
        return self.reserve(wish.owner, wish.name, groups_of(wish))

    def check_room(self, manifest: dict[str, Any], wish: Wish) -> None:
        """Check a DaskJob against the namespace's quotas; raises `InvalidField`."""
        self._sizing.check_new([manifest], wish)

    def parts_of(self, name: str) -> Parts:
        """Return all objects of a cluster."""
        return self._world.parts(name) if self._world else Parts()

    def troubles_of(self, pod: str) -> Troubles:
        """Return Kubernetes' warnings about a pod, by its name."""
        if self._world is None:
            return {}
        self._world.pod_troubles.adopt(pod)
        return self._world.pod_troubles.about(pod)

    def redraw(self, name: str) -> None:
        """Draw a cluster again soon."""
        if self._world is not None:
            self._world.mark(name)

    async def read_cluster(self, name: str) -> dict[str, Any]:
        """Return a DaskCluster with all its fields and as many workers as it has now."""
        return (await self._changes.read(name))[0]

    async def own_pod(self) -> OwnPod | None:
        """Return the pod that we run in."""
        return await self._own_pod.read()

    # --- drawing ---------------------------------------------------------------------

    def _draw(self, name: str, parts: Parts) -> None:
        if parts.empty:
            self._drawing.forget(name, asked=name in self._ours)
            self._ours.discard(name)
        elif name not in self.store or self.store.get(name).backend == self.backend_name:
            # A cluster of local processes that has the name keeps it.
            job = self._jobs is not None and name in self._jobs
            self._drawing.draw(name, parts, of_job=job)
        if self._jobs is not None:
            self._jobs.mark(name)

    # --- wishes ----------------------------------------------------------------------

    def profile_changed(self, name: str) -> None:
        """Tell of it, and draw the clusters again whose bounds it has."""
        super().profile_changed(name)
        for cluster in self.store.list():
            if cluster.profile == name and self._world is not None:
                self._world.mark(cluster.name)

    def check_profile(self, request: ClusterCreate, overlay: dict[str, Any]) -> None:
        """Refuse what could not be made here; raises `InvalidField`."""
        self._rules.wish(request, "nobody")
        check_overlay(overlay)

    async def create(self, request: ClusterCreate, owner: str) -> Cluster:
        """Make a DaskCluster; the operator does the rest."""
        wish = await self._wish(request, owner)
        with self.reserve(owner, wish.name, groups_of(wish), wish.adapt):
            self._sizing.check_new(await self._changes.manifests(wish), wish)
            await self._changes.create(wish)
        return self.store.get(wish.name)

    async def _wish(self, request: ClusterCreate, owner: str) -> Wish:
        await self._own_pod.read()
        await self._maps.ready()
        overlay = self.book.overlay_of(request.profile)
        wish = self._rules.wish(self.book.resolve(request), owner)
        notebook = await self._notebook(wish.ending)
        return dataclasses.replace(wish, notebook=notebook, overlay=overlay)

    async def preview(self, request: ClusterCreate, owner: str) -> tuple[ExportKind, str]:
        """Return the YAML of what `create` would make."""
        name = request.name or stand_in(owner)
        self.store.check_free(name)
        wish = await self._wish(msgspec.structs.replace(request, name=name), owner)
        with self.reserve(owner, wish.name, groups_of(wish), wish.adapt):
            documents = await self._changes.manifests(wish)
            self._sizing.check_new(documents, wish)
            return "yaml", preview_text(documents)

    async def _notebook(self, ending: Ending) -> Owner | None:
        """Return with what a cluster ends; raises `InvalidField` where there is nothing."""
        if ending.kind != "notebook":
            return None
        pod = await self._own_pod.read()
        if pod is None:
            why = (
                self._own_pod.trouble
                or "This Jupyter server is in no pod of this namespace."
            )
            raise InvalidField(
                "lifetime.kind",
                f"{why} So no cluster can end with its notebook: use idle or keep.",
            )
        return pod.owner

    async def patch(self, name: str, change: ClusterPatch) -> Cluster:
        """Change the resources of a cluster; scaling by hand ends adaptive scaling."""
        self._rules.check_patch(change)
        picture = self._changeable(name)
        group = "default" if change.group is msgspec.UNSET else change.group
        if all(it.name != group for it in picture.groups):
            raise InvalidField("group", f"There is no worker group named “{group}”.")
        check_shared(picture, change)
        change = self.book.check_patch(picture, change)
        with self._reserve_change(picture, group, change):
            self._sizing.check_change(picture, group, change)
            if change.lifetime is not msgspec.UNSET:
                ending = self._rules.ending(change.lifetime)
                await self._changes.set_ending(name, ending, await self._notebook(ending))
            if change.extend:
                await self._clocks.extend(name)
            if change.workers is not msgspec.UNSET:
                await self._scaling.scale(name, group, change.workers)
            elif change.adapt is None:
                await self._changes.end_adapt(name)
            elif isinstance(change.adapt, Adapt):
                await self._changes.adapt(name, change.adapt)
        return self.store.get(name)

    def _changeable(self, name: str) -> Cluster:
        picture = self.store.get(name)
        if picture.phase == "Stopping":
            raise ClusterNotReady(f"“{name}” is stopping and cannot be changed.")
        return picture

    def _reserve_change(
        self, picture: Cluster, group: str, change: ClusterPatch
    ) -> AbstractContextManager[None]:
        groups, adapt = after(picture, group, change)
        if change.workers is not msgspec.UNSET or change.adapt:
            self._rules.check_total(groups, adapt)
        return self.reserve(picture.owner, picture.name, groups, adapt)

    async def add_group(self, name: str, request: GroupCreate) -> Cluster:
        """Make one more DaskWorkerGroup."""
        picture = self._changeable(name)
        refuse_shared(picture, "get another worker group")
        check_group_name(name, request.name)
        if any(it.name == request.name for it in picture.groups):
            raise GroupTaken(name, request.name)
        request = self.book.resolve_group(picture, request)
        cluster = await self._changes.stored(name)
        wish = self._rules.group_of(cluster, request)
        groups = [*picture.groups, group_of(wish)]
        self._rules.check_total(groups, picture.adapt)
        with self.reserve(picture.owner, name, groups, picture.adapt):
            self._sizing.check_group(cluster, wish, self.gpu_resource)
            await self._changes.add_group(cluster, wish, self.defaults)
        return self.store.get(name)

    async def remove_group(self, name: str, group: str) -> Cluster:
        """Delete a DaskWorkerGroup once its data has moved away."""
        picture = self._changeable(name)
        refuse_shared(picture, "lose a worker group")
        if group == "default":
            raise InvalidField(
                "group",
                "The group “default” belongs to its cluster: scale it to 0 instead.",
            )
        if all(it.name != group for it in picture.groups):
            raise GroupNotFound(name, group)
        self.book.check_removal(picture)
        await self._scaling.remove(name, group)
        return self.store.get(name)

    async def delete(self, name: str, uid: str = "") -> None:
        """Delete the DaskCluster; its pods follow."""
        picture = self.store.get(name)
        check_uid(picture, uid)
        refuse_shared(picture, "be deleted")
        self._ours.add(name)
        try:
            await self._changes.delete(name, uid)
        except Replaced:
            self._ours.discard(name)
            raise

    async def export(self, name: str, kind: ExportKind, base_url: str) -> str:
        """Return a cluster as text."""
        entry = self.store.entry(name)
        if kind == "object":
            return object_text(await self._changes.stored(name))
        if kind in ("yaml", "python", "kfp"):
            stored = await self._changes.read(name)
            if kind == "yaml":
                return yaml_text(stored)
            if kind == "kfp":
                return kfp_code(stored)
            return python_code(stored, entry.cluster.adapt)
        if kind == "client" and entry.tunnel is None:
            return client_code(entry.cluster)
        link = base_url + entry.cluster.dashboard_path
        service = self.parts_of(name).service
        if entry.tunnel is not None and service and service.spec.type != "ClusterIP":
            return forward_code(entry.cluster, link)
        return kubecluster_code(entry.cluster, link, forward=entry.tunnel is not None)

    # --- details ---------------------------------------------------------------------

    async def pods(self, name: str) -> list[Pod]:
        """Return the pods of a cluster; raises `NotPermitted` where we may not see any."""
        return await self._details.pods(name)

    async def occurrences(self, name: str) -> list[Occurrence]:
        """Return the events of a cluster and of all that belongs to it."""
        return await self._details.occurrences(name)

    def follow_occurrences(self, name: str) -> AsyncGenerator[list[Occurrence], None]:
        """Yield the events of a cluster."""
        return self._details.follow(name)

    def logs(self, name: str, query: LogQuery) -> AsyncGenerator[bytes, None]:
        """Yield the log of a container of one of the cluster's pods."""
        return self._details.logs(name, query)
