"""From objects as the API server has them to phase and reason."""

from __future__ import annotations

from typing import Any

import msgspec

from jupyter_dask_k8s.backends.kubernetes import objects
from jupyter_dask_k8s.backends.kubernetes.picture import Context, draw_cluster
from jupyter_dask_k8s.backends.kubernetes.reach import Health, Route
from jupyter_dask_k8s.backends.kubernetes.world import Parts
from jupyter_dask_k8s.models import Cluster

WELL = Health(
    "uid", Route("service", "http://demo-scheduler.team-a.svc.cluster.local:8787")
)


def meta(name: str, component: str = "", **more: Any) -> dict[str, Any]:
    labels = {"dask.org/cluster-name": "demo", "dask.org/component": component}
    if component == "worker":
        labels["dask.org/workergroup-name"] = "demo-default"
    time = {"creationTimestamp": "2026-01-01T00:00:00Z"}
    return {"name": name, "uid": f"uid-{name}", "labels": labels, **time, **more}


def pod(component: str, name: str = "", **status: Any) -> objects.Pod:
    node = {} if status.pop("unplaced", False) else {"nodeName": "node1"}
    raw = {"metadata": meta(name or component, component), "spec": node, "status": status}
    return msgspec.convert(raw, objects.Pod, strict=False)


def ready(component: str, name: str = "") -> objects.Pod:
    condition = {"type": "Ready", "status": "True"}
    return pod(component, name, phase="Running", conditions=[condition])


def waiting(reason: str, message: str = "", **more: Any) -> dict[str, Any]:
    state = {"waiting": {"reason": reason, "message": message}}
    image = "example.org/dask:1"
    return {"containerStatuses": [{"name": "c", "image": image, "state": state, **more}]}


def parts(*pods: objects.Pod, replicas: int = 1, **changes: Any) -> Parts:
    worker = {
        "replicas": replicas,
        "spec": {
            "containers": [
                {
                    "image": "example.org/dask:1",
                    "args": ["dask", "worker", "--nthreads", "4"],
                    "resources": {"limits": {"cpu": 4, "memory": "8Gi"}},
                }
            ]
        },
    }
    raw = {
        "metadata": meta("demo", **changes.pop("metadata", {})),
        "spec": {"worker": worker},
        "status": {"phase": changes.pop("phase", "Pending")},
    }
    group = {
        "metadata": meta("demo-default"),
        "spec": {"cluster": "demo", "worker": worker},
    }
    return Parts(
        cluster=msgspec.convert(raw, objects.DaskCluster, strict=False),
        groups={
            "demo-default": msgspec.convert(group, objects.DaskWorkerGroup, strict=False)
        },
        pods={it.metadata.name: it for it in pods},
        **changes,
    )


CONTEXT = Context("team-a", frozenset(["dask-cluster"]))


def draw(it: Parts, health: Health = WELL) -> Cluster:
    return draw_cluster("demo", it, health, Context("team-a")).cluster


def test_a_healthy_cluster_runs_whatever_its_phase_says() -> None:
    cluster = draw(parts(ready("scheduler"), ready("worker")))
    assert (cluster.phase, cluster.reason) == ("Running", "")
    assert cluster.scheduler_address == (
        "tcp://demo-scheduler.team-a.svc.cluster.local:8786"
    )
    (group,) = cluster.groups
    assert (group.name, group.ready, group.desired) == ("default", 1, 1)
    assert (group.cpu, group.memory, group.threads) == ("4", "8Gi", 4)


def test_a_scheduler_that_waits() -> None:
    crashed = {"terminated": {"exitCode": 1}}
    status = waiting("CrashLoopBackOff", "back-off", restartCount=3, lastState=crashed)
    cluster = draw(parts(pod("scheduler", **status)), Health())
    assert cluster.phase == "Failed"
    assert cluster.reason == "The scheduler has crashed 4 times, last with exit code 1."
    assert cluster.scheduler_address is None


def test_before_there_is_a_pod() -> None:
    assert "Waiting for the Dask operator" in draw(parts(phase="")).reason
    assert draw(parts(phase="Created")).reason == "The operator is making the scheduler."


def test_a_scheduler_that_does_not_answer() -> None:
    unwell = Health("uid", None, "http://x:8787 does not answer within 2 s.")
    cluster = draw(parts(ready("scheduler"), ready("worker")), unwell)
    assert cluster.phase == "Pending"
    assert "does not answer within 2 s." in cluster.reason


def test_workers_on_their_way() -> None:
    some = draw(parts(ready("scheduler"), ready("worker"), replicas=3))
    assert (some.phase, some.reason) == ("Running", "Waiting for workers: 1 of 3 ready.")
    stuck = pod("worker", "w2", phase="Pending", unplaced=True)
    none = draw(parts(ready("scheduler"), stuck))
    assert none.phase == "Pending"
    assert none.reason == (
        "Waiting for workers: 0 of 1 ready. A worker is waiting for a node."
    )
    many = draw(parts(ready("scheduler"), ready("worker"), ready("worker", "w2")))
    assert (many.phase, many.reason) == ("Running", "Retiring 1 of 2 workers.")
    empty = draw(parts(ready("scheduler"), replicas=0))
    assert (empty.phase, empty.reason) == ("Running", "")


def test_a_cluster_on_its_way_out() -> None:
    deleted = {"deletionTimestamp": "2026-01-01T00:01:00Z"}
    cluster = draw(parts(ready("scheduler"), ready("worker"), metadata=deleted))
    assert (cluster.phase, cluster.reason) == ("Stopping", "Shutting down. 2 pods left.")
    assert cluster.scheduler_address is None
    left = Parts(pods={"worker": ready("worker")})
    cluster = draw(left)
    assert (cluster.phase, cluster.reason) == ("Stopping", "Shutting down. 1 pod left.")
    assert not left.empty
    assert Parts(pods={"worker": pod("worker", phase="Failed")}).empty


def test_whose_it_is_and_how_it_ends() -> None:
    ours = parts(
        metadata={
            "annotations": {"dask-k8s/owner": "Alice <a@b>"},
            "labels": {"dask-k8s/owner": "Alice", "dask-k8s/shared": "true"},
        }
    )
    assert (draw(ours).owner, draw(ours).shared) == ("Alice <a@b>", True)
    theirs = draw(parts())
    assert (theirs.owner, theirs.shared) == ("", False)
    assert theirs.lifetime.kind == "keep"
    provided = draw_cluster("dask-cluster", parts(), WELL, CONTEXT).cluster
    assert provided.shared
