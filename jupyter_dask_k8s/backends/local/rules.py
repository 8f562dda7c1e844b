"""Which requests are right on this machine, and what they come to."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from ...errors import InvalidField
from ...models import Adapt, ClusterCreate, ClusterPatch, LifetimeRequest, Limits
from ...names import make_name
from ...quantities import format_memory
from ..checks import check_env, read_memory
from .protocol import HostConfig

_KUBERNETES_ONLY = ("image", "worker_command")
_KUBERNETES_RESOURCES = ("cpu", "gpus")


@dataclass(frozen=True)
class Rules:
    """Limits and defaults; every method raises `InvalidField` where they are broken."""

    limits: Limits
    memory: int
    """Of this machine, in bytes."""
    most_threads: int
    idle_minutes: int
    directory: str

    def configure(self, request: ClusterCreate, owner: str) -> HostConfig:
        """Return what to run for a request."""
        self._refuse_kubernetes(request)
        if request.workers is not None and request.adapt is not None:
            raise InvalidField("workers", "Give either workers or adapt, not both.")
        resources = request.resources
        memory = self._memory(resources.memory if resources else None)
        if request.adapt is not None:
            workers = request.adapt.minimum
            self.check_adapt(request.adapt, memory)
        else:
            default = self.limits.default_workers
            workers = default if request.workers is None else request.workers
            self.check_workers("workers", workers, memory)
        return HostConfig(
            name=request.name or make_name(owner),
            workers=workers,
            adapt=request.adapt,
            threads=self._threads(resources.threads if resources else None),
            memory=memory,
            env=check_env(request.env or {}),
            directory=self.directory,
            idle_seconds=self._default_idle(request.lifetime),
        )

    def check_workers(self, field: str, workers: int, memory: int) -> None:
        """Check a number of workers with ``memory`` bytes each."""
        most, total = self.limits.max_workers, self.memory
        if workers > most:
            raise InvalidField(
                field,
                f"A cluster can have at most {most} workers here, not {workers}.",
                maximum=most,
            )
        if workers * memory > total:
            raise InvalidField(
                field,
                f"{workers} workers with {format_memory(memory)} each want "
                f"{format_memory(workers * memory)}; this machine has "
                f"{format_memory(total)}.",
            )

    def check_adapt(self, adapt: Adapt, memory: int) -> None:
        """Check the bounds of an autoscaler."""
        if adapt.minimum > adapt.maximum:
            raise InvalidField(
                "adapt.minimum",
                f"The minimum ({adapt.minimum}) is above the maximum ({adapt.maximum}).",
            )
        self.check_workers("adapt.maximum", adapt.maximum, memory)

    def check_group(self, change: ClusterPatch) -> None:
        """Local clusters have the default group only."""
        if change.group not in (msgspec.UNSET, "default"):
            raise InvalidField("group", f"There is no worker group named “{change.group}”.")

    def idle_seconds(self, lifetime: LifetimeRequest) -> int | None:
        """Return after how many seconds without work a cluster ends, if ever."""
        if lifetime.kind == "notebook":
            raise InvalidField(
                "lifetime.kind", "Local clusters always end with Jupyter: use idle or keep."
            )
        if lifetime.kind == "keep":
            if lifetime.seconds is not None:
                raise InvalidField("lifetime.seconds", "Only idle has seconds.")
            return None
        return lifetime.seconds or self.idle_minutes * 60 or 3600

    def _default_idle(self, lifetime: LifetimeRequest | None) -> int | None:
        if lifetime is None:
            return self.idle_minutes * 60 or None
        return self.idle_seconds(lifetime)

    def _refuse_kubernetes(self, request: ClusterCreate) -> None:
        """Refuse what has a meaning on Kubernetes only, rather than ignore it."""
        if request.profile not in (None, "default"):
            raise InvalidField("profile", f"There is no profile named “{request.profile}”.")
        given = [name for name in _KUBERNETES_ONLY if getattr(request, name) is not None]
        given += [
            f"resources.{name}"
            for name in _KUBERNETES_RESOURCES
            if getattr(request.resources, name, None) is not None
        ]
        for field in given:
            raise InvalidField(
                field, f"“{field}” has no meaning for clusters of local processes."
            )

    def _threads(self, threads: int | None) -> int:
        most = self.most_threads
        if threads is not None and threads > most:
            raise InvalidField(
                "resources.threads",
                f"A worker can have at most {most} threads, not {threads}.",
                maximum=most,
            )
        return threads or self.limits.default_threads

    def _memory(self, text: str | None) -> int:
        if text is None:
            return self.limits.default_memory
        memory = read_memory(text)
        if memory > self.memory:
            raise InvalidField(
                "resources.memory",
                f"A worker cannot have {format_memory(memory)}: this machine has "
                f"{format_memory(self.memory)}.",
            )
        return memory
