"""Clusters of processes on this machine: the embedded default."""

from __future__ import annotations

import asyncio
import functools
import importlib.metadata
import time
from collections.abc import AsyncGenerator
from contextlib import AbstractContextManager
from typing import Any

import msgspec
from msgspec.structs import replace
from traitlets import Float, Integer, Unicode, default

from ...errors import (
    GroupNotFound,
    InvalidField,
    LimitReached,
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
    Resources,
)
from ...names import make_name, stand_in
from ...quantities import exact_memory, format_memory, parse_memory
from ...snippets import client_code
from ...store import Entry
from ..base import Backend, LogQuery
from ..checks import check_amounts, check_uid
from ..examination import Examination
from .cluster import LocalCluster
from .details import draw_processes, read_log
from .form import create_form
from .machine import Machine, read_machine
from .program import python_code
from .protocol import DEFAULT, READINGS_PATH, HostCommand, HostConfig
from .rules import OF_PODS, Rules

_GIB = 2**30


@functools.cache
def _versions() -> dict[str, str]:
    return {name: importlib.metadata.version(name) for name in ("dask", "distributed")}


class LocalBackend(Backend):
    """Schedulers and workers as processes that end with the Jupyter server."""

    backend_name: BackendName = "local"
    without = OF_PODS

    max_workers = Integer(
        min=1,
        help="Most workers of one cluster. Default: twice the processors (at least 4), "
        "fewer where a worker would get less than 512 MiB.",
    ).tag(config=True)
    max_threads = Integer(
        min=1, help="Most threads of one worker. Default: twice the processors."
    )
    max_threads.tag(config=True)
    max_clusters = Integer(32, min=1, help="Most clusters at the same time.").tag(
        config=True
    )
    default_workers = Integer(
        min=0, help="Workers of a new cluster. Default: one for two processors, at least 2."
    ).tag(config=True)
    default_threads = Integer(
        min=1, help="Threads of each worker. Default: what gives each processor one thread."
    ).tag(config=True)
    default_memory = Unicode(
        help="Memory of each worker, as 2 GiB. Default: the machine's memory divided by "
        "the most workers."
    ).tag(config=True)
    default_idle_minutes = Integer(
        0,
        min=0,
        help="A new cluster is shut down after so many minutes without work; 0: never.",
    ).tag(config=True)
    start_timeout = Float(
        60, min=1, help="Seconds that a scheduler may take to start."
    ).tag(config=True)
    stop_timeout = Float(
        4, min=0.1, help="Seconds that a cluster may take to stop before it is killed."
    ).tag(config=True)
    parallel_starts = Integer(
        2, min=1, help="How many clusters may start at the same moment."
    ).tag(config=True)
    directory = Unicode(help="Working directory of workers. Default: Jupyter's root.").tag(
        config=True
    )

    @default("max_workers")
    def _default_max_workers(self) -> int:
        room = self._machine.memory // (_GIB // 2)
        return max(1, min(max(4, 2 * self._machine.cpus), room))

    @default("max_threads")
    def _default_max_threads(self) -> int:
        return 2 * self._machine.cpus

    @default("default_workers")
    def _default_default_workers(self) -> int:
        return min(self.max_workers, max(2, self._machine.cpus // 2))

    @default("default_threads")
    def _default_default_threads(self) -> int:
        return max(1, self._machine.cpus // max(1, self.default_workers))

    @default("default_memory")
    def _default_default_memory(self) -> str:
        # Rounded down, so that the most workers fit.
        step = _GIB // 10
        share = self._machine.memory // self.max_workers
        return format_memory(share // step * step or share)

    @default("directory")
    def _default_directory(self) -> str:
        return str(getattr(self.parent, "root_dir", "") or "/")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._clusters: dict[str, LocalCluster] = {}
        self._stopping: set[asyncio.Task[None]] = set()

    @property
    def _machine(self) -> Machine:
        # Read once: a container's limits stay what they are.
        if not hasattr(self, "_machine_read"):
            self._machine_read = read_machine()
        return self._machine_read

    @property
    def limits(self) -> Limits:
        """What one cluster may have at most."""
        return Limits(
            max_workers=self.max_workers,
            max_threads=self.max_threads,
            memory=self._machine.memory,
            default_workers=self.default_workers,
            default_threads=self.default_threads,
            default_memory=parse_memory(self.default_memory),
            max_clusters=self.max_clusters,
            room=None,
            **self.owner_limits(),
        )

    @property
    def _rules(self) -> Rules:
        return Rules(
            self.limits,
            self._machine.memory,
            self.max_threads,
            self.default_idle_minutes,
        )

    def versions(self) -> dict[str, str]:
        """Versions of what this backend stands on."""
        return dict(_versions())

    def form(self) -> dict[str, Any]:
        """JSON Schema of the form for new clusters."""
        return create_form(self.limits, self.default_idle_minutes)

    def examinations(self) -> list[Examination]:
        """Return what the doctor looks at."""
        from .checkup import examinations

        return examinations(
            self._machine,
            len(self._clusters),
            self.max_clusters,
            self.directory,
            self.known_book,
        )

    # --- life ------------------------------------------------------------------------

    def check_settings(self) -> None:
        """Refuse settings that cannot be read; raises `SettingWrong`."""
        check_amounts(self, default_memory=parse_memory)

    async def start(self) -> None:
        """Get ready; nothing runs until the first cluster is made."""
        self.check_settings()
        self._gate = asyncio.Semaphore(self.parallel_starts)

    async def stop(self) -> None:
        """End all clusters."""
        ends = [cluster.stop(self.stop_timeout) for cluster in self._clusters.values()]
        await asyncio.gather(*ends, *self._stopping, return_exceptions=True)
        await self.worker_use.close()
        self._clusters.clear()

    async def create(self, request: ClusterCreate, owner: str) -> Cluster:
        """Accept a new cluster; its processes start in the background."""
        request = self.book.resolve(request)
        cluster = self._plan(request.name or make_name(owner), request, owner)
        name = cluster.config.name
        with self._reserved(cluster, cluster.wanted):
            self._clusters[name] = cluster
            self._on_change(cluster)
        cluster.start(self._gate, self.start_timeout)
        return self.store.get(name)

    async def preview(self, request: ClusterCreate, owner: str) -> tuple[ExportKind, str]:
        """Return a program that makes what `create` would make."""
        request = self.book.resolve(request)
        cluster = self._plan(request.name or stand_in(owner), request, owner)
        name, wanted = cluster.config.name, cluster.wanted
        with self._reserved(cluster, wanted):
            return "python", python_code(name, wanted, wanted.groups[0].workers or 0)

    def _plan(self, name: str, request: ClusterCreate, owner: str) -> LocalCluster:
        """Return a cluster that may be made, and is not yet."""
        wanted = self._rules.configure(name, request)
        self.store.check_free(name)
        if len(self._clusters) >= self.max_clusters:
            raise LimitReached(
                f"There are {self.max_clusters} clusters already, which is the limit. "
                "Delete one first.",
                limit=self.max_clusters,
            )
        config = HostConfig(name=name, directory=self.directory, wanted=wanted)
        profile = request.profile or ""
        return LocalCluster(config, owner, profile, self._on_change, self._on_end)

    def _reserved(
        self, cluster: LocalCluster, wanted: HostCommand
    ) -> AbstractContextManager[None]:
        groups = cluster.groups(wanted)
        return self.reserve(cluster.owner, cluster.config.name, groups, wanted.adapt)

    def check_profile(self, request: ClusterCreate, overlay: dict[str, Any]) -> None:
        """Refuse what could not be made here; raises `InvalidField`."""
        self._rules.configure("profile", request)

    async def patch(self, name: str, change: ClusterPatch) -> Cluster:
        """Accept a change; scaling by hand ends adaptive scaling."""
        cluster = self._cluster(name)
        wanted = cluster.wanted
        self._rules.check_patch(change, wanted)
        change = self.book.check_patch(self.store.get(name), change)
        if change.lifetime is not msgspec.UNSET:
            clocks = self._rules.clocks(change.lifetime)
            touched = wanted.clocks.touched
            wanted = replace(wanted, clocks=replace(clocks, touched=touched))
        if change.extend:
            wanted = replace(wanted, clocks=replace(wanted.clocks, touched=time.time()))
        if change.workers is not msgspec.UNSET:
            group = DEFAULT if change.group is msgspec.UNSET else change.group
            wanted = self._scaled(wanted, group, change.workers)
        elif change.adapt is not msgspec.UNSET:
            now = self.store.get(name).groups[0].desired
            wanted = self._adapted(wanted, change.adapt, now)
        return self._command(cluster, wanted)

    def _scaled(self, wanted: HostCommand, name: str, workers: int) -> HostCommand:
        groups = [
            replace(it, workers=workers) if it.name == name else it for it in wanted.groups
        ]
        if name == DEFAULT:
            wanted = replace(wanted, adapt=None)
        wanted = replace(wanted, groups=groups)
        group = wanted.group(name)
        assert group is not None
        self._rules.check_workers("workers", wanted, group)
        return wanted

    def _adapted(self, wanted: HostCommand, adapt: Adapt | None, now: int) -> HostCommand:
        """Begin or change adaptive scaling, or end it with the workers of ``now``."""
        first, *others = wanted.groups
        if adapt is not None:
            self._rules.check_adapt(adapt, wanted)
            first = replace(first, workers=None)
        elif wanted.adapt is not None:
            first = replace(first, workers=now)
        return replace(wanted, adapt=adapt, groups=[first, *others])

    async def add_group(self, name: str, request: GroupCreate) -> Cluster:
        """Accept one more worker group."""
        cluster = self._cluster(name)
        first = cluster.wanted.groups[0]
        # The picture has rounded memory.
        like = Resources(threads=first.threads, memory=exact_memory(first.memory))
        request = self.book.resolve_group(self.store.get(name), request, like)
        wanted = self._rules.add_group(name, request, cluster.wanted)
        return self._command(cluster, wanted)

    async def remove_group(self, name: str, group: str) -> Cluster:
        """Accept the end of a worker group; data moves to others where these have room."""
        cluster = self._cluster(name)
        wanted = cluster.wanted
        if wanted.group(group) is None:
            raise GroupNotFound(name, group)
        if group == DEFAULT:
            raise InvalidField(
                "group",
                "The group “default” belongs to the cluster and cannot be removed. "
                "Scale it to 0.",
            )
        self.book.check_removal(self.store.get(name))
        groups = [it for it in wanted.groups if it.name != group]
        return self._command(cluster, replace(wanted, groups=groups))

    def _cluster(self, name: str) -> LocalCluster:
        """Return a cluster that can be changed."""
        self.store.get(name)
        cluster = self._clusters[name]
        cluster.check_alive()
        return cluster

    def _command(self, cluster: LocalCluster, wanted: HostCommand) -> Cluster:
        with self._reserved(cluster, wanted):
            cluster.command(wanted)
        return self.store.get(cluster.config.name)

    async def delete(self, name: str, uid: str = "") -> None:
        """Accept the end of a cluster; its processes end in the background."""
        check_uid(self.store.get(name), uid)
        cluster = self._clusters[name]
        task = asyncio.create_task(self._end(cluster))
        self._stopping.add(task)
        task.add_done_callback(self._stopping.discard)
        # Let the task run to its first wait, so that the answer finds it Stopping.
        await asyncio.sleep(0)

    async def _end(self, cluster: LocalCluster) -> None:
        await cluster.stop(self.stop_timeout)
        self._on_end(cluster, "")

    def _on_change(self, cluster: LocalCluster) -> None:
        if self._clusters.get(cluster.config.name) is cluster:
            bounds = self.book.bounds_of(cluster.profile)
            picture = replace(cluster.picture(), bounds=bounds)
            self.store.put(Entry(picture, cluster.dashboard, f"/{READINGS_PATH}"))

    def _on_end(self, cluster: LocalCluster, reason: str) -> None:
        name = cluster.config.name
        if self._clusters.get(name) is cluster:
            del self._clusters[name]
            self.store.remove(name, reason)

    async def export(self, name: str, kind: ExportKind, base_url: str) -> str:
        """Return code that connects, or a program that makes a cluster like this one."""
        picture = self.store.get(name)
        if kind == "python":
            wanted = self._clusters[name].wanted
            return python_code(name, wanted, picture.groups[0].desired)
        return client_code(picture)

    # --- details ---------------------------------------------------------------------

    async def pods(self, name: str) -> list[Pod]:
        """Return the processes of a cluster."""
        cluster = self._known(name)
        return draw_processes(cluster, await self.worker_use.read(name))

    async def occurrences(self, name: str) -> list[Occurrence]:
        """Return what this server saw of a cluster."""
        return self._known(name).journal.newest_first

    def follow_occurrences(self, name: str) -> AsyncGenerator[list[Occurrence], None]:
        """Yield what this server sees of a cluster."""
        return self._known(name).journal.follow()

    def logs(self, name: str, query: LogQuery) -> AsyncGenerator[bytes, None]:
        """Yield what all processes of a cluster print; the last part of it is kept."""
        return read_log(self._known(name), query)

    def _known(self, name: str) -> LocalCluster:
        self.store.get(name)
        return self._clusters[name]
