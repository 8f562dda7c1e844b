"""What was lost, and what was restarted."""

from __future__ import annotations

import dataclasses
import datetime
from typing import Any

from jupyter_dask_k8s.backends.kubernetes import objects
from jupyter_dask_k8s.backends.kubernetes.diagnosis.notices import Notices
from jupyter_dask_k8s.backends.kubernetes.reach import Health, Route
from jupyter_dask_k8s.backends.kubernetes.world import Parts

from .builders import (
    READY,
    container,
    deployment,
    ended,
    parts,
    ready,
    service,
    warnings,
)

WORKER = "demo-default-worker-0123456789"
GONE: dict[str, Any] = {"deletionTimestamp": "2026-01-01T00:02:00Z"}


class Day:
    """A clock that stands still."""

    def __init__(self) -> None:
        self.now = datetime.datetime(2026, 1, 1, 0, 2, tzinfo=datetime.timezone.utc)

    def __call__(self) -> datetime.datetime:
        return self.now

    def pass_(self, seconds: float) -> None:
        self.now += datetime.timedelta(seconds=seconds)


def worker(suffix: str, **more: Any) -> objects.Pod:
    return ready("worker", f"{WORKER}-5d9-{suffix}", **more)


def cluster(*workers: objects.Pod, made: bool = True, scheduler: str = "s1") -> Parts:
    found = [deployment(WORKER, "worker")] if made else []
    first = ready("scheduler", scheduler)
    it = parts(first, *workers, deployments=found)
    for pod in workers:
        # The ReplicaSet is what made it, and it belongs to the Deployment.
        pod.metadata.owner_references[0].name = f"{WORKER}-5d9"
    return it


def well(pod: str = "s1") -> Health:
    return Health(f"uid-{pod}", Route("service", "http://demo:8787"))


def replaced(condition: str = "", **status: Any) -> str:
    """What is told of a worker in whose place another one has come."""
    notices = Notices(Day())
    conditions = [READY]
    if condition:
        conditions.append(
            {"type": "DisruptionTarget", "status": "True", "reason": condition}
        )
    before = worker("aaaaa")
    assert notices.note("demo", cluster(before), well()).warnings == []
    leaving = worker("aaaaa", metadata=GONE, conditions=conditions, **status)
    notices.note("demo", cluster(leaving), well())
    notes = notices.note("demo", cluster(worker("bbbbb")), well())
    assert notes.warnings == [notes.losses]
    return notes.losses


def test_why_a_worker_was_lost() -> None:
    assert replaced() == "1 worker was deleted by somebody."
    assert "preempted" in replaced("PreemptionByScheduler")
    assert "lost with its node" in replaced("DeletionByTaintManager")
    assert "empties its node" in replaced("EvictionByEvictionAPI")


def test_an_evicted_worker_tells_why_itself() -> None:
    notices = Notices(Day())
    ended = [{**READY, "status": "False", "lastTransitionTime": "2026-01-01T00:01:30Z"}]
    told = (
        "The node was low on resource: memory. Threshold quantity: 100Mi, available: 9Mi."
    )
    evicted = {"phase": "Failed", "reason": "Evicted", "message": told, "conditions": ended}
    notes = notices.note("demo", cluster(worker("aaaaa", **evicted)), well())
    assert notes.losses == (
        "1 worker was evicted from its node: The node was low on resource: memory."
    )
    # The pod stays in Kubernetes; after ten minutes that is old news.
    assert notes.again == 570
    old = Notices(day := Day())
    day.pass_(3600)
    assert old.note("demo", cluster(worker("aaaaa", **evicted)), well()).losses == ""


def test_who_scales_down_loses_nothing() -> None:
    notices = Notices(Day())
    notices.note("demo", cluster(worker("aaaaa")), well())
    notices.note("demo", cluster(worker("aaaaa", metadata=GONE), made=False), well())
    assert notices.note("demo", cluster(made=False), well()).losses == ""


def test_losses_are_forgotten() -> None:
    day = Day()
    notices = Notices(day)
    notices.note("demo", cluster(worker("aaaaa")), well())
    assert notices.note("demo", cluster(worker("bbbbb")), well()).again == 600
    day.pass_(601)
    assert notices.note("demo", cluster(worker("bbbbb")), well()).losses == ""


def test_another_scheduler() -> None:
    day = Day()
    notices = Notices(day)
    notices.note("demo", cluster(), well())
    # The new one does not answer yet: the reason tells that.
    assert notices.note("demo", cluster(scheduler="s2"), Health("uid-s2")).warnings == []
    (told,) = notices.note("demo", cluster(scheduler="s2"), well("s2")).warnings
    assert told == (
        "The scheduler was restarted at 00:00 UTC (its pod was replaced): its tasks and "
        "results are lost. Make a new Client."
    )
    day.pass_(3600)
    assert notices.note("demo", cluster(scheduler="s2"), well("s2")).warnings == []


def test_another_cluster_of_this_name() -> None:
    notices = Notices(Day())
    notices.note("demo", cluster(worker("aaaaa")), well())
    new = cluster(worker("bbbbb"), scheduler="s2")
    assert new.cluster is not None
    new.cluster.metadata.uid = "uid-new"
    assert notices.note("demo", new, well("s2")).warnings == []


def restarted(code: int, reason: str = "Error") -> dict[str, Any]:
    return {
        "containerStatuses": [
            container(
                ready=True,
                restartCount=1,
                state={"running": {"startedAt": "2026-01-01T00:01:05Z"}},
                lastState=ended(code, reason),
            )
        ]
    }


def test_a_scheduler_that_was_started_again() -> None:
    scheduler = ready("scheduler", "s1", **restarted(137, "OOMKilled"))
    notes = Notices(Day()).note("demo", parts(scheduler), well())
    (told,) = notes.warnings
    assert "restarted at 00:01 UTC (it ran out of memory)" in told
    assert notes.again == 3600 - 55


def test_workers_that_were_started_again() -> None:
    notices = Notices(Day())
    killed = worker("aaaaa", **restarted(137, "OOMKilled"))
    (told,) = notices.note("demo", cluster(killed), well()).warnings
    assert told.startswith("1 worker ran out of memory, and was started again. Give")
    crashed = worker("aaaaa", **restarted(1))
    notes = notices.note("demo", cluster(crashed), well())
    assert notes.warnings == ["1 worker ended with exit code 1, and was started again."]
    assert notes.again == 540


def test_a_worker_that_failed_its_liveness_probe() -> None:
    killed = worker("aaaaa", **restarted(137))
    name = killed.metadata.name
    told = warnings(Unhealthy="Liveness probe failed: ")
    notes = Notices(Day()).note(
        "demo", cluster(killed), well(), lambda it: told if it == name else {}
    )
    assert notes.warnings == [
        "1 worker was killed, since it did not pass the liveness probe, and was started "
        "again."
    ]


def test_versions_that_differ() -> None:
    it = cluster()
    it.groups["demo-default"].spec.worker.spec.containers[0].image = "ghcr.io/dask/dask:1"
    (told,) = Notices(Day()).note("demo", it, well()).warnings
    assert told.startswith("The scheduler's image is ghcr.io/dask/dask:2026.8.0, that of")


def test_on_its_way_out_nothing_is_told() -> None:
    it = parts(ready("scheduler"), **GONE)
    assert Notices(Day()).note("demo", it, well()).warnings == []


def test_a_service_that_is_deleted() -> None:
    notices = Notices(Day())
    bare = cluster(worker("aaaaa"))
    assert notices.note("demo", bare, well()).warnings == []
    served = dataclasses.replace(bare, service=service())
    assert notices.note("demo", served, well()).warnings == []
    (told,) = notices.note("demo", bare, well()).warnings
    assert told.startswith("The Service “demo-scheduler” is gone: somebody deleted it")
    assert notices.note("demo", served, well()).warnings == []
