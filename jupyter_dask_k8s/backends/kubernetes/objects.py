"""The Kubernetes objects that we watch, with only the fields that we use.

Everything else is dropped while the JSON is read, so that ten thousand pods fit into a
notebook's memory (annotations alone often hold the whole object once more).

Python's garbage collector does not look at them (``gc=False``, and tuples in place of
lists): nothing here refers back to what holds it, and going through a hundred thousand
lists would stop the event loop for 150 ms, now and again.
"""

from __future__ import annotations

import datetime
import re
from typing import Any, Generic, TypeVar

import msgspec

T = TypeVar("T")


class Object(msgspec.Struct, rename="camel", omit_defaults=True, gc=False):
    """Base of all parts of objects."""


class Labels(msgspec.Struct, omit_defaults=True, gc=False):
    """The operator's labels (dask-kubernetes 2024.1 to 2026.3) and ours."""

    cluster: str = msgspec.field(name="dask.org/cluster-name", default="")
    component: str = msgspec.field(name="dask.org/component", default="")
    group: str = msgspec.field(name="dask.org/workergroup-name", default="")
    creator: str = msgspec.field(name="dask-k8s/creator", default="")
    owner: str = msgspec.field(name="dask-k8s/owner", default="")
    profile: str = msgspec.field(name="dask-k8s/profile", default="")
    shared: str = msgspec.field(name="dask-k8s/shared", default="")


class Annotations(msgspec.Struct, omit_defaults=True, gc=False):
    """What does not fit into labels."""

    owner: str = msgspec.field(name="dask-k8s/owner", default="")
    request: str = msgspec.field(name="dask-k8s/request", default="")
    lifetime: str = msgspec.field(name="dask-k8s/lifetime", default="")
    packages: str = msgspec.field(name="dask-k8s/packages", default="")
    min_workers: str = msgspec.field(name="dask-k8s/min-workers", default="")
    max_workers: str = msgspec.field(name="dask-k8s/max-workers", default="")
    source: str = msgspec.field(name="dask-k8s/source", default="")
    container: str = msgspec.field(
        name="kubectl.kubernetes.io/default-container", default=""
    )
    """Whose log a pod's log is; Istio writes it where it adds a container."""
    result: str = msgspec.field(name="dask-k8s/result", default="")


class OwnerReference(Object):
    """With what an object ends."""

    kind: str = ""
    name: str = ""
    uid: str = ""


class Meta(Object, rename="camel", omit_defaults=True):
    """``metadata``."""

    name: str = ""
    namespace: str = ""
    uid: str = ""
    resource_version: str = ""
    creation_timestamp: datetime.datetime | None = None
    deletion_timestamp: datetime.datetime | None = None
    labels: Labels = msgspec.field(default_factory=Labels)
    annotations: Annotations = msgspec.field(default_factory=Annotations)


class ClusterMeta(Meta, rename="camel", omit_defaults=True):
    """``metadata`` of a DaskCluster."""

    owner_references: tuple[OwnerReference, ...] = ()
    finalizers: tuple[str, ...] = ()


class PodMeta(Meta, rename="camel", omit_defaults=True):
    """``metadata`` of a pod; its first owner is the ReplicaSet that made it."""

    owner_references: tuple[OwnerReference, ...] = ()


class Resources(Object):
    """``resources`` of a container."""

    limits: dict[str, Any] | None = None
    requests: dict[str, Any] | None = None

    def amount(self, name: str) -> str:
        """Return a limit, else the request; an empty string where there is none."""
        for amounts in (self.limits, self.requests):
            if amounts and name in amounts:
                return str(amounts[name])
        return ""


class Container(Object):
    """One container of a pod template."""

    name: str = ""
    image: str = ""
    args: tuple[str, ...] | None = None
    command: tuple[str, ...] | None = None
    resources: Resources | None = None


class Template(Object):
    """The pod's part of a worker group."""

    containers: tuple[Container, ...] = ()


class Worker(Object):
    """``spec.worker`` of a cluster or a worker group."""

    replicas: int | None = None
    spec: Template = msgspec.field(default_factory=Template)


class ClusterSpec(Object):
    """``spec`` of a DaskCluster."""

    idle_timeout: int | None = None
    worker: Worker = msgspec.field(default_factory=Worker)


class ClusterStatus(Object):
    """``status`` of a DaskCluster; its phase is not to be trusted (see picture.py)."""

    phase: str = ""


class DaskCluster(Object, rename="camel", omit_defaults=True):
    """A DaskCluster."""

    metadata: ClusterMeta
    spec: ClusterSpec = msgspec.field(default_factory=ClusterSpec)
    status: ClusterStatus = msgspec.field(default_factory=ClusterStatus)


class GroupSpec(Object):
    """``spec`` of a DaskWorkerGroup."""

    cluster: str = ""
    worker: Worker = msgspec.field(default_factory=Worker)


class DaskWorkerGroup(Object, rename="camel", omit_defaults=True):
    """A DaskWorkerGroup."""

    metadata: Meta
    spec: GroupSpec = msgspec.field(default_factory=GroupSpec)


class AutoscalerSpec(Object):
    """``spec`` of a DaskAutoscaler."""

    cluster: str = ""
    minimum: int = 0
    maximum: int = 0


class DaskAutoscaler(Object, rename="camel", omit_defaults=True):
    """A DaskAutoscaler."""

    metadata: Meta
    spec: AutoscalerSpec = msgspec.field(default_factory=AutoscalerSpec)


class Condition(Object):
    """A condition of a pod or a Deployment."""

    type: str = ""
    status: str = ""
    reason: str = ""
    message: str = ""
    last_transition_time: datetime.datetime | None = None


class Waiting(Object):
    """Why a container does not run yet."""

    reason: str = ""
    message: str = ""


class Started(Object):
    """Since when a container runs."""

    started_at: datetime.datetime | None = None


class Terminated(Object):
    """How a container ended."""

    exit_code: int = 0
    signal: int = 0
    reason: str = ""
    message: str = ""
    started_at: datetime.datetime | None = None
    finished_at: datetime.datetime | None = None


class ContainerState(Object):
    """Exactly one of these is set."""

    waiting: Waiting | None = None
    running: Started | None = None
    terminated: Terminated | None = None


class ContainerStatus(Object):
    """The state of a container."""

    name: str = ""
    ready: bool = False
    image: str = ""
    restart_count: int = 0
    state: ContainerState = msgspec.field(default_factory=ContainerState)
    last_state: ContainerState = msgspec.field(default_factory=ContainerState)
    started: bool = False
    """Whether it runs and has passed its startup probe."""


class PodStatus(Object):
    """``status`` of a pod."""

    phase: str = ""
    reason: str = ""
    message: str = ""
    pod_ip: str = msgspec.field(name="podIP", default="")
    conditions: tuple[Condition, ...] = ()
    container_statuses: tuple[ContainerStatus, ...] = ()
    init_container_statuses: tuple[ContainerStatus, ...] = ()


class PodContainer(Object):
    """One container of a pod."""

    name: str = ""
    image: str = ""
    restart_policy: str = ""
    """``Always`` makes an init container one that goes on beside the others."""
    resources: Resources | None = None


class PodSpec(Object):
    """``spec`` of a pod."""

    node_name: str = ""
    node_selector: dict[str, str] | None = None
    containers: tuple[PodContainer, ...] = ()
    init_containers: tuple[PodContainer, ...] = ()


class Pod(Object, rename="camel", omit_defaults=True):
    """A pod of a cluster."""

    metadata: PodMeta
    spec: PodSpec = msgspec.field(default_factory=PodSpec)
    status: PodStatus = msgspec.field(default_factory=PodStatus)

    def condition(self, type: str) -> Condition | None:
        """Return one condition."""
        return next((it for it in self.status.conditions if it.type == type), None)

    @property
    def ready(self) -> bool:
        """Whether its containers pass their readiness probes."""
        for it in self.status.conditions:
            if it.type == "Ready":
                return it.status == "True"
        return False

    @property
    def over(self) -> bool:
        """Whether it has ended for good."""
        return self.status.phase in ("Succeeded", "Failed")


class DeploymentStatus(Object):
    """``status`` of a Deployment."""

    conditions: tuple[Condition, ...] = ()


class Deployment(Object, rename="camel", omit_defaults=True):
    """The Deployment of a scheduler or of one worker."""

    metadata: Meta
    status: DeploymentStatus = msgspec.field(default_factory=DeploymentStatus)


class Port(Object):
    """A port of a Service."""

    name: str = ""
    port: int = 0


class ServiceSpec(Object):
    """``spec`` of a Service."""

    type: str = "ClusterIP"
    cluster_ip: str = msgspec.field(name="clusterIP", default="")
    ports: tuple[Port, ...] = ()


class Service(Object, rename="camel", omit_defaults=True):
    """The Service of a scheduler."""

    metadata: Meta
    spec: ServiceSpec = msgspec.field(default_factory=ServiceSpec)

    def port(self, name: str, otherwise: int) -> int:
        """Return the number of a named port."""
        return next((it.port for it in self.spec.ports if it.name == name), otherwise)


_DECISION = re.compile(r"Autoscaler updated (\S+) worker count from (\d+) to (\d+)")
"""What the operator says (dask-kubernetes 2023.7 to 2026.3)."""


class Event(Object, rename="camel", omit_defaults=True):
    """An event; kopf, the operator's framework, makes one of each line that it logs."""

    metadata: Meta
    message: str = ""
    last_timestamp: datetime.datetime | None = None

    @property
    def decision(self) -> tuple[str, int, int]:
        """Whose workers the autoscaler changed, from and to how many; "" for others."""
        match = _DECISION.search(self.message)
        return (match[1], int(match[2]), int(match[3])) if match else ("", 0, 0)


class EventObject(Object):
    """``involvedObject`` of an event."""

    kind: str = ""
    name: str = ""
    uid: str = ""


class EventSeries(Object):
    """An event that goes on (events.k8s.io/v1)."""

    count: int = 0
    last_observed_time: datetime.datetime | None = None


class Occurred(Object, rename="camel", omit_defaults=True):
    """An event of anything, for the list of what happened to a cluster."""

    metadata: Meta
    involved_object: EventObject = msgspec.field(default_factory=EventObject)
    type: str = ""
    reason: str = ""
    message: str = ""
    count: int | None = None
    first_timestamp: datetime.datetime | None = None
    last_timestamp: datetime.datetime | None = None
    event_time: datetime.datetime | None = None
    series: EventSeries | None = None

    @property
    def time(self) -> datetime.datetime | None:
        """When it happened last; each source of events tells that in another place."""
        last = self.series.last_observed_time if self.series else None
        made = self.metadata.creation_timestamp
        return (
            last or self.last_timestamp or self.event_time or self.first_timestamp or made
        )

    @property
    def times(self) -> int:
        """How often it has happened."""
        return max(1, self.count or 0, self.series.count if self.series else 0)


class ConfigMap(Object, rename="camel", omit_defaults=True):
    """A ConfigMap with profiles (see profiles.py)."""

    metadata: Meta
    data: dict[str, str] | None = None


class JobCluster(Object):
    """``spec.cluster`` of a DaskJob."""

    spec: ClusterSpec = msgspec.field(default_factory=ClusterSpec)


class JobRunner(Object):
    """``spec.job`` of a DaskJob: the runner's pod."""

    spec: Template = msgspec.field(default_factory=Template)


class JobSpec(Object):
    """``spec`` of a DaskJob."""

    job: JobRunner = msgspec.field(default_factory=JobRunner)
    cluster: JobCluster = msgspec.field(default_factory=JobCluster)


class JobStatus(Object):
    """``status`` of a DaskJob; where there is a runner's pod, that knows better."""

    job_status: str | None = None
    start_time: datetime.datetime | None = None
    end_time: datetime.datetime | None = None


class DaskJob(Object, rename="camel", omit_defaults=True):
    """A DaskJob."""

    metadata: Meta
    spec: JobSpec = msgspec.field(default_factory=JobSpec)
    status: JobStatus = msgspec.field(default_factory=JobStatus)


class ScopeRequirement(Object):
    """Which pods a quota counts, by one of their properties."""

    scope_name: str = ""
    operator: str = ""


class ScopeSelector(Object):
    """All of these have to be true of a pod."""

    match_expressions: tuple[ScopeRequirement, ...] = ()


class QuotaSpec(Object):
    """``spec`` of a ResourceQuota."""

    scopes: tuple[str, ...] = ()
    scope_selector: ScopeSelector | None = None


class QuotaStatus(Object):
    """``status`` of a ResourceQuota: what it counts, and what is used of it."""

    hard: dict[str, Any] = {}
    used: dict[str, Any] = {}


class ResourceQuota(Object, rename="camel", omit_defaults=True):
    """What all pods of the namespace together may have (see quota.py)."""

    metadata: Meta
    spec: QuotaSpec = msgspec.field(default_factory=QuotaSpec)
    status: QuotaStatus = msgspec.field(default_factory=QuotaStatus)


class RangeItem(Object):
    """Bounds of each ``Container`` or each ``Pod``, by resource."""

    type: str = ""
    max: dict[str, Any] = {}
    min: dict[str, Any] = {}
    default: dict[str, Any] = {}
    default_request: dict[str, Any] = {}
    max_limit_request_ratio: dict[str, Any] = {}


class RangeSpec(Object):
    """``spec`` of a LimitRange."""

    limits: tuple[RangeItem, ...] = ()


class LimitRange(Object, rename="camel", omit_defaults=True):
    """What each pod of the namespace may have (see limitrange.py)."""

    metadata: Meta
    spec: RangeSpec = msgspec.field(default_factory=RangeSpec)


# --- what the API wraps around them --------------------------------------------------


class ListMeta(Object):
    """``metadata`` of a list."""

    resource_version: str = ""
    continue_: str = msgspec.field(name="continue", default="")


class ObjectList(msgspec.Struct, Generic[T]):
    """A page of a list."""

    items: list[T]
    metadata: ListMeta = msgspec.field(default_factory=ListMeta)


class WatchEvent(msgspec.Struct):
    """One line of a watch; the object's type depends on ``type``."""

    type: str
    object: msgspec.Raw


class Bookmark(msgspec.Struct):
    """An object of which only the metadata matter."""

    metadata: Meta = msgspec.field(default_factory=Meta)


class Cause(msgspec.Struct):
    """One field that the API did not like."""

    field: str = ""
    message: str = ""
    reason: str = ""


class StatusDetails(Object):
    """``details`` of a Status."""

    name: str = ""
    kind: str = ""
    causes: tuple[Cause, ...] = ()
    retry_after_seconds: int = 0


class Status(Object):
    """What the API answers instead of an object."""

    code: int = 0
    reason: str = ""
    message: str = ""
    details: StatusDetails | None = None
