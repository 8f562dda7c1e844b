"""The kinds of resources that we work with, and where the API has them."""

from __future__ import annotations

from dataclasses import dataclass

from . import objects

GROUP = "kubernetes.dask.org"


@dataclass(frozen=True)
class Kind:
    """One kind of resource."""

    group: str
    version: str
    plural: str
    type: type[objects.Object]
    selector: str = ""
    """Which of them concern us, as a label selector."""
    fields: str = ""
    """The same as a field selector."""
    optional: bool = False
    """Clusters can be shown as well without it: a missing right is no trouble."""
    namespace: str = ""
    """Where they are, if not beside the clusters."""
    passing: bool = False
    """They are handed on and not kept: there may be very many.

    Events are such. No API server has them in its watch cache, so there are no bookmarks of
    them: in a quiet namespace one would list them anew whenever etcd has been compacted.
    """

    @property
    def base(self) -> str:
        """Where the API has this group."""
        if self.group:
            return f"/apis/{self.group}/{self.version}"
        return f"/api/{self.version}"

    def path(self, namespace: str, name: str = "", subresource: str = "") -> str:
        """Return the path of all of a namespace, of one, or of a part of one."""
        place = self.namespace or namespace
        parts = [f"{self.base}/namespaces/{place}/{self.plural}", name, subresource]
        return "/".join(part for part in parts if part)

    @property
    def full_name(self) -> str:
        """The name that kubectl shows: ``daskclusters.kubernetes.dask.org``."""
        return f"{self.plural}.{self.group}" if self.group else self.plural


_OURS = "dask.org/cluster-name"

CLUSTERS = Kind(GROUP, "v1", "daskclusters", objects.DaskCluster)
GROUPS = Kind(GROUP, "v1", "daskworkergroups", objects.DaskWorkerGroup)
AUTOSCALERS = Kind(GROUP, "v1", "daskautoscalers", objects.DaskAutoscaler)
PODS = Kind(
    "",
    "v1",
    "pods",
    objects.Pod,
    f"{_OURS},dask.org/component in (scheduler,worker)",
)
DEPLOYMENTS = Kind("apps", "v1", "deployments", objects.Deployment, _OURS)
SERVICES = Kind(
    "", "v1", "services", objects.Service, f"{_OURS},dask.org/component=scheduler"
)
DECISIONS = Kind(
    "",
    "v1",
    "events",
    objects.Event,
    fields="involvedObject.kind=DaskAutoscaler",
    optional=True,
    passing=True,
)
"""What the operator tells of its autoscalers (Kubernetes keeps events for an hour)."""

EVENTS = Kind(
    "",
    "v1",
    "events",
    objects.Occurred,
    fields=",".join(
        f"involvedObject.kind!={kind}"
        for kind in ("CronJob", "Job", "Node", "Notebook", "StatefulSet")
    ),
    optional=True,
)
"""What happened, watched while somebody looks; kinds that no cluster has are left out."""

TROUBLES = Kind(
    "",
    "v1",
    "events",
    objects.Occurred,
    fields="involvedObject.kind=Pod,type=Warning",
    optional=True,
    passing=True,
)
"""What goes wrong with pods: volumes, networks, probes (see troubles.py)."""

PROFILES = Kind(
    "", "v1", "configmaps", objects.ConfigMap, "dask-k8s/profile", optional=True
)
JOBS = Kind(GROUP, "v1", "daskjobs", objects.DaskJob, optional=True)
RUNNERS = Kind(
    "", "v1", "pods", objects.Pod, f"{_OURS},dask.org/component=job-runner", optional=True
)
"""The pods that do the work of jobs; those of their clusters are in `PODS`."""
QUOTAS = Kind("", "v1", "resourcequotas", objects.ResourceQuota, optional=True)
LIMIT_RANGES = Kind("", "v1", "limitranges", objects.LimitRange, optional=True)
LOGS = Kind("", "v1", "pods/log", objects.Pod)
FORWARDS = Kind("", "v1", "pods/portforward", objects.Pod)
"""Only for the sentences that name a missing rule."""
