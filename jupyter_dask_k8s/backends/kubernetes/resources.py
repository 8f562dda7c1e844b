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

    @property
    def base(self) -> str:
        """Where the API has this group."""
        if self.group:
            return f"/apis/{self.group}/{self.version}"
        return f"/api/{self.version}"

    def path(self, namespace: str, name: str = "", subresource: str = "") -> str:
        """Return the path of all of a namespace, of one, or of a part of one."""
        parts = [f"{self.base}/namespaces/{namespace}/{self.plural}", name, subresource]
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
