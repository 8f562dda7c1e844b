"""A request with every choice made: what `manifest` turns into Kubernetes' objects."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from ...models import Adapt


@dataclass(frozen=True)
class WorkerSize:
    """What each worker gets; ``cpu`` as Kubernetes writes it."""

    threads: int
    cpu: str
    cpu_request: str
    memory_bytes: int
    gpus: int = 0


@dataclass(frozen=True)
class WorkerWish:
    """What the workers of one group are like."""

    image: str
    size: WorkerSize
    env: dict[str, str] = field(default_factory=dict)
    command: list[str] | None = None
    node_selector: dict[str, str] = field(default_factory=dict)
    tolerations: list[dict[str, Any]] = field(default_factory=list)
    dask_resources: dict[str, float] = field(default_factory=dict)
    """By which tasks choose this group."""
    program: list[str] | None = None
    """What runs Dask in an image whose entry point does something else."""


@dataclass(frozen=True)
class GroupWish:
    """One more worker group."""

    name: str
    workers: int
    worker: WorkerWish


@dataclass(frozen=True)
class Ending:
    """How a cluster ends; both clocks in seconds."""

    kind: Literal["idle", "notebook", "keep"]
    idle: int | None = None
    no_client: int | None = None

    @property
    def timeout(self) -> int:
        """What ``spec.idleTimeout`` is: 0 where no clock runs.

        The operator knows one clock only; our scheduler answers it so that both count
        (see preload.py).
        """
        return self.idle or self.no_client or 0


@dataclass(frozen=True)
class Owner:
    """The object with which a cluster ends."""

    api_version: str
    kind: str
    name: str
    uid: str

    @property
    def reference(self) -> dict[str, Any]:
        """An entry of ``metadata.ownerReferences``."""
        return {
            "apiVersion": self.api_version,
            "kind": self.kind,
            "name": self.name,
            "uid": self.uid,
        }


@dataclass(frozen=True)
class Wish:
    """A new cluster."""

    name: str
    owner: str
    request_id: str
    """Tells our cluster from one of the same name when an answer got lost."""
    workers: int
    adapt: Adapt | None
    worker: WorkerWish
    scheduler: WorkerSize
    ending: Ending
    groups: list[GroupWish] = field(default_factory=list)
    notebook: Owner | None = None
    profile: str = ""
    packages: list[str] = field(default_factory=list)
    overlay: dict[str, Any] = field(default_factory=dict)
    user_overlay: dict[str, Any] = field(default_factory=dict)
    grace_seconds: int = 0
    gpu_resource: str = "nvidia.com/gpu"
