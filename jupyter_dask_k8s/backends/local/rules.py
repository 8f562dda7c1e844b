"""Which requests are right on this machine, and what they come to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import msgspec

from ...errors import GroupTaken, InvalidField
from ...models import (
    Adapt,
    ClusterCreate,
    ClusterPatch,
    GroupCreate,
    LifetimeRequest,
    Limits,
    Resources,
    WorkerOptions,
)
from ...quantities import format_memory
from ..checks import (
    check_env,
    check_group_name,
    check_group_names,
    check_order,
    read_memory,
    within,
)
from .protocol import DEFAULT, Clocks, GroupSpec, HostCommand

_KUBERNETES_ONLY = ("image", "worker_command", "node_selector", "tolerations", "overlay")
_KUBERNETES_RESOURCES = ("cpu", "gpus")

OF_PODS = (*_KUBERNETES_ONLY, *(f"resources.{name}" for name in _KUBERNETES_RESOURCES))
"""Fields that have a meaning on Kubernetes only; requests that give them are refused."""


@dataclass(frozen=True)
class Rules:
    """Limits and defaults; every method raises `InvalidField` where they are broken."""

    limits: Limits
    memory: int
    """Of this machine, in bytes."""
    most_threads: int
    idle_minutes: int

    # --- new clusters and groups -----------------------------------------------------

    def configure(self, name: str, request: ClusterCreate) -> HostCommand:
        """Return what to run for a request."""
        if request.workers is not None and request.adapt is not None:
            raise InvalidField("workers", "Give either workers or adapt, not both.")
        if request.packages:
            raise InvalidField(
                "packages",
                "Local workers have the packages of Jupyter's own environment: "
                "install them there.",
            )
        group = self._group(DEFAULT, request, self._first_workers(request))
        wanted = HostCommand(
            groups=[group], adapt=request.adapt, clocks=self._first_clocks(request.lifetime)
        )
        if request.adapt is not None:
            self.check_adapt(request.adapt, wanted)
        else:
            self.check_workers("workers", wanted, group)
        check_group_names(request.groups or ())
        for index, more in enumerate(request.groups or ()):
            with within(f"groups[{index}]"):
                wanted = self.add_group(name, more, wanted)
        return wanted

    def add_group(
        self, cluster: str, request: GroupCreate, wanted: HostCommand
    ) -> HostCommand:
        """Return ``wanted`` with one more group; raises also `GroupTaken`."""
        check_group_name(cluster, request.name)
        if wanted.group(request.name) is not None:
            raise GroupTaken(cluster, request.name)
        group = self._group(request.name, request, request.workers)
        self.check_workers("workers", wanted, group)
        return msgspec.structs.replace(wanted, groups=[*wanted.groups, group])

    def _group(self, name: str, options: WorkerOptions, workers: int | None) -> GroupSpec:
        _refuse_kubernetes(options)
        resources = options.resources or Resources()
        return GroupSpec(
            name=name,
            workers=workers,
            threads=self._threads(resources.threads),
            memory=self._memory(resources.memory),
            env=check_env(options.env or {}),
        )

    def _first_workers(self, request: ClusterCreate) -> int | None:
        if request.adapt is not None:
            return None
        default = self.limits.default_workers
        return default if request.workers is None else request.workers

    # --- numbers of workers ----------------------------------------------------------

    def check_workers(self, field: str, wanted: HostCommand, group: GroupSpec) -> None:
        """Check a group's number of workers, together with the cluster's other groups."""
        workers = group.workers or 0
        others = [it for it in wanted.groups if it.name != group.name]
        self._check(field, workers, group.memory, _sizes(others, wanted.adapt))

    def check_adapt(self, adapt: Adapt, wanted: HostCommand) -> None:
        """Check the bounds of an autoscaler."""
        check_order(adapt)
        default, *others = wanted.groups
        sizes = _sizes(others, None)
        self._check("adapt.maximum", adapt.maximum, default.memory, sizes)

    def _check(
        self, field: str, workers: int, memory: int, others: list[tuple[int, int]]
    ) -> None:
        """Check ``workers`` of ``memory`` bytes each, beside others."""
        most, beside = self.limits.max_workers, sum(count for count, _ in others)
        if workers + beside > most:
            what = (
                f"{workers} beside the {beside} of the other groups"
                if beside
                else f"{workers}"
            )
            raise InvalidField(
                field,
                f"A cluster can have at most {most} workers here, not {what}.",
                maximum=max(0, most - beside),
            )
        taken = sum(count * size for count, size in others)
        if workers * memory + taken > self.memory:
            rest = (
                f", beside the {format_memory(taken)} of the other groups" if taken else ""
            )
            raise InvalidField(
                field,
                f"{workers} workers with {format_memory(memory)} each want "
                f"{format_memory(workers * memory)}{rest}; this machine has "
                f"{format_memory(self.memory)}.",
            )

    # --- changes ---------------------------------------------------------------------

    def check_patch(self, change: ClusterPatch, wanted: HostCommand) -> None:
        """Check that a change says something, of a group that is there."""
        given = (change.workers, change.adapt, change.lifetime)
        if all(it is msgspec.UNSET for it in given) and not change.extend:
            raise InvalidField(
                "workers", "Say what to change: workers, adapt, lifetime or extend."
            )
        if change.workers is not msgspec.UNSET and change.adapt:
            raise InvalidField("workers", "Give either workers or adapt, not both.")
        name = DEFAULT if change.group is msgspec.UNSET else change.group
        if wanted.group(name) is None:
            raise InvalidField("group", f"There is no worker group named “{name}”.")
        if name != DEFAULT and change.adapt is not msgspec.UNSET:
            raise InvalidField(
                "group", "The autoscaler works on the default worker group only."
            )

    # --- lifetimes -------------------------------------------------------------------

    def clocks(self, lifetime: LifetimeRequest) -> Clocks:
        """Return after how long a cluster ends by itself, if ever."""
        if lifetime.kind == "notebook":
            raise InvalidField(
                "lifetime.kind", "Local clusters always end with Jupyter: use idle or keep."
            )
        if lifetime.kind == "idle":
            return Clocks(
                idle_seconds=lifetime.seconds or self.idle_minutes * 60 or 3600,
                no_client_seconds=lifetime.no_client_seconds,
            )
        if lifetime.seconds is not None:
            raise InvalidField("lifetime.seconds", "Only idle has seconds.")
        if lifetime.no_client_seconds is not None:
            raise InvalidField(
                "lifetime.no_client_seconds",
                "A cluster that is kept has no clocks: use idle.",
            )
        return Clocks()

    def _first_clocks(self, lifetime: LifetimeRequest | None) -> Clocks:
        if lifetime is None:
            return Clocks(idle_seconds=self.idle_minutes * 60 or None)
        return self.clocks(lifetime)

    # --- what each worker gets -------------------------------------------------------

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


def _sizes(groups: Iterable[GroupSpec], adapt: Adapt | None) -> list[tuple[int, int]]:
    """Return how many workers each group may come to, and the memory of each of them."""
    sizes = []
    for group in groups:
        adaptive = adapt is not None and group.name == DEFAULT
        count = adapt.maximum if adapt is not None and adaptive else group.workers or 0
        sizes.append((count, group.memory))
    return sizes


def _refuse_kubernetes(options: WorkerOptions) -> None:
    """Refuse what has a meaning on Kubernetes only, rather than ignore it."""
    given = [name for name in _KUBERNETES_ONLY if getattr(options, name, None)]
    given += [
        f"resources.{name}"
        for name in _KUBERNETES_RESOURCES
        if getattr(options.resources, name, None)
    ]
    for field in given:
        raise InvalidField(
            field, f"“{field}” has no meaning for clusters of local processes."
        )
