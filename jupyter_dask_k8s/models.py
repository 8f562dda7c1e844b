"""The wire contract: every type that crosses HTTP or the event bus is here.

From these types come the OpenAPI document (``openapi.py``), the form for new
clusters and ``src/schema.ts``. The field names are the public API; the words
are those of the documentation.
"""

from __future__ import annotations

import datetime
from typing import Annotated, Any, Literal

import msgspec

BackendName = Literal["local", "kubernetes"]
Phase = Literal["Pending", "Running", "Failed", "Stopping"]
ExportKind = Literal["client", "kubecluster", "python", "yaml"]

MAX_NAME_LENGTH = 53
"""Services add ``-scheduler`` (10 characters) to the name; a label has 63."""

NAME_PATTERN = r"^[a-z]([a-z0-9-]*[a-z0-9])?(?!\n)$"
"""A DNS label that a Kubernetes Service can carry (RFC 1035: a letter first).

In Python ``$`` also matches before a line break at the end, in JavaScript it does not.
"""

Count = Annotated[int, msgspec.Meta(ge=0)]
PositiveCount = Annotated[int, msgspec.Meta(ge=1)]
ClusterName = Annotated[
    str, msgspec.Meta(min_length=1, max_length=MAX_NAME_LENGTH, pattern=NAME_PATTERN)
]
Quantity = Annotated[str, msgspec.Meta(min_length=1, max_length=32)]
"""An amount such as ``2``, ``500m``, ``8Gi`` or ``512MiB``."""


class Answer(msgspec.Struct, kw_only=True, frozen=True):
    """Base of what the server says."""


class Request(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """Base of what a client says: an unknown field is an error, never ignored."""


# --- shared by requests and answers --------------------------------------------------


class Adapt(Request, frozen=True):
    """The autoscaler: bounds on the number of workers of the default group."""

    maximum: PositiveCount
    minimum: Count = 0


class LifetimeRequest(Request, frozen=True):
    """How a cluster ends; ``seconds`` belongs to ``idle`` only."""

    kind: Literal["idle", "notebook", "keep"]
    seconds: Annotated[int, msgspec.Meta(ge=1, le=31_536_000)] | None = None


class Resources(Request, frozen=True):
    """What each worker gets."""

    threads: PositiveCount | None = None
    memory: Quantity | None = None
    cpu: Quantity | None = None
    gpus: Count | None = None


# --- requests ------------------------------------------------------------------------


class ClusterCreate(Request, frozen=True):
    """Body of ``POST api/clusters``. Give ``workers`` or ``adapt`` or neither."""

    name: ClusterName | None = None
    profile: str | None = None
    workers: Count | None = None
    adapt: Adapt | None = None
    image: str | None = None
    resources: Resources | None = None
    env: dict[str, str] | None = None
    worker_command: list[str] | None = None
    lifetime: LifetimeRequest | None = None


class ClusterPatch(Request, frozen=True):
    """Body of ``PATCH api/clusters/{name}``: one change or more, at least one.

    ``adapt`` of ``null`` ends adaptive scaling and keeps the workers there are.
    """

    workers: Count | msgspec.UnsetType = msgspec.UNSET
    adapt: Adapt | msgspec.UnsetType | None = msgspec.UNSET
    lifetime: LifetimeRequest | msgspec.UnsetType = msgspec.UNSET
    group: str | msgspec.UnsetType = msgspec.UNSET


# --- answers -------------------------------------------------------------------------


class Lifetime(Answer, frozen=True):
    """How a cluster ends, and since when it has had no work (``idle`` only)."""

    kind: Literal["idle", "notebook", "keep"]
    seconds: int | None = None
    idle_since: datetime.datetime | None = None


class WorkerGroup(Answer, frozen=True):
    """Like workers of one cluster. ``memory`` is the limit of one worker."""

    name: str
    desired: int
    ready: int
    threads: int | None = None
    memory: str | None = None
    cpu: str | None = None
    gpus: int = 0
    image: str | None = None


class Cluster(Answer, frozen=True):
    """One cluster as every list entry shows it."""

    name: str
    namespace: str | None
    backend: BackendName
    owner: str
    shared: bool
    phase: Phase
    reason: str
    scheduler_address: str | None
    dashboard_path: str
    dashboard_link: str | None
    """The path that ``client.dashboard_link`` of this cluster has, below the base URL."""
    groups: list[WorkerGroup]
    adapt: Adapt | None
    lifetime: Lifetime
    created: datetime.datetime


class ClusterList(Answer, frozen=True):
    """Answer of ``GET api/clusters``."""

    clusters: list[Cluster]


class Limits(Answer, frozen=True):
    """What one cluster may have at most; ``null`` where the backend sets no limit.

    Memory in bytes: ``memory`` of the machine, ``default_memory`` of one worker.
    """

    max_workers: int
    max_threads: int | None
    memory: int | None
    default_workers: int
    default_threads: int
    default_memory: int
    max_clusters: int | None


class Status(Answer, frozen=True):
    """Answer of ``GET api/status``."""

    state: Literal["starting", "ready", "failed"]
    backend: BackendName | None
    reason: str
    """Why this backend was chosen, or why there is none."""
    trouble: str
    """Why the list of clusters may be out of date or not whole; empty when all is well."""
    namespace: str | None
    user: str
    versions: dict[str, str]
    operator: bool | None
    """Is the Dask operator there? ``null`` where the backend needs none."""
    limits: Limits | None


class GPUMetrics(Answer, frozen=True):
    """Sums over the workers that report a GPU; memory in bytes, use in percent."""

    count: int
    memory: int
    memory_total: int
    utilization: float


class Metrics(Answer, frozen=True):
    """One reading of a scheduler; memory in bytes."""

    name: str
    time: float
    """Seconds since the epoch, on the clock of the Jupyter server."""
    workers: int
    threads: int
    cpu: float
    """Percent of all threads of the cluster: 100 means every thread is busy."""
    memory: int
    memory_limit: int
    tasks: dict[str, int]
    """Number of tasks by scheduler state (``processing``, ``memory``, ``erred`` ...)."""
    finished: int | None
    """Tasks computed since the scheduler started; ``null`` where it does not tell."""
    gpu: GPUMetrics | None
    """``null`` where no worker reports a GPU."""


class MetricsFrame(Answer, frozen=True):
    """One message of the websocket ``api/metrics``; ``reason`` says why none are there."""

    name: str
    metrics: Metrics | None
    reason: str = ""


class MetricsWatch(Request, frozen=True):
    """What a client sends on the websocket ``api/metrics``: the clusters it looks at."""

    watch: list[ClusterName]


class Plot(Answer, frozen=True):
    """One page of a dashboard. ``path`` goes behind ``.../dashboard/``."""

    path: str
    title: str
    useful: bool
    """Belongs to the few that most people want; these come first in the list."""
    empty_reason: str = ""
    """Why the plot would show nothing now; empty when it has something to show."""


class PlotList(Answer, frozen=True):
    """Answer of ``GET api/clusters/{name}/plots``."""

    plots: list[Plot]


class Export(Answer, frozen=True):
    """Answer of ``GET api/clusters/{name}/export``: a cluster as text."""

    kind: ExportKind
    mimetype: str
    content: str


class Profile(Answer, frozen=True):
    """A named recipe for new clusters."""

    name: str
    label: str
    description: str


class Profiles(Answer, frozen=True):
    """Answer of ``GET api/profiles``; ``form`` is the JSON Schema of the create form."""

    profiles: list[Profile]
    form: dict[str, Any]


class ClusterEvent(Answer, frozen=True):
    """A hint on Jupyter's event bus: read this cluster (everything, without a name) again.

    ``reason`` is set on ``removed`` when the cluster ended by itself (idle, say).
    """

    action: Literal["added", "changed", "removed"]
    name: str
    reason: str = ""


class ErrorBody(Answer, frozen=True):
    """The body of every error."""

    message: str
    reason: str
    details: dict[str, Any]
