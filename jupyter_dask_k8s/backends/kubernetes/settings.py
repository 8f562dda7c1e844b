"""What an administrator can set for clusters on Kubernetes."""

from __future__ import annotations

import functools
import importlib.metadata
import platform
from typing import Any

import msgspec
from traitlets import Enum, Float, Integer, List, Unicode

from ...models import ClusterCreate, Limits, Resources
from ...profiles import builtin
from ...quantities import cpu_quantity, format_memory, parse_cpu, parse_memory
from ..base import Backend
from ..checks import check_amounts
from .ownpod import program
from .rules import Defaults


@functools.cache
def library_versions() -> dict[str, str]:
    """Return the versions of what clusters are made of."""
    names = ("dask", "distributed", "dask-kubernetes")
    return {name: importlib.metadata.version(name) for name in names}


class Settings(Backend):
    """The settings, and what follows from them."""

    context = Unicode(
        help="Context of the kubeconfig. Default: the pod's service account, else the "
        "current context."
    ).tag(config=True)
    namespace = Unicode(
        help="Namespace of the clusters. Default: that of the service account or of the "
        "context."
    ).tag(config=True)
    reach = Enum(
        ("auto", "service", "forward"),
        "auto",
        help="How schedulers are reached: by the name of their Service, or forwarded "
        "through the API server. auto finds out.",
    ).tag(config=True)
    image = Unicode(
        help="Image of new clusters. Default: that of the notebook's pod, so that versions "
        "match; where that cannot be read, Dask's own for the versions here."
    ).tag(config=True)
    notebook_pod = Unicode(
        help="Name of the pod that this Jupyter server runs in. Default: $HOSTNAME, in a "
        "pod."
    ).tag(config=True)
    max_workers = Integer(100, min=1, help="Most workers of one cluster.").tag(config=True)
    max_threads = Integer(128, min=1, help="Most threads of one worker.").tag(config=True)
    default_workers = Integer(2, min=0, help="Workers of a new cluster.").tag(config=True)
    default_cpu = Unicode("1", help="CPU of each worker, as 2 or 500m.").tag(config=True)
    default_memory = Unicode("2 GiB", help="Memory of each worker.").tag(config=True)
    scheduler_cpu = Unicode("1", help="CPU of each scheduler.").tag(config=True)
    scheduler_memory = Unicode("1 GiB", help="Memory of each scheduler.").tag(config=True)
    cpu_overcommit = Float(
        1.0,
        min=1.0,
        help="Pods may use so many times more CPU than they ask for. 1 reserves all of it.",
    ).tag(config=True)
    gpu_resource = Unicode(
        "nvidia.com/gpu", help="The resource by which Kubernetes counts GPUs."
    ).tag(config=True)
    default_idle_minutes = Integer(
        60,
        min=0,
        help="A new cluster is shut down after so many minutes without work; 0: never.",
    ).tag(config=True)
    grace_seconds = Integer(
        0,
        min=0,
        help="terminationGracePeriodSeconds of new pods. 0: gone from Kubernetes at once, "
        "with two seconds to end. Scaling down moves data away before pods are ended.",
    ).tag(config=True)
    operator_patience = Float(
        20.0,
        min=1.0,
        help="Seconds that the Dask operator may take to act on a cluster; after that, the "
        "cluster says that it does not.",
    ).tag(config=True)
    shared_clusters = List(
        Unicode(),
        default_value=["dask-cluster"],
        help="Names of clusters that the platform provides, to be used and scaled but not "
        "deleted from here; beside those labelled dask-k8s/shared=true.",
    ).tag(config=True)

    platform_namespace = Unicode(
        help="A namespace with ConfigMaps of profiles for everybody, kubeflow for example. "
        "Default: none but that of the clusters."
    ).tag(config=True)

    def notebook_image(self) -> str:
        """Return the image of our own pod, where it has the Dask that runs here."""
        return ""

    @property
    def _dask_image(self) -> str:
        version = library_versions()["dask"]
        major, minor, _ = platform.python_version_tuple()
        return f"ghcr.io/dask/dask:{version}-py{major}.{minor}"

    @property
    def limits(self) -> Limits:
        """What one cluster may have at most."""
        cpu = parse_cpu(self.default_cpu)
        return Limits(
            max_workers=self.max_workers,
            max_threads=self.max_threads,
            memory=None,
            default_workers=min(self.max_workers, self.default_workers),
            default_threads=max(1, cpu // 1000),
            default_memory=parse_memory(self.default_memory),
            max_clusters=None,
            room=None,
            **self.owner_limits(),
        )

    @property
    def defaults(self) -> Defaults:
        """What a new cluster has where its request says nothing."""
        own = "" if self.image else self.notebook_image()
        return Defaults(
            image=self.image or own or self._dask_image,
            program=program() if own else None,
            cpu=parse_cpu(self.default_cpu),
            memory=parse_memory(self.default_memory),
            scheduler_cpu=parse_cpu(self.scheduler_cpu),
            scheduler_memory=parse_memory(self.scheduler_memory),
            overcommit=self.cpu_overcommit,
            idle_minutes=self.default_idle_minutes,
            grace_seconds=self.grace_seconds,
            gpu_resource=self.gpu_resource,
        )

    def builtin_profiles(self) -> dict[str, dict[str, Any]]:
        """Return the package's own profiles."""
        return {**super().builtin_profiles(), "gpu": builtin.gpu()}

    def base_request(self) -> ClusterCreate:
        """Return what we choose where neither request nor profile says anything."""
        base, defaults = super().base_request(), self.defaults
        resources = Resources(
            cpu=cpu_quantity(defaults.cpu), memory=format_memory(defaults.memory)
        )
        return msgspec.structs.replace(base, resources=resources, image=defaults.image)

    def check_settings(self) -> None:
        """Refuse settings that cannot be read; raises `SettingWrong`."""
        check_amounts(
            self,
            default_cpu=parse_cpu,
            default_memory=parse_memory,
            scheduler_cpu=parse_cpu,
            scheduler_memory=parse_memory,
        )
