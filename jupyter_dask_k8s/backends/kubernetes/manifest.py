"""What we change in the operator's manifest, and why."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ...models import Adapt
from ...quantities import memory_quantity
from .objects import DaskCluster

CREATOR = "jupyter-dask-k8s"

READINGS_PATH = "jupyter-dask-k8s/readings.json"
"""The page that our schedulers have for `readings.Readings` (see preload.py)."""

ROUTES = (
    "distributed.http.scheduler.prometheus",
    "distributed.http.scheduler.info",
    "distributed.http.scheduler.json",
    "distributed.http.health",
    "distributed.http.proxy",
    "distributed.http.statics",
    "distributed.http.scheduler.api",
)
"""Dask's own routes and ``api``, which the operator needs to retire workers with their data
moved away, and to ask whether a cluster is idle."""

PRELOAD = Path(__file__).with_name("preload.py")


@dataclass(frozen=True)
class WorkerSize:
    """What each worker gets; ``cpu`` as Kubernetes writes it."""

    threads: int
    cpu: str
    cpu_request: str
    memory_bytes: int
    gpus: int = 0


@dataclass(frozen=True)
class Wish:
    """A new cluster, with every choice made."""

    name: str
    owner: str
    request_id: str
    """Tells our cluster from one of the same name when an answer got lost."""
    image: str
    workers: int
    adapt: Adapt | None
    size: WorkerSize
    scheduler: WorkerSize
    idle_seconds: int | None
    profile: str = ""
    env: dict[str, str] = field(default_factory=dict)
    worker_command: list[str] | None = None
    grace_seconds: int = 0
    gpu_resource: str = "nvidia.com/gpu"


def label_value(text: str) -> str:
    """Return what a label may say of a name: 63 letters, digits, dashes, dots, ``_``."""
    return re.sub(r"[^A-Za-z0-9_.-]+", "-", text)[:63].strip("-_.")


def fill_manifest(manifest: dict[str, Any], wish: Wish) -> dict[str, Any]:
    """Return the operator's manifest with a wish in it."""
    metadata, spec = manifest["metadata"], manifest["spec"]
    labels = {"dask-k8s/creator": CREATOR, "dask-k8s/owner": label_value(wish.owner)}
    if wish.profile:
        labels["dask-k8s/profile"] = label_value(wish.profile)
    metadata["labels"] = {key: value for key, value in labels.items() if value}
    metadata["annotations"] = {
        "dask-k8s/owner": wish.owner,
        "dask-k8s/request": wish.request_id,
    }
    spec["idleTimeout"] = wish.idle_seconds or 0
    spec["worker"]["replicas"] = wish.workers
    _fill_scheduler(spec["scheduler"]["spec"], wish)
    _fill_worker(spec["worker"]["spec"], wish)
    return manifest


def _fill_scheduler(pod: dict[str, Any], wish: Wish) -> None:
    pod["terminationGracePeriodSeconds"] = wish.grace_seconds
    container = pod["containers"][0]
    # The script dask-scheduler is gone since distributed 2026.8.
    container["args"] = ["dask", "scheduler", *container["args"][1:]]
    container["resources"] = _resources(wish.scheduler, wish)
    container["env"] = _env(
        {
            **wish.env,
            "DASK_DISTRIBUTED__SCHEDULER__HTTP__ROUTES": json.dumps(ROUTES),
            "DASK_DISTRIBUTED__SCHEDULER__PRELOAD": _preload(),
        }
    )


def _preload() -> str:
    """Return the text of a module for the scheduler, whose image does not have us."""
    lines = PRELOAD.read_text().splitlines(keepends=True)
    return "".join(line for line in lines if not line.startswith("# mypy"))


def _fill_worker(pod: dict[str, Any], wish: Wish) -> None:
    pod["terminationGracePeriodSeconds"] = wish.grace_seconds
    container = pod["containers"][0]
    options = container["args"][2:]
    if wish.worker_command:
        container["args"] = [*wish.worker_command, *options]
    else:
        container["args"] += ["--nthreads", str(wish.size.threads)]
        # Otherwise a worker takes the share of its threads in all processors it sees.
        container["args"] += ["--memory-limit", str(wish.size.memory_bytes)]
        # Ready means that Dask runs, and not only Python. A worker that is busy may take
        # its time: it is no less ready. (A startup probe would do, but a kubelet of 1.20
        # tells of its success up to ten seconds late.)
        container["readinessProbe"] = {
            "httpGet": {"port": "http-dashboard", "path": "/health"},
            "periodSeconds": 1,
            "timeoutSeconds": 300,
        }
    container["resources"] = _resources(wish.size, wish)
    container["env"] = _env(wish.env)


def _resources(size: WorkerSize, wish: Wish) -> dict[str, Any]:
    memory = memory_quantity(size.memory_bytes)
    limits = {"cpu": size.cpu, "memory": memory}
    requests = {"cpu": size.cpu_request, "memory": memory}
    if size.gpus:
        limits[wish.gpu_resource] = requests[wish.gpu_resource] = str(size.gpus)
    return {"limits": limits, "requests": requests}


def _env(env: dict[str, str]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in env.items()]


def autoscaler_manifest(cluster: DaskCluster, adapt: Adapt) -> dict[str, Any]:
    """Return the DaskAutoscaler of a cluster, named as KubeCluster names it."""
    name = cluster.metadata.name
    return {
        "apiVersion": "kubernetes.dask.org/v1",
        "kind": "DaskAutoscaler",
        "metadata": {
            "name": name,
            "labels": {
                "dask.org/cluster-name": name,
                "dask.org/component": "autoscaler",
                "dask-k8s/creator": CREATOR,
            },
        },
        "spec": {"cluster": name, "minimum": adapt.minimum, "maximum": adapt.maximum},
    }


SERVER_FIELDS = (
    "creationTimestamp",
    "generation",
    "managedFields",
    "resourceVersion",
    "uid",
)
PRIVATE_PREFIXES = ("kopf.zalando.org/", "kubectl.kubernetes.io/", "dask-k8s/request")


def clean_manifest(stored: dict[str, Any]) -> dict[str, Any]:
    """Return what one would apply to get a cluster like a stored one."""
    metadata = {
        key: value
        for key, value in stored["metadata"].items()
        if key not in (*SERVER_FIELDS, "finalizers", "selfLink", "ownerReferences")
    }
    annotations = metadata.pop("annotations", {})
    kept = {
        key: value
        for key, value in annotations.items()
        if not key.startswith(PRIVATE_PREFIXES)
    }
    if kept:
        metadata["annotations"] = kept
    return {
        "apiVersion": stored["apiVersion"],
        "kind": stored["kind"],
        "metadata": metadata,
        "spec": stored["spec"],
    }
