"""What the server and a cluster's host process say to each other: lines of JSON.

The server writes commands to the host's standard input, the host writes reports to what
was its standard output. End of input means that the server is gone: the host ends.
"""

from __future__ import annotations

import msgspec

from ...models import Adapt

READINGS_PATH = "jupyter-dask-k8s/readings.json"
"""The page that a host adds to its scheduler (see ``readings.py``)."""

DEFAULT = "default"
"""The group that each cluster has, and the only one that the autoscaler scales."""


class GroupSpec(msgspec.Struct, kw_only=True, frozen=True):
    """Like workers, and how many of them. Memory in bytes, for each worker."""

    name: str
    workers: int | None
    """``None`` leaves the number to the autoscaler."""
    threads: int
    memory: int
    env: dict[str, str]
    """The variables of the group alone; those of ``default`` are the whole cluster's."""

    @property
    def resources(self) -> dict[str, float]:
        """Dask's resources, by which tasks choose this group."""
        return {} if self.name == DEFAULT else {self.name: float(self.threads)}

    def like(self, other: GroupSpec) -> bool:
        """Whether the other's workers may stay as ours."""
        return msgspec.structs.replace(other, workers=self.workers) == self


class Clocks(msgspec.Struct, kw_only=True, frozen=True):
    """After how many seconds a cluster ends by itself; ``None`` where a clock is off."""

    idle_seconds: int | None = None
    no_client_seconds: int | None = None
    touched: float = 0.0
    """When somebody last asked for more time; no clock counts from before."""

    def since(self, moment: float | None) -> float | None:
        """Return from when on a clock counts that may run since ``moment``."""
        return None if moment is None else max(moment, self.touched)

    def ends(
        self, idle_since: float | None, no_client_since: float | None
    ) -> dict[str, float]:
        """Return when each clock that runs will have run out, by what it waits for."""
        clocks = (
            ("idle", self.since(idle_since), self.idle_seconds),
            ("no_client", self.since(no_client_since), self.no_client_seconds),
        )
        return {
            name: since + seconds
            for name, since, seconds in clocks
            if since is not None and seconds is not None
        }


class HostCommand(msgspec.Struct, kw_only=True, frozen=True):
    """The state that the server wants; every command carries the whole of it."""

    number: int = 0
    """Commands count up; a report names the last one that it knows."""
    groups: list[GroupSpec]
    """``default`` is the first."""
    adapt: Adapt | None
    clocks: Clocks
    stop: bool = False

    def group(self, name: str) -> GroupSpec | None:
        """Return a group by its name."""
        return next((group for group in self.groups if group.name == name), None)


class HostConfig(msgspec.Struct, kw_only=True, frozen=True):
    """The first line: what to run."""

    name: str
    directory: str
    wanted: HostCommand


class WorkerReport(msgspec.Struct, kw_only=True, frozen=True):
    """One worker that there shall be."""

    name: str
    made: float
    """When it was first wanted, in seconds since the epoch."""
    ready: bool
    started: bool
    """Whether it was ever connected."""
    restarts: int


class GroupReport(msgspec.Struct, kw_only=True, frozen=True):
    """The workers of a group."""

    desired: int
    ready: int
    kept: int = 0
    """Workers that could not go because nobody has room for their data."""
    workers: list[WorkerReport] = []


class Scaling(msgspec.Struct, kw_only=True, frozen=True):
    """A decision of the autoscaler; ``got`` is known once the next one falls."""

    time: float
    before: int
    wanted: int
    got: int | None = None


class HostReport(msgspec.Struct, kw_only=True, frozen=True):
    """The state that the host sees; moments in seconds since the epoch."""

    number: int
    scheduler_address: str
    dashboard_port: int
    groups: dict[str, GroupReport]
    decisions: list[Scaling]
    """Newest first."""
    idle_since: float | None
    no_client_since: float | None
    ended: str = ""
    """Why the cluster ended by itself (a key of ``cluster.ENDINGS``), else empty."""
    stopping: bool = False
    """Whether the host has heard that it shall end."""
