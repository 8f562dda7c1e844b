"""Objects as an API server gives them, with what these tests change."""

from __future__ import annotations

from typing import Any

import msgspec

from jupyter_dask_k8s.backends.kubernetes import objects
from jupyter_dask_k8s.backends.kubernetes.reach import Health, Route
from jupyter_dask_k8s.backends.kubernetes.world import Parts
from jupyter_dask_k8s.models import WorkerGroup

WELL = Health(
    "uid", Route("service", "http://demo-scheduler.team-a.svc.cluster.local:8787")
)
IMAGE = "ghcr.io/dask/dask:2026.8.0"
SCHEDULED = {
    "type": "PodScheduled",
    "status": "True",
    "lastTransitionTime": "2026-01-01T00:00:05Z",
}
READY = {"type": "Ready", "status": "True", "lastTransitionTime": "2026-01-01T00:00:09Z"}


def meta(name: str, component: str = "", **more: Any) -> dict[str, Any]:
    labels = {"dask.org/cluster-name": "demo", "dask.org/component": component}
    if component == "worker":
        labels["dask.org/workergroup-name"] = "demo-default"
    return {
        "name": name,
        "uid": f"uid-{name}",
        "labels": labels,
        "creationTimestamp": "2026-01-01T00:00:00Z",
        **more,
    }


def pod(
    component: str = "worker",
    name: str = "",
    *,
    node: str = "node1",
    spec: dict[str, Any] | None = None,
    metadata: dict[str, Any] | None = None,
    **status: Any,
) -> objects.Pod:
    """A pod; of a worker, one that its Deployment's ReplicaSet has made."""
    name = name or f"demo-{component}-abc12"
    owner = {"kind": "ReplicaSet", "name": name.rpartition("-")[0]}
    resources = {"requests": {"cpu": "2", "memory": "4Gi"}, "limits": {"memory": "4Gi"}}
    container = {"name": "worker", "image": IMAGE, "resources": resources}
    raw = {
        "metadata": meta(name, component, ownerReferences=[owner], **(metadata or {})),
        "spec": {"nodeName": node, "containers": [container], **(spec or {})},
        "status": {"phase": "Pending", "conditions": [SCHEDULED], **status},
    }
    return msgspec.convert(raw, objects.Pod, strict=False)


def container(name: str = "worker", **more: Any) -> dict[str, Any]:
    return {"name": name, "image": IMAGE, **more}


def waiting(reason: str, message: str = "", **more: Any) -> dict[str, Any]:
    state = {"waiting": {"reason": reason, "message": message}}
    return {"containerStatuses": [container(state=state, **more)]}


def ended(code: int, reason: str = "Error", message: str = "") -> dict[str, Any]:
    return {
        "terminated": {
            "exitCode": code,
            "reason": reason,
            "message": message,
            "startedAt": "2026-01-01T00:00:10Z",
            "finishedAt": "2026-01-01T00:01:00Z",
        }
    }


def running(**more: Any) -> dict[str, Any]:
    state = {"running": {"startedAt": "2026-01-01T00:01:05Z"}}
    return {"containerStatuses": [container(state=state, **more)], "phase": "Running"}


def ready(component: str = "worker", name: str = "", **more: Any) -> objects.Pod:
    return pod(component, name, **{"phase": "Running", "conditions": [READY], **more})


def event(
    reason: str, message: str, time: str = "2026-01-01T00:02:00Z"
) -> objects.Occurred:
    raw = {
        "metadata": {"name": f"e-{reason}"},
        "involvedObject": {"kind": "Pod", "name": "demo-worker-abc12"},
        "type": "Warning",
        "reason": reason,
        "message": message,
        "lastTimestamp": time,
    }
    return msgspec.convert(raw, objects.Occurred, strict=False)


def warnings(**messages: str) -> dict[str, objects.Occurred]:
    return {reason: event(reason, message) for reason, message in messages.items()}


def deployment(name: str, component: str, refusal: str = "") -> objects.Deployment:
    failure = {
        "type": "ReplicaFailure",
        "status": "True",
        "reason": "FailedCreate",
        "message": refusal,
        "lastTransitionTime": "2026-01-01T00:00:07Z",
    }
    status = {"conditions": [failure]} if refusal else {}
    raw = {"metadata": meta(name, component), "status": status}
    return msgspec.convert(raw, objects.Deployment, strict=False)


def parts(
    *pods: objects.Pod,
    deployments: list[objects.Deployment] | None = None,
    phase: str = "Pending",
    name: str = "demo",
    workers: int = 1,
    **metadata: Any,
) -> Parts:
    worker = {"replicas": workers, "spec": {"containers": [{"image": IMAGE}]}}
    cluster = {
        "metadata": meta(name, **metadata),
        "spec": {"worker": worker},
        "status": {"phase": phase},
    }
    group = {
        "metadata": meta("demo-default"),
        "spec": {"cluster": "demo", "worker": worker},
    }
    return Parts(
        cluster=msgspec.convert(cluster, objects.DaskCluster, strict=False),
        groups={
            "demo-default": msgspec.convert(group, objects.DaskWorkerGroup, strict=False)
        },
        pods={it.metadata.name: it for it in pods},
        deployments={it.metadata.name: it for it in deployments or []},
    )


def groups(ready: int, desired: int) -> list[WorkerGroup]:
    return [WorkerGroup(name="default", desired=desired, ready=ready)]


def service() -> objects.Service:
    """The Service of a scheduler."""
    raw = {"metadata": meta("demo-scheduler", "scheduler")}
    return msgspec.convert(raw, objects.Service, strict=False)
