"""Which requests are right here, and what they come to."""

from __future__ import annotations

import dataclasses
import re
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import msgspec

from ...errors import InvalidField
from ...models import (
    Adapt,
    ClusterCreate,
    ClusterPatch,
    GroupCreate,
    LifetimeRequest,
    Limits,
    Resources,
    WorkerGroup,
    WorkerOptions,
)
from ...names import make_name
from ...quantities import (
    cpu_quantity,
    format_memory,
    parse_cpu,
)
from ..checks import (
    check_env,
    check_group_name,
    check_group_names,
    check_order,
    check_packages,
    read_memory,
    within,
)
from ..owners import use_of
from .manifest import worker_container
from .placement import check_node_selector, toleration
from .wish import Ending, GroupWish, Wish, WorkerSize, WorkerWish

SMALLEST_CPU = 10
LARGEST_MEMORY = 2**46

_IMAGE = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9._/:@+-]{0,511}", re.ASCII)


@dataclass(frozen=True)
class Defaults:
    """What a new cluster has where its request says nothing."""

    image: str
    cpu: int
    """Of each worker, in thousandths."""
    memory: int
    """Of each worker, in bytes."""
    scheduler_cpu: int
    scheduler_memory: int
    overcommit: float
    """So many times more CPU is allowed than asked for."""
    idle_minutes: int
    grace_seconds: int
    gpu_resource: str
    program: list[str] | None = None
    """What runs Dask in ``image``, where its entry point does something else."""


@dataclass(frozen=True)
class Rules:
    """Limits and defaults; every method raises `InvalidField` where they are broken."""

    limits: Limits
    defaults: Defaults

    def wish(self, request: ClusterCreate, owner: str) -> Wish:
        """Return what to make for a request."""
        if request.workers is not None and request.adapt is not None:
            raise InvalidField("workers", "Give either workers or adapt, not both.")
        if request.adapt is not None:
            self.check_adapt(request.adapt)
            workers = request.adapt.minimum
        else:
            default = self.limits.default_workers
            workers = default if request.workers is None else request.workers
            self.check_workers("workers", workers)
        defaults = self.defaults
        return Wish(
            name=request.name or make_name(owner),
            owner=owner,
            request_id=uuid.uuid4().hex,
            workers=workers,
            adapt=request.adapt,
            worker=self._worker(request, defaults.image, defaults.program),
            scheduler=self._sized(1, defaults.scheduler_cpu, defaults.scheduler_memory),
            ending=self.ending(request.lifetime),
            groups=self._groups(request, workers),
            profile=request.profile or "",
            packages=check_packages(request.packages or []),
            user_overlay=request.overlay or {},
            grace_seconds=defaults.grace_seconds,
            gpu_resource=defaults.gpu_resource,
        )

    def _groups(self, request: ClusterCreate, workers: int) -> list[GroupWish]:
        """Return the groups beside ``default``; their workers count with the others."""
        defaults = self.defaults
        image = self._image(request.image, defaults.image)
        program = defaults.program if image == defaults.image else None
        wishes: list[GroupWish] = []
        check_group_names(request.groups or [])
        for index, group in enumerate(request.groups or []):
            with within(f"groups[{index}]"):
                wish = self.group(request.name or "", group, image, program)
                workers += wish.workers
                self.check_workers("workers", workers)
            wishes.append(wish)
        return wishes

    def group_of(self, cluster: dict[str, Any], request: GroupCreate) -> GroupWish:
        """Return what to make for one more worker group of a cluster as stored."""
        container = worker_container(cluster)
        image, command = container.get("image") or self.defaults.image, None
        if container.get("command"):
            command = list(container["command"])
        return self.group(cluster["metadata"]["name"], request, image, command)

    def group(
        self,
        cluster: str,
        request: GroupCreate,
        image: str,
        program: list[str] | None = None,
    ) -> GroupWish:
        """Return what to make for a worker group of a cluster that runs ``image``."""
        check_group_name(cluster, request.name)
        self.check_workers("workers", request.workers)
        worker = self._worker(request, image, program)
        amounts = {request.name: float(worker.size.threads)}
        if worker.size.gpus:
            amounts["GPU"] = float(worker.size.gpus)
        return GroupWish(
            name=request.name,
            workers=request.workers,
            worker=dataclasses.replace(worker, dask_resources=amounts),
        )

    def _worker(
        self, request: WorkerOptions, image: str, program: list[str] | None
    ) -> WorkerWish:
        """Return a group's worker; ``program`` is what runs Dask in ``image``."""
        wanted = self._image(request.image, image)
        return WorkerWish(
            image=wanted,
            size=self._size(request.resources or Resources()),
            env=check_env(request.env or {}),
            command=self._command(request.worker_command),
            node_selector=check_node_selector(request.node_selector or {}),
            tolerations=[toleration(it) for it in request.tolerations or []],
            program=program if wanted == image else None,
        )

    def check_workers(self, field: str, workers: int) -> None:
        """Check a number of workers."""
        most = self.limits.max_workers
        if workers > most:
            raise InvalidField(
                field,
                f"A cluster can have at most {most} workers here, not {workers}.",
                maximum=most,
            )

    def check_total(self, groups: Iterable[WorkerGroup], adapt: Adapt | None) -> None:
        """Check the number of workers of all groups; an autoscaler counts with its most."""
        self.check_workers("workers", use_of(groups, adapt).workers)

    def check_adapt(self, adapt: Adapt) -> None:
        """Check the bounds of an autoscaler."""
        check_order(adapt)
        self.check_workers("adapt.maximum", adapt.maximum)

    def check_patch(self, change: ClusterPatch) -> None:
        """Check that a change says something, and nothing that contradicts itself."""
        given = (change.workers, change.adapt, change.lifetime)
        if all(it is msgspec.UNSET for it in given) and not change.extend:
            raise InvalidField(
                "workers", "Say what to change: workers, adapt, lifetime or extend."
            )
        if change.workers is not msgspec.UNSET:
            if change.adapt:
                raise InvalidField("workers", "Give either workers or adapt, not both.")
            self.check_workers("workers", change.workers)
        if change.adapt:
            self.check_adapt(change.adapt)
            if change.group not in (msgspec.UNSET, "default"):
                raise InvalidField(
                    "group", "The autoscaler works on the default worker group only."
                )

    def ending(self, lifetime: LifetimeRequest | None) -> Ending:
        """Return how a cluster ends; ``None`` stands for what the administrator set."""
        default = self.defaults.idle_minutes * 60
        if lifetime is None:
            return Ending("idle", default) if default else Ending("keep")
        if lifetime.kind != "idle" and lifetime.seconds is not None:
            raise InvalidField("lifetime.seconds", "Only idle has seconds.")
        if lifetime.kind == "keep":
            if lifetime.no_client_seconds is not None:
                raise InvalidField(
                    "lifetime.no_client_seconds",
                    "A cluster that is kept has no clocks: use idle.",
                )
            return Ending("keep")
        no_client = lifetime.no_client_seconds
        if lifetime.kind == "notebook":
            return Ending("notebook", None, no_client)
        return Ending("idle", lifetime.seconds or default or 3600, no_client)

    # --- what each pod gets ----------------------------------------------------------

    def _size(self, resources: Resources) -> WorkerSize:
        defaults = self.defaults
        memory = self._memory(resources.memory)
        if resources.threads:
            self._check_threads("resources.threads", resources.threads)
        # One CPU for a thread, where only the threads are given.
        cpu = 1000 * resources.threads if resources.threads else defaults.cpu
        if resources.cpu is not None:
            cpu = self._cpu(resources.cpu)
        threads = resources.threads or max(1, cpu // 1000)
        self._check_threads("resources.cpu", threads)
        return self._sized(threads, cpu, memory, resources.gpus or 0)

    def _check_threads(self, field: str, threads: int) -> None:
        most = self.limits.max_threads
        if most is not None and threads > most:
            raise InvalidField(
                field, f"A worker can have at most {most} threads, not {threads}."
            )

    def _sized(self, threads: int, cpu: int, memory: int, gpus: int = 0) -> WorkerSize:
        request = max(SMALLEST_CPU, round(cpu / self.defaults.overcommit))
        return WorkerSize(
            threads=threads,
            cpu=cpu_quantity(cpu),
            cpu_request=cpu_quantity(min(cpu, request)),
            memory_bytes=memory,
            gpus=gpus,
        )

    def _cpu(self, text: str) -> int:
        try:
            cpu = parse_cpu(text)
        except ValueError as error:
            raise InvalidField("resources.cpu", str(error)) from None
        if cpu < SMALLEST_CPU:
            raise InvalidField("resources.cpu", "A worker needs at least 10m of a CPU.")
        if cpu > 1_000_000:
            raise InvalidField("resources.cpu", f"No machine has {cpu // 1000} CPUs.")
        return cpu

    def _memory(self, text: str | None) -> int:
        if text is None:
            return self.defaults.memory
        memory = read_memory(text)
        if memory > LARGEST_MEMORY:
            raise InvalidField(
                "resources.memory", f"No machine has {format_memory(memory)} of memory."
            )
        return memory

    def _image(self, text: str | None, otherwise: str) -> str:
        image = otherwise if text is None else text.strip()
        if not _IMAGE.fullmatch(image):
            raise InvalidField("image", f"“{image}” is no name of an image.")
        return image

    def _command(self, command: list[str] | None) -> list[str] | None:
        if command is not None and not all(word.strip() for word in command or [""]):
            raise InvalidField(
                "worker_command",
                "The worker's command is a list of words, none of them empty.",
            )
        return command
