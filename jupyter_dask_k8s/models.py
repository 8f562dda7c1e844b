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
JobPhase = Literal["Pending", "Running", "Succeeded", "Failed", "Stopping"]
ExportKind = Literal["client", "kubecluster", "python", "yaml", "job", "kfp", "object"]
ProfileSource = Literal["package", "platform", "user"]

MAX_NAME_LENGTH = 53
"""Services add ``-scheduler`` (10 characters) to the name; a label has 63."""

NAME_PATTERN = r"^[a-z]([a-z0-9-]*[a-z0-9])?(?!\n)$"
"""A DNS label that a Kubernetes Service can carry (RFC 1035: a letter first).

In Python ``$`` also matches before a line break at the end, in JavaScript it does not.
"""

Count = Annotated[int, msgspec.Meta(ge=0)]
PositiveCount = Annotated[int, msgspec.Meta(ge=1)]
Seconds = Annotated[int, msgspec.Meta(ge=1, le=31_536_000)]
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
    """How a cluster ends; ``seconds`` belongs to ``idle`` only.

    ``no_client_seconds`` is a second clock beside it: the cluster also ends when nobody
    was connected for so long. ``keep`` has no clocks.
    """

    kind: Literal["idle", "notebook", "keep"]
    seconds: Seconds | None = None
    no_client_seconds: Seconds | None = None


class Resources(Request, frozen=True):
    """What each worker gets."""

    threads: PositiveCount | None = None
    memory: Quantity | None = None
    cpu: Quantity | None = None
    gpus: Count | None = None


class Toleration(Request, frozen=True):
    """A taint of nodes that workers put up with, as Kubernetes names its parts."""

    key: str | None = None
    operator: Literal["Equal", "Exists"] = "Equal"
    value: str | None = None
    effect: Literal["NoSchedule", "PreferNoSchedule", "NoExecute"] | None = None


# --- requests ------------------------------------------------------------------------


class WorkerOptions(Request, frozen=True):
    """What the workers of a group are like. What is missing the profile or we choose.

    All but ``resources`` and ``env`` have a meaning on Kubernetes only.
    """

    image: str | None = None
    resources: Resources | None = None
    env: dict[str, str] | None = None
    worker_command: list[str] | None = None
    node_selector: dict[str, str] | None = None
    tolerations: list[Toleration] | None = None


class GroupCreate(WorkerOptions, kw_only=True, frozen=True):
    """Body of ``POST api/clusters/{name}/groups``: one more group of workers."""

    name: ClusterName
    workers: Count = 1


class GroupPatch(Request, frozen=True):
    """Body of ``PATCH api/clusters/{name}/groups/{group}``."""

    workers: Count


class ClusterCreate(WorkerOptions, kw_only=True, frozen=True):
    """Body of ``POST api/clusters``. Give ``workers`` or ``adapt`` or neither.

    The options of workers are those of the group ``default``.
    """

    name: ClusterName | None = None
    backend: BackendName | None = None
    """Where there are two backends: which one. The first is meant otherwise."""
    profile: str | None = None
    workers: Count | None = None
    adapt: Adapt | None = None
    lifetime: LifetimeRequest | None = None
    groups: list[GroupCreate] | None = None
    """Worker groups beside ``default``."""
    packages: list[str] | None = None
    """What pip installs on the scheduler and on every worker when it starts."""
    overlay: dict[str, Any] | None = None
    """Merged into the DaskCluster's ``spec``, where the profile permits it."""


class JobCreate(Request, frozen=True):
    """Body of ``POST api/jobs``: run a notebook, a script or a command beside a cluster.

    Give ``path`` (of a notebook or a Python script, below Jupyter's root) or ``command``.
    """

    name: ClusterName | None = None
    path: str | None = None
    command: list[str] | None = None
    parameters: dict[str, str] | None = None
    """Environment variables of the runner."""
    image: str | None = None
    """Of the runner and of the cluster. Default: that of this Jupyter server's pod."""
    cluster: ClusterCreate = ClusterCreate()
    """The cluster beside the runner: profile, workers, resources ..."""


class ClusterPatch(Request, frozen=True):
    """Body of ``PATCH api/clusters/{name}``: one change or more, at least one.

    ``adapt`` of ``null`` ends adaptive scaling and keeps the workers there are.
    """

    workers: Count | msgspec.UnsetType = msgspec.UNSET
    adapt: Adapt | msgspec.UnsetType | None = msgspec.UNSET
    lifetime: LifetimeRequest | msgspec.UnsetType = msgspec.UNSET
    group: str | msgspec.UnsetType = msgspec.UNSET
    extend: bool = False
    """Start the clocks of the lifetime anew: somebody still wants this cluster."""


# --- answers -------------------------------------------------------------------------


class Lifetime(Answer, frozen=True):
    """How a cluster ends, and since when it has had no work (``idle`` only)."""

    kind: Literal["idle", "notebook", "keep"]
    seconds: int | None = None
    idle_since: datetime.datetime | None = None
    no_client_seconds: int | None = None
    ends: datetime.datetime | None = None
    """When a clock runs out if nothing happens; ``null`` while none runs."""
    notebook: str | None = None
    """With what it ends (``notebook`` only): ``Notebook alice`` or ``Pod alice-0``."""


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
    worker_resources: dict[str, float] = {}
    """Dask's own resources, by which tasks choose this group: ``resources={...}``."""


class Decision(Answer, frozen=True):
    """What the autoscaler wanted, and how many workers there were in the end."""

    time: datetime.datetime
    before: int
    wanted: int
    got: int | None
    """Ready workers, now or when the next decision fell; ``null`` where nobody looked."""


class WorkerBounds(Answer, frozen=True):
    """Between which numbers of workers a cluster may be scaled (the default group)."""

    minimum: int
    maximum: int


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
    profile: str = ""
    """The profile that it was made with; empty where none is known."""
    bounds: WorkerBounds | None = None
    """Narrower than `Limits`: of a shared cluster or of its profile."""
    decisions: list[Decision] = []
    """The last decisions of the autoscaler, newest first."""
    warnings: list[str] = []
    """What a user should know although it keeps nothing from working; sentences."""
    since: datetime.datetime | None = None
    """Since when what ``reason`` tells is so; ``null`` where nobody knows."""
    contained: bool = False
    """Whether you are shown its dashboard without Jupyter's origin, as it is another's."""
    uid: str = ""
    """Another one for each cluster that is made, also of the same name: on Kubernetes the
    ``metadata.uid`` of the DaskCluster. Empty where only remains are left."""


class DashboardPlace(Answer, frozen=True):
    """Answer of ``GET api/clusters/{name}/dashboard``."""

    path: str
    """Where pages of the dashboard begin, below the base URL."""
    contained: bool
    """Whether ``path`` is for a frame without Jupyter's origin; it opens without a login,
    until it was not used for ten minutes. ``path`` itself tells whether it is open."""


class ClusterList(Answer, frozen=True):
    """Answer of ``GET api/clusters``."""

    clusters: list[Cluster]


class Room(Answer, frozen=True):
    """What the quotas of the namespace leave for new pods; ``null``: no quota counts it.

    CPU in cores, memory in bytes. ``pods`` is also bounded by the room for their CPU and
    memory only where a quota counts these.
    """

    cpu: float | None = None
    memory: int | None = None
    gpus: int | None = None
    pods: int | None = None
    sentence: str = ""
    """``Left of the quota “team”: 3 of 10 CPU, 4 of 16 GiB.``; empty without a quota."""


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
    owner_clusters: int | None = None
    """What one owner may have at most, over all clusters; ``null``: no limit."""
    owner_workers: int | None = None
    owner_gpus: int | None = None
    room: Room | None = None
    """``null`` where nothing counts: no Kubernetes, no quota, or no right to read it."""


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
    backends: list[BackendName] = []
    """All backends that clusters can be made on; the first is ``backend``."""
    jobs: bool = False
    """Whether notebooks and scripts can be run as jobs here."""
    stale_since: datetime.datetime | None = None
    """Since when the list may be out of date; ``null`` while it is true."""
    missing: list[str] = []
    """What is missing here, for programs: ``operator``, ``permission``, ``api``."""


class Pod(Answer, kw_only=True, frozen=True):
    """One pod of a cluster; of a local cluster, one process."""

    name: str
    component: Literal["scheduler", "worker"]
    group: str
    """The worker group; empty for the scheduler."""
    phase: str
    """As kubectl shows it: ``Running``, ``Pending``, ``CrashLoopBackOff`` ..."""
    reason: str
    """What it waits for or suffers from, as a sentence; empty when all is well."""
    ready: bool
    node: str | None
    restarts: int
    created: datetime.datetime | None
    image: str | None
    containers: list[str]
    """Of which there are logs, the one of Dask first."""
    previous: bool
    """Whether there is a log of a container before the last restart."""
    cpu: float | None
    """Cores in use, as its worker last told the scheduler."""
    cpu_limit: float | None
    memory: int | None
    memory_limit: int | None


class PodList(Answer, frozen=True):
    """Answer of ``GET api/clusters/{name}/pods``: the scheduler first."""

    pods: list[Pod]


class Occurrence(Answer, frozen=True):
    """One event of Kubernetes that concerns a cluster."""

    id: str
    """The same id again means that it happened once more."""
    time: datetime.datetime
    warning: bool
    reason: str
    message: str
    object: str
    """``Pod demo-scheduler-5f6``."""
    count: int


class OccurrenceList(Answer, frozen=True):
    """Answer of ``GET api/clusters/{name}/events``: newest first.

    With ``follow=1`` the answer is a stream: one `Occurrence` a line, oldest first.
    """

    events: list[Occurrence]


class Check(Answer, frozen=True):
    """One thing that the doctor looked at."""

    id: str
    """``api``, ``namespace``, ``crds``, ``operator``, ``rbac.pods`` ..."""
    title: str
    verdict: Literal["ok", "warning", "failed", "skipped"]
    message: str
    """What was found, in a sentence."""
    remedy: str = ""
    """YAML or a command for the administrator; empty where nothing is to be done."""
    remedy_kind: Literal["", "yaml", "command", "config"] = ""


class Doctor(Answer, frozen=True):
    """Answer of ``GET api/doctor``."""

    healthy: bool
    """Whether no check failed; warnings are no failures."""
    time: datetime.datetime
    checks: list[Check]


class GPUMetrics(Answer, frozen=True):
    """Sums over the workers that report a GPU; memory in bytes, use in percent."""

    count: int
    memory: int
    memory_total: int
    utilization: float | None
    """``null`` where NVML does not tell, as of a part of a GPU (MIG)."""


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
    clients: int | None = None
    """Connected clients; ``null`` where the scheduler does not tell."""
    ends: float | None = None
    """When a clock of the lifetime runs out if nothing happens, in seconds since the
    epoch; ``null`` while none runs or nobody knows."""


class MetricsFrame(Answer, frozen=True):
    """One message of the websocket ``api/metrics``; ``reason`` says why none are there."""

    name: str
    metrics: Metrics | None
    reason: str = ""
    kind: Literal["metrics"] = "metrics"


class MonitorWorker(Answer, frozen=True):
    """What stays the same of one worker; memory in bytes."""

    id: int
    """Stands for it in the columns; no other worker of the cluster ever gets it."""
    name: str
    threads: int
    memory_limit: int
    """0 where it has none."""
    gpu: str | None = None
    """What its GPU is called; empty where nobody says, ``null`` where it has none."""
    gpu_device: str | None = None
    """Workers with the same word here share one GPU; ``null`` where it has none."""
    gpu_memory_total: int = 0


class MonitorColumns(Answer, frozen=True):
    """Each worker at one moment: columns of whole numbers, all in the order of ``ids``.

    Memory in MiB, network in KiB a second.
    """

    ids: list[int]
    cpu: list[int]
    """Percent of its threads, 0 to 100."""
    tasks: list[int]
    """Tasks that it works on or will work on next."""
    memory: list[int]
    """Of its process; what is not ``managed`` of it is unmanaged."""
    managed: list[int]
    spilled: list[int]
    read: list[int]
    """What its machine receives; several workers may be on one machine."""
    write: list[int]
    gpu_memory: list[int | None] = []
    """Empty where no worker has a GPU."""
    gpu_use: list[int | None] = []
    """Percent; ``null`` where NVML does not tell, as of a part of a GPU (MIG)."""


class MonitorPrefix(Answer, frozen=True):
    """The tasks of one prefix (Dask's word for tasks with like names) at one moment."""

    name: str
    """Empty: all those prefixes together that are not listed."""
    color: str
    """As in Dask's dashboard: ``#20a585``; empty where there is none."""
    waiting: int = 0
    """Also those that are queued or find no worker."""
    processing: int = 0
    memory: int = 0
    erred: int = 0
    released: int = 0
    finished: int = 0
    """Computed since the scheduler started."""


class MonitorSample(Answer, frozen=True):
    """A cluster at one moment; memory in bytes, network in bytes a second."""

    time: float
    """Seconds since the epoch, on the clock of the Jupyter server."""
    workers: int
    threads: int
    cpu: float
    """Percent of all threads."""
    memory: int
    managed: int
    unmanaged: int
    spilled: int
    memory_limit: int
    read: float
    """What the machines of all workers receive; each machine counts once."""
    write: float
    tasks: dict[str, int]
    """Number of tasks by scheduler state (``processing``, ``memory``, ``erred`` ...)."""
    finished: int | None
    """Tasks computed since the scheduler started; ``null`` where it does not tell."""
    prefixes: list[MonitorPrefix]
    """At most 12 and the rest, busiest first; empty where the scheduler does not tell."""
    gpu: GPUMetrics | None
    """``null`` where no worker has a GPU."""
    columns: MonitorColumns | None = None
    """Each worker; ``null`` in most of the older samples of a large cluster."""
    guessed: bool = False
    """The scheduler tells neither CPU (each thread with a task counts as busy) nor managed,
    spilled and network."""
    finished_only: bool = False
    """Of the prefixes only ``finished`` is known; what else they say is 0."""


class MonitorFrame(Answer, kw_only=True, frozen=True):
    """One message of the websocket ``api/metrics`` to who watches a monitor."""

    kind: Literal["monitor"] = "monitor"
    name: str
    start: bool
    """Whether this replaces all that was sent before: the last ten minutes."""
    workers: list[MonitorWorker]
    """Those that are new; with ``start`` all that the samples speak of."""
    samples: list[MonitorSample]
    """Oldest first; a gap is where nobody looked."""
    interval: float
    """Seconds between two samples now; more where they would cost the scheduler more than
    1 % of its time."""
    reason: str = ""
    """Why no samples come; empty when all is well."""


class MetricsWatch(Request, frozen=True):
    """What a client sends on the websocket ``api/metrics``: the clusters it looks at."""

    watch: list[ClusterName]
    """For each of these a `MetricsFrame` comes when there is something new."""
    monitor: list[ClusterName] = []
    """For each of these a `MonitorFrame` comes with every sample."""


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


class KernelCode(Answer, frozen=True):
    """Answer of ``GET api/kernelcode``: Python that a page runs in a notebook's kernel."""

    content: str
    """The program for packages: compares, installs, sends."""
    clients: str
    """The program that tells which schedulers the kernel is connected to."""


class Bounds(Answer, frozen=True):
    """What a profile permits for one field; ``null`` where it sets no bound.

    Numbers for counts and seconds, quantities as text for CPU and memory.
    """

    minimum: int | str | None = None
    maximum: int | str | None = None
    choices: list[str] | None = None


class Profile(Answer, kw_only=True, frozen=True):
    """A named recipe for new clusters."""

    name: str
    label: str
    description: str
    backend: BackendName
    """Where its clusters live."""
    icon: str = ""
    """``cpu``, ``gpu``, ``adaptive``, ``local`` or a data URL of a small picture."""
    source: ProfileSource = "package"
    extends: str = ""
    """The profile that a user's own one builds on; requests name that one."""
    defaults: ClusterCreate = ClusterCreate()
    fields: list[str] | None = None
    """What a request may say beside the name, as dotted names of `ClusterCreate`
    (``resources.memory``); ``null``: everything but ``overlay``."""
    bounds: dict[str, Bounds] = {}
    """By dotted name of the field."""
    form: dict[str, Any] = {}
    """JSON Schema of the form, with these defaults, fields and bounds."""


class Profiles(Answer, frozen=True):
    """Answer of ``GET api/profiles``; ``form`` is that of the profile ``default``."""

    profiles: list[Profile]
    default: str
    form: dict[str, Any]
    troubles: list[str] = []
    """Profiles that cannot be used, and why; sentences for the administrator."""


class Job(Answer, frozen=True):
    """One DaskJob: a runner, and a cluster that ends with it."""

    name: str
    namespace: str | None
    owner: str
    phase: JobPhase
    reason: str
    cluster: str | None
    """The name of its cluster, while there is one."""
    source: str | None
    """The notebook or script, where we made the job; below Jupyter's root."""
    result: str | None
    """The notebook with the results, where there is one; below Jupyter's root."""
    image: str | None
    command: list[str]
    profile: str
    created: datetime.datetime
    started: datetime.datetime | None
    ended: datetime.datetime | None
    logs: list[str]
    """Of which pods there are logs, the runner first."""
    uid: str = ""
    """Another one for each job that is made, also of the same name."""


class JobList(Answer, frozen=True):
    """Answer of ``GET api/jobs``."""

    jobs: list[Job]


class JobLogs(Answer, frozen=True):
    """Answer of ``GET api/jobs/{name}/logs?pod=&tail=``."""

    name: str
    pod: str
    text: str
    complete: bool
    """Whether this is all that the pod printed."""


class ClusterEvent(Answer, frozen=True):
    """A hint on Jupyter's event bus: read this cluster (everything, without a name) again.

    ``reason`` is set on ``removed`` when the cluster ended by itself (idle, say).
    """

    action: Literal["added", "changed", "removed"]
    name: str
    reason: str = ""
    kind: Literal["cluster", "job", "profiles"] = "cluster"
    """What the name is one of."""


class ErrorBody(Answer, frozen=True):
    """The body of every error."""

    message: str
    reason: str
    details: dict[str, Any]
