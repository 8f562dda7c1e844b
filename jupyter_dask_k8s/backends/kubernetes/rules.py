"""Which requests are right here, and what they come to."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass

import msgspec

from ...errors import InvalidField
from ...models import Adapt, ClusterCreate, ClusterPatch, LifetimeRequest, Limits, Resources
from ...names import make_name
from ...quantities import (
    cpu_quantity,
    format_memory,
    parse_cpu,
)
from ..checks import check_env, read_memory
from .manifest import Wish, WorkerSize

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


@dataclass(frozen=True)
class Rules:
    """Limits and defaults; every method raises `InvalidField` where they are broken."""

    limits: Limits
    defaults: Defaults

    def wish(self, request: ClusterCreate, owner: str) -> Wish:
        """Return what to make for a request."""
        if request.workers is not None and request.adapt is not None:
            raise InvalidField("workers", "Give either workers or adapt, not both.")
        if request.profile not in (None, "default"):
            raise InvalidField("profile", f"There is no profile named “{request.profile}”.")
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
            image=self._image(request.image),
            workers=workers,
            adapt=request.adapt,
            size=self._size(request.resources or Resources()),
            scheduler=self._sized(1, defaults.scheduler_cpu, defaults.scheduler_memory),
            idle_seconds=self._default_idle(request.lifetime),
            profile=request.profile or "",
            env=check_env(request.env or {}),
            worker_command=self._command(request.worker_command),
            grace_seconds=defaults.grace_seconds,
            gpu_resource=defaults.gpu_resource,
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

    def check_adapt(self, adapt: Adapt) -> None:
        """Check the bounds of an autoscaler."""
        if adapt.minimum > adapt.maximum:
            raise InvalidField(
                "adapt.minimum",
                f"The minimum ({adapt.minimum}) is above the maximum ({adapt.maximum}).",
            )
        self.check_workers("adapt.maximum", adapt.maximum)

    def check_patch(self, change: ClusterPatch) -> None:
        """Check that a change says something, and nothing that contradicts itself."""
        given = (change.workers, change.adapt, change.lifetime)
        if all(it is msgspec.UNSET for it in given):
            raise InvalidField("workers", "Say what to change: workers, adapt or lifetime.")
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

    def idle_seconds(self, lifetime: LifetimeRequest) -> int | None:
        """Return after how many seconds without work a cluster ends, if ever."""
        if lifetime.kind == "notebook":
            raise InvalidField(
                "lifetime.kind", "Clusters that end with their notebook are not there yet."
            )
        if lifetime.kind == "keep":
            if lifetime.seconds is not None:
                raise InvalidField("lifetime.seconds", "Only idle has seconds.")
            return None
        return lifetime.seconds or self.defaults.idle_minutes * 60 or 3600

    def _default_idle(self, lifetime: LifetimeRequest | None) -> int | None:
        if lifetime is None:
            return self.defaults.idle_minutes * 60 or None
        return self.idle_seconds(lifetime)

    # --- what each pod gets ----------------------------------------------------------

    def _size(self, resources: Resources) -> WorkerSize:
        defaults = self.defaults
        memory = self._memory(resources.memory)
        # One CPU for a thread, where only the threads are given.
        cpu = 1000 * resources.threads if resources.threads else defaults.cpu
        if resources.cpu is not None:
            cpu = self._cpu(resources.cpu)
        threads = resources.threads or max(1, cpu // 1000)
        most = self.limits.max_threads
        if most is not None and threads > most:
            field = "resources.threads" if resources.threads else "resources.cpu"
            raise InvalidField(
                field, f"A worker can have at most {most} threads, not {threads}."
            )
        return self._sized(threads, cpu, memory, resources.gpus or 0)

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

    def _image(self, text: str | None) -> str:
        image = self.defaults.image if text is None else text.strip()
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
