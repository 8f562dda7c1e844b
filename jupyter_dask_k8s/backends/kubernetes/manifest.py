"""What we change in the operator's manifest, and why."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, Protocol

from ...errors import ClusterNotReady
from ...models import Adapt
from ...quantities import memory_quantity
from .overlay import apply_overlay
from .wish import Ending, Wish, WorkerSize, WorkerWish

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

SETTINGS_VARIABLE = "JUPYTER_DASK_K8S"
"""The environment variable in which our preload finds its settings."""

ENDING = "dask-k8s/lifetime"
"""The annotation with both clocks of a lifetime."""

PRELOAD = Path(__file__).with_name("preload.py")
PAGE = Path(__file__).parents[2] / "schedulerpage.py"


def label_value(text: str) -> str:
    """Return what a label may say of a name: 63 letters, digits, hyphens, dots, ``_``."""
    return re.sub(r"[^A-Za-z0-9_.-]+", "-", text)[:63].strip("-_.")


def worker_container(cluster: dict[str, Any]) -> dict[str, Any]:
    """Return the container of a stored cluster's workers; raises `ClusterNotReady`.

    The operator's resource definition lets a cluster have none.
    """
    containers: list[dict[str, Any]] = cluster["spec"]["worker"]["spec"]["containers"]
    if not containers:
        raise ClusterNotReady(
            f"The workers of “{cluster['metadata']['name']}” have no container, so there "
            "is nothing that others could be made like. Delete it, and make another one."
        )
    return containers[0]


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
        ENDING: ending_text(wish.ending),
    }
    if wish.packages:
        metadata["annotations"]["dask-k8s/packages"] = " ".join(wish.packages)
    if wish.notebook is not None:
        metadata["ownerReferences"] = [wish.notebook.reference]
    spec["idleTimeout"] = wish.ending.timeout
    spec["worker"]["replicas"] = wish.workers
    _fill_scheduler(spec["scheduler"]["spec"], wish)
    fill_worker(spec["worker"]["spec"], wish.worker, wish)
    for overlay in (wish.user_overlay, wish.overlay):
        manifest["spec"] = apply_overlay(manifest["spec"], overlay)
    return manifest


def ending_text(ending: Ending) -> str:
    """Return both clocks as the annotation has them: ``spec`` has room for one only."""
    clocks = {"seconds": ending.idle, "no_client_seconds": ending.no_client}
    return json.dumps({name: value for name, value in clocks.items() if value})


def _fill_scheduler(pod: dict[str, Any], wish: Wish) -> None:
    pod["terminationGracePeriodSeconds"] = wish.grace_seconds
    container = pod["containers"][0]
    # The script dask-scheduler is gone since distributed 2026.8.
    _run(container, ["dask", "scheduler"], container["args"][1:], wish.worker)
    container["image"] = wish.worker.image
    container["resources"] = resources_of(wish.scheduler, wish.gpu_resource)
    container["env"] = _env(
        {
            **wish.worker.env,
            "DASK_DISTRIBUTED__SCHEDULER__HTTP__ROUTES": json.dumps(ROUTES),
            "DASK_DISTRIBUTED__SCHEDULER__PRELOAD": _preload(),
            SETTINGS_VARIABLE: scheduler_settings(wish.name, wish.ending, wish.packages),
        }
    )


def scheduler_settings(name: str, ending: Ending, packages: list[str]) -> str:
    """Return what our preload on the scheduler wants to know (see preload.py)."""
    return json.dumps(
        {
            "cluster": name,
            "timeout": ending.timeout,
            "idle": ending.idle,
            "no_client": ending.no_client,
            "packages": packages,
        }
    )


def _run(
    container: dict[str, Any], command: list[str], options: list[str], worker: WorkerWish
) -> None:
    """Set what a container runs.

    The entry point of Dask's own images installs packages first, so only ``args`` are set
    there; that of a notebook's image would start a notebook.
    """
    if worker.program is None:
        container["args"] = [*command, *options]
    else:
        container["command"] = worker.program
        container["args"] = [*command[1:], *options]


def _preload() -> str:
    """Return the text of a module for the scheduler, whose image does not have us."""
    lines = (PAGE.read_text() + PRELOAD.read_text()).splitlines(keepends=True)
    left_out = ("# mypy", "from jupyter_dask_k8s.")
    return "".join(line for line in lines if not line.startswith(left_out))


class Pods(Protocol):
    """What all pods of a cluster have in common."""

    @property
    def grace_seconds(self) -> int:
        """Seconds that they have to end."""

    @property
    def gpu_resource(self) -> str:
        """As what Kubernetes counts their GPUs."""


def fill_worker(pod: dict[str, Any], worker: WorkerWish, pods: Pods) -> None:
    """Put a wish into the template of a worker group's pods."""
    pod["terminationGracePeriodSeconds"] = pods.grace_seconds
    if worker.node_selector:
        pod["nodeSelector"] = worker.node_selector
    if worker.tolerations:
        pod["tolerations"] = worker.tolerations
    container = pod["containers"][0]
    container["image"] = worker.image
    options = container["args"][2:]
    if worker.dask_resources:
        amounts = ",".join(f"{key}={it:g}" for key, it in worker.dask_resources.items())
        options += ["--resources", amounts]
    if worker.command:
        container["args"] = [*worker.command, *options]
        if worker.program is not None:
            container["command"] = [container["args"].pop(0)]
    else:
        options += ["--nthreads", str(worker.size.threads)]
        # Otherwise a worker takes the share of its threads in all processors it sees.
        options += ["--memory-limit", str(worker.size.memory_bytes)]
        _run(container, ["dask", "worker"], options, worker)
        # Ready means that Dask runs, and not only Python. A worker that is busy may take
        # its time: it is no less ready. (A startup probe would do, but a kubelet of 1.20
        # tells of its success up to ten seconds late.)
        container["readinessProbe"] = {
            "httpGet": {"port": "http-dashboard", "path": "/health"},
            "periodSeconds": 1,
            "timeoutSeconds": 300,
        }
    container["resources"] = resources_of(worker.size, pods.gpu_resource)
    container["env"] = _env(worker.env)


def resources_of(size: WorkerSize, gpu_resource: str) -> dict[str, Any]:
    """Return ``resources`` of a container."""
    memory = memory_quantity(size.memory_bytes)
    limits = {"cpu": size.cpu, "memory": memory}
    requests = {"cpu": size.cpu_request, "memory": memory}
    if size.gpus:
        limits[gpu_resource] = requests[gpu_resource] = str(size.gpus)
    return {"limits": limits, "requests": requests}


def _env(env: dict[str, str]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in env.items()]


def autoscaler_manifest(name: str, adapt: Adapt) -> dict[str, Any]:
    """Return the DaskAutoscaler of a cluster, named as KubeCluster names it."""
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
