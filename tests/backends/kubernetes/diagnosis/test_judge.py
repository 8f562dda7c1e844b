"""Which of several causes is told."""

from __future__ import annotations

import dataclasses
from typing import Any

import msgspec

from jupyter_dask_k8s.backends.kubernetes.diagnosis import Facts, Finding, judge
from jupyter_dask_k8s.backends.kubernetes.objects import Pod
from jupyter_dask_k8s.backends.kubernetes.reach import Health
from jupyter_dask_k8s.backends.kubernetes.world import Parts

from .builders import (
    WELL,
    deployment,
    ended,
    event,
    groups,
    meta,
    parts,
    pod,
    ready,
    running,
    service,
    waiting,
)

FACTS = Facts(namespace="team-a", patience=20)
UNPLACED: dict[str, Any] = {
    "node": "",
    "conditions": [
        {
            "type": "PodScheduled",
            "status": "False",
            "reason": "Unschedulable",
            "message": "0/1 nodes are available: 1 Insufficient cpu.",
        }
    ],
}


def look(
    it: Parts, count: tuple[int, int] = (0, 1), health: Health = WELL, facts: Facts = FACTS
) -> tuple[str, Finding, bool]:
    found = judge("demo", it, health, groups(*count), facts)
    assert found.finding is not None
    return found.phase, found.finding, found.may_fail


def late(found: Finding) -> str:
    assert found.later is not None
    return found.later.text


def test_an_operator_that_does_not_answer() -> None:
    phase, found, _ = look(parts(phase=""))
    assert phase == "Pending"
    assert found.text == "Accepted. Waiting for the Dask operator to act on it."
    assert found.patience == 20
    assert str(found.since) == "2026-01-01 00:00:00+00:00"
    assert late(found).startswith("The Dask operator does not act on this cluster. Perhaps")
    assert "ask an administrator" in late(found)


def test_an_operator_that_does_not_get_further() -> None:
    _, found, _ = look(parts(phase="Created"))
    assert found.text == "The operator is making the scheduler."
    assert "Kubernetes refuses what it makes" in late(found)
    _, found, _ = look(parts(phase="Running"))
    assert "The scheduler's Deployment is gone" in late(found)
    # Where we may not see Deployments, nobody can know.
    blind = dataclasses.replace(FACTS, deployments_seen=False)
    _, found, _ = look(parts(phase="Running"), facts=blind)
    assert found.later is None


def test_a_scheduler_that_is_refused() -> None:
    told = "exceeded quota: q, requested: pods=1, used: pods=2, limited: pods=2"
    it = parts(deployments=[deployment("demo-scheduler", "scheduler", told)])
    phase, found, may_fail = look(it)
    assert (phase, may_fail, found.broken) == ("Pending", True, False)
    assert "refuses the scheduler: it wants 1 pod, 0 of 2 left." in found.text
    silent = look(parts(deployments=[deployment("demo-scheduler", "scheduler")]))[1]
    assert "does not say why" in late(silent)


def test_names_that_the_operator_cannot_use() -> None:
    long = "d" * 60
    phase, found, _ = look(parts(name=long, phase="Created"))
    assert phase == "Failed"
    assert "it has 60 characters, and 53 are the most. Delete it" in found.text
    assert look(parts(name="1demo", phase="Created"))[0] == "Failed"
    assert look(parts(phase="Error"))[0] == "Failed"
    assert look(parts(phase="Created"))[0] == "Pending"


def test_on_its_way_out() -> None:
    gone: dict[str, Any] = {"deletionTimestamp": "2026-01-01T01:00:00Z"}
    phase, found, _ = look(parts(ready(), **gone))
    assert (phase, found.text) == ("Stopping", "Shutting down. 1 pod left.")
    assert found.later is None
    held = parts(finalizers=["kopf.zalando.org/KopfFinalizerMarker"], **gone)
    _, found, _ = look(held)
    assert found.text == "Shutting down."
    assert (
        "kubectl -n team-a patch daskcluster demo --type=merge "
        '-p \'{"metadata":{"finalizers":null}}\''
    ) in late(found)
    assert late(found).startswith("Shutting down waits for the Dask operator")
    held = parts(finalizers=["example.org/hold"], **gone)
    _, found, _ = look(held)
    assert "program that set the finalizer “example.org/hold”" in late(found)


def test_a_scheduler_that_cannot_be_reached() -> None:
    unwell = Health("uid", None, "http://x:8787 does not answer within 2 s.")
    _, found, _ = look(parts(ready("scheduler")), health=unwell)
    assert found.text.endswith("does not answer within 2 s.")
    assert "this Jupyter server cannot reach it" in late(found)


def test_what_can_be_mended_goes_first() -> None:
    scheduler = ready("scheduler")
    starting = pod(name="w1", **running())
    nowhere = pod(name="w2", **UNPLACED)
    broken = pod(name="w3", **waiting("ErrImagePull", "manifest unknown"))
    phase, found, may_fail = look(parts(scheduler, starting, nowhere, broken), (0, 3))
    assert (phase, may_fail, found.broken) == ("Pending", True, True)
    assert found.text.startswith("Waiting for workers: 0 of 3 ready. A worker cannot get")
    _, found, _ = look(parts(scheduler, starting, nowhere), (0, 2))
    assert "A worker cannot be placed" in found.text
    told = "exceeded quota: q, requested: pods=1, used: pods=2, limited: pods=2"
    refused = deployment("demo-default-worker-1", "worker", told)
    it = parts(scheduler, starting, nowhere, deployments=[refused])
    assert "The quota “q”" in look(it, (0, 3))[1].text
    # What runs already goes on.
    phase, found, may_fail = look(parts(scheduler, ready(), broken), (1, 2))
    assert (phase, may_fail) == ("Running", False)


def test_workers_that_suffer_while_the_scheduler_starts() -> None:
    scheduler, nowhere = pod("scheduler", **running()), pod(name="w2", **UNPLACED)
    _, found, _ = look(parts(scheduler, nowhere))
    assert "A worker cannot be placed" in found.text
    _, found, _ = look(parts(scheduler, pod(name="w1", **running())))
    assert found.text == "The scheduler is starting."


def test_workers_that_nobody_makes() -> None:
    scheduler = ready("scheduler")
    _, found, _ = look(parts(scheduler), (0, 2))
    assert found.text == "Waiting for workers: 0 of 2 ready."
    assert "operator does not make 2 workers: it has stopped, or" in late(found)
    made = [deployment(f"demo-default-worker-{it}", "worker") for it in range(2)]
    _, found, _ = look(parts(scheduler, deployments=made), (0, 2))
    assert "Kubernetes does not make their pods" in late(found)


def test_each_pod_has_its_own_patience() -> None:
    _, found, _ = look(parts(ready("scheduler"), pod(name="w1", **running())))
    assert found.subject == "uid-w1"
    assert found.text == "Waiting for workers: 0 of 1 ready. A worker is starting."
    assert late(found).startswith(
        "Waiting for workers: 0 of 1 ready. A worker runs, but it does not pass"
    )


def test_workers_that_were_lost() -> None:
    facts = dataclasses.replace(FACTS, losses="1 worker was deleted by somebody.")
    it = parts(ready("scheduler"), pod(name="w1", **running()))
    found = look(it, facts=facts)[1]
    assert found.text.endswith("ready. 1 worker was deleted by somebody.")
    stuck = parts(ready("scheduler"), pod(name="w1", **UNPLACED))
    assert "cannot be placed" in look(stuck, facts=facts)[1].text


def test_which_group_it_is() -> None:
    labels = {**meta("w1", "worker")["labels"], "dask.org/workergroup-name": "demo-gpu"}
    it = parts(ready("scheduler"), pod(name="w1", metadata={"labels": labels}, **UNPLACED))
    it.groups["demo-gpu"] = it.groups["demo-default"]
    assert "ready. A worker of “gpu” cannot be placed" in look(it)[1].text
    refused = deployment(
        "demo-gpu-worker-1",
        "worker",
        "exceeded quota: two, requested: pods=1, used: pods=2, limited: pods=2",
    )
    refused.metadata.labels.group = "demo-gpu"
    it.deployments[refused.metadata.name] = refused
    assert "refuses a worker of “gpu”: it wants 1 pod" in look(it)[1].text


def test_workers_that_do_not_reach_the_scheduler() -> None:
    bare = parts(ready("scheduler"), ready(name="w1"), ready(name="w2"))
    facts = dataclasses.replace(FACTS, unlinked=2)
    assert "there is no Service demo-scheduler" in look(bare, (2, 2), facts=facts)[1].text
    it = dataclasses.replace(bare, service=service())
    phase, found, _ = look(it, (2, 2), facts=facts)
    assert phase == "Running"
    assert found.text.startswith("2 workers run, but the scheduler knows none of them:")
    assert (
        "demo-scheduler.team-a.svc.cluster.local:8786, usually a NetworkPol" in found.text
    )


def test_a_complete_cluster() -> None:
    found = judge("demo", parts(ready("scheduler"), ready()), WELL, groups(1, 1), FACTS)
    assert (found.phase, found.finding) == ("Running", None)
    _, retiring, _ = look(parts(ready("scheduler")), (2, 1))
    assert retiring.text == "Retiring 1 of 2 workers."


def test_events_are_asked_for_by_pod() -> None:
    asked = []

    def troubles(name: str) -> dict[str, object]:
        asked.append(name)
        return {"FailedMount": event("FailedMount", 'secret "s" not found')}

    facts = Facts(troubles=troubles)  # type: ignore[arg-type]
    stuck = pod("scheduler", **waiting("ContainerCreating"))
    _, found, _ = look(parts(stuck), facts=facts)
    assert found.text.startswith("The scheduler cannot start: the namespace has no Secret")
    assert asked == [stuck.metadata.name]


def test_whose_words_are_wanted() -> None:
    crash = waiting("CrashLoopBackOff", "", lastState=ended(1), restartCount=3)
    broken: Pod = pod("scheduler", **crash)
    _, found, _ = look(parts(broken))
    assert found.crash is not None
    assert found.crash[0] == broken
    assert msgspec.to_builtins(found.crash[1])["restartCount"] == 3
