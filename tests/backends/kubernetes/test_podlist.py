"""Pods as the details show them: their phase in one word, and what they use."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
import pytest

from jupyter_dask_k8s.backends.base import LogQuery
from jupyter_dask_k8s.backends.kubernetes import objects
from jupyter_dask_k8s.backends.kubernetes.podlist import draw_pod, draw_pods
from jupyter_dask_k8s.backends.kubernetes.podphase import pod_phase
from jupyter_dask_k8s.backends.kubernetes.world import Parts
from jupyter_dask_k8s.errors import NotPermitted
from jupyter_dask_k8s.readings import WorkerMetrics, WorkerReading
from jupyter_dask_k8s.workers import Use

from .fake_api import cluster
from .fake_kubernetes import FakeKubernetes, run_backend
from .watchdog import Watchdog

BEGIN = "2026-01-01T00:00:00Z"
RUNNING = {"running": {"startedAt": BEGIN}}
READY = [{"type": "Ready", "status": "True"}, {"type": "Initialized", "status": "True"}]


def state(name: str = "worker", now: Any = None, **more: Any) -> dict[str, Any]:
    return {"name": name, "state": RUNNING if now is None else now, **more}


def ended(code: int = 1, reason: str = "Error", **more: Any) -> dict[str, Any]:
    return {"terminated": {"exitCode": code, "reason": reason, **more}}


def waiting(reason: str) -> dict[str, Any]:
    return {"waiting": {"reason": reason}}


def pod(
    *states: dict[str, Any],
    name: str = "demo-default-worker-0123456789-5d4f-abcde",
    group: str = "demo-default",
    spec: Any = None,
    metadata: Any = None,
    **status: Any,
) -> objects.Pod:
    labels = {"dask.org/cluster-name": "demo", "dask.org/component": "worker"}
    if group:
        labels["dask.org/workergroup-name"] = group
    else:
        labels["dask.org/component"] = "scheduler"
    raw = {
        "metadata": {
            "name": name,
            "creationTimestamp": BEGIN,
            "labels": labels,
            **(metadata or {}),
        },
        "spec": {"nodeName": "node1", "containers": [{"name": "worker"}], **(spec or {})},
        "status": {"phase": "Running", "containerStatuses": list(states), **status},
    }
    return msgspec.convert(raw, objects.Pod, strict=False)


PHASES = [
    (pod(state(ready=True), conditions=READY), "Running"),
    (pod(phase="Pending"), "Pending"),
    (
        pod(
            phase="Pending",
            conditions=[{"type": "PodScheduled", "reason": "SchedulingGated"}],
        ),
        "SchedulingGated",
    ),
    (pod(state(now=waiting("ContainerCreating")), phase="Pending"), "ContainerCreating"),
    (pod(state(now=waiting("ImagePullBackOff")), phase="Pending"), "ImagePullBackOff"),
    (pod(state(now=waiting("CrashLoopBackOff"))), "CrashLoopBackOff"),
    (pod(state(now=ended(137, "OOMKilled"))), "OOMKilled"),
    (pod(state(now=ended(3, "")), phase="Failed"), "ExitCode:3"),
    (pod(state(now=ended(3, "", signal=9)), phase="Failed"), "Signal:9"),
    (pod(phase="Failed", reason="Evicted"), "Evicted"),
    (pod(phase="Succeeded"), "Succeeded"),
    (pod(state(), metadata={"deletionTimestamp": BEGIN}), "Terminating"),
    (
        pod(state(), metadata={"deletionTimestamp": BEGIN}, reason="NodeLost"),
        "Unknown",
    ),
    (
        pod(
            state(now=waiting("PodInitializing")),
            phase="Pending",
            spec={"initContainers": [{"name": "one"}, {"name": "two"}]},
            initContainerStatuses=[
                state("one", ended(0, "Completed")),
                state("two"),
            ],
        ),
        "Init:1/2",
    ),
    (
        pod(
            state(now=waiting("PodInitializing")),
            phase="Pending",
            spec={"initContainers": [{"name": "one"}]},
            initContainerStatuses=[state("one", waiting("CrashLoopBackOff"))],
        ),
        "Init:CrashLoopBackOff",
    ),
    (
        # A sidecar that goes on beside the others (Istio from Kubernetes 1.29).
        pod(
            state(now=waiting("CrashLoopBackOff")),
            spec={"initContainers": [{"name": "proxy", "restartPolicy": "Always"}]},
            initContainerStatuses=[state("proxy", started=True)],
        ),
        "CrashLoopBackOff",
    ),
    (
        pod(
            state("worker", ended(0, "Completed")),
            state("istio-proxy", ready=True),
            conditions=[],
        ),
        "NotReady",
    ),
]


@pytest.mark.parametrize(("of", "phase"), PHASES, ids=[phase for _, phase in PHASES])
def test_phases_are_those_of_kubectl(of: objects.Pod, phase: str) -> None:
    assert pod_phase(of) == phase


def test_the_container_of_dask_comes_first() -> None:
    limits = {"limits": {"cpu": "1500m", "memory": "1Gi"}}
    shown = draw_pod(
        "demo",
        pod(
            spec={
                "containers": [
                    {"name": "istio-proxy", "image": "istio/proxyv2:1"},
                    {"name": "worker", "image": "example.org/dask:1", "resources": limits},
                ],
                "initContainers": [{"name": "istio-init", "image": "istio/proxyv2:1"}],
            }
        ),
        Use(),
    )
    assert shown.containers == ["worker", "istio-proxy", "istio-init"]
    assert shown.image == "example.org/dask:1"
    assert (shown.cpu_limit, shown.memory_limit) == (1.5, 2**30)
    assert (shown.cpu, shown.memory) == (None, None)


def test_a_container_with_another_name_is_the_one_that_istio_names() -> None:
    shown = draw_pod(
        "demo",
        pod(
            metadata={
                "labels": {"dask.org/component": "worker"},
                "annotations": {"kubectl.kubernetes.io/default-container": "main"},
            },
            spec={"containers": [{"name": "istio-proxy"}, {"name": "main"}]},
        ),
        Use(),
    )
    assert shown.containers == ["main", "istio-proxy"]


@pytest.mark.parametrize(
    ("limits", "cpu", "memory"),
    [
        ({"cpu": 2, "memory": 1000000}, 2, 1000000),
        ({"cpu": "100m", "memory": "128974848"}, 0.1, 128974848),
        ({"cpu": "0.5", "memory": "129e6"}, 0.5, 129000000),
        ({"cpu": "1k", "memory": "123Mi"}, 1000, 123 * 2**20),
        ({"memory": "many"}, None, None),
        ({}, None, None),
    ],
)
def test_limits_are_numbers(limits: Any, cpu: Any, memory: Any) -> None:
    container = {"name": "worker", "resources": {"limits": limits}}
    shown = draw_pod("demo", pod(spec={"containers": [container]}), Use())
    assert (shown.cpu_limit, shown.memory_limit) == (cpu, memory)


def reading(percent: float, memory: int, **more: Any) -> WorkerReading:
    return WorkerReading(metrics=WorkerMetrics(cpu=percent, memory=memory, **more))


MADE = {"ownerReferences": [{"kind": "ReplicaSet", "name": "demo-default-worker-01-5d4f"}]}


@pytest.mark.parametrize(
    "use",
    [
        Use(by_name={"demo-default-worker-01": reading(150, 7)}),
        Use(by_name={"one": reading(150, 7)}),
        Use(by_name={"other": reading(1, 1)}, by_host={"10.0.0.7": reading(150, 7)}),
    ],
    ids=["deployment", "pod", "address"],
)
def test_a_worker_is_found_by_its_name_or_address(use: Use) -> None:
    shown = draw_pod("demo", pod(name="one", metadata=MADE, podIP="10.0.0.7"), use)
    assert (shown.cpu, shown.memory) == (1.5, 7)


def test_nothing_is_shown_where_nothing_is_known() -> None:
    guessed = Use(by_name={"one": reading(100, 7, guessed=True)})
    shown = draw_pod("demo", pod(name="one"), guessed)
    assert (shown.cpu, shown.memory) == (None, 7)
    gone = draw_pod("demo", pod(name="one", phase="Failed", reason="Evicted"), guessed)
    assert (gone.cpu, gone.memory) == (None, None)
    # An address that nobody has yet is not the one of all others without one.
    assert draw_pod("demo", pod(), Use(by_host={"": reading(1, 1)})).cpu is None


def test_an_evicted_pod_says_why() -> None:
    told = "The node was low on resource: memory."
    shown = draw_pod("demo", pod(phase="Failed", reason="Evicted", message=told), Use())
    assert shown.phase == "Evicted"
    assert shown.reason == f"The pod has failed. Evicted: {told}"
    shown = draw_pod("demo", pod(state(now=ended(3)), phase="Failed"), Use())
    assert shown.reason == "The pod has failed. Error, exit code 3."


def test_restarts_leave_an_earlier_log() -> None:
    shown = draw_pod("demo", pod(state(restartCount=2, lastState=ended(137))), Use())
    assert (shown.restarts, shown.previous) == (2, True)
    assert not draw_pod("demo", pod(state()), Use()).previous


async def test_the_order_is_that_of_a_reader(jp_asyncio_loop: Any) -> None:
    found = [
        pod(name="b", group="demo-more"),
        pod(name="a", group="demo-default"),
        pod(name="old", group="demo-default", phase="Failed", reason="Evicted"),
        pod(name="s", group=""),
    ]
    parts = Parts(pods={it.metadata.name: it for it in found})
    shown = await draw_pods("demo", parts, Use(scheduler=WorkerMetrics(cpu=5, memory=9)))
    assert [(it.name, it.group) for it in shown] == [
        ("s", ""),
        ("a", "default"),
        ("old", "default"),
        ("b", "more"),
    ]
    assert shown[0].component == "scheduler"


async def test_very_many_pods_leave_the_loop_free(
    jp_asyncio_loop: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = [pod(state(), name=f"w{number}", metadata=MADE) for number in range(2000)]
    parts, dog = Parts(pods={it.metadata.name: it for it in found}), Watchdog()
    async with dog.look(monkeypatch):
        assert len(await asyncio.create_task(draw_pods("demo", parts, Use()))) == 2000
    print(f"the longest step took {dog.longest * 1000:.1f} ms")
    assert dog.longest < 0.02


async def test_a_missing_right_is_named(jp_asyncio_loop: Any) -> None:
    fake = FakeKubernetes()
    fake.put("daskclusters", cluster("demo", 1))
    fake.forbidden |= {"list pods", "watch pods"}
    async with run_backend(fake) as backend:
        query = LogQuery("w1", "", 10, follow=False, previous=False)
        with pytest.raises(NotPermitted) as caught:
            await backend.pods("demo")
        assert caught.value.details["rule"]["resources"] == ["pods"]  # type: ignore[index]
        with pytest.raises(NotPermitted):
            await anext(backend.logs("demo", query))
