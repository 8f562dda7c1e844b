"""Sentences that come and go by themselves: a backend on a small Kubernetes."""

from __future__ import annotations

import asyncio
import contextlib
import datetime
from collections.abc import AsyncIterator
from typing import Any

import pytest

from jupyter_dask_k8s.backends.kubernetes.backend import KubernetesBackend
from jupyter_dask_k8s.models import Cluster, ClusterEvent

from .diagnosis.builders import IMAGE, READY, SCHEDULED, ended, meta, waiting
from .fake_kubernetes import FakeKubernetes, run_backend, until

POD = "demo-scheduler-5d9-abc12"
HELD = "kopf.zalando.org/KopfFinalizerMarker"
READY_TIME = str(READY["lastTransitionTime"])


def dask_cluster(phase: str = "", **metadata: Any) -> dict[str, Any]:
    now = datetime.datetime.now(datetime.timezone.utc).isoformat()
    return {
        "metadata": meta("demo", **{"creationTimestamp": now, **metadata}),
        "spec": {"worker": {"replicas": 0, "spec": {"containers": [{"image": IMAGE}]}}},
        "status": {"phase": phase},
    }


def scheduler(**status: Any) -> dict[str, Any]:
    return {
        "metadata": meta(POD, "scheduler"),
        "spec": {
            "nodeName": "node1",
            "containers": [{"name": "scheduler", "image": IMAGE}],
        },
        "status": {"phase": "Pending", "conditions": [SCHEDULED], **status},
    }


def warning(reason: str, message: str, name: str = "e1") -> dict[str, Any]:
    return {
        "metadata": {"name": name},
        "involvedObject": {"kind": "Pod", "name": POD},
        "type": "Warning",
        "reason": reason,
        "message": message,
        "lastTimestamp": "2026-01-01T00:02:00Z",
    }


@contextlib.asynccontextmanager
async def watching(
    fake: FakeKubernetes, **settings: Any
) -> AsyncIterator[KubernetesBackend]:
    """Run a backend; what is put from now on, its watches tell."""
    async with run_backend(fake, **settings) as backend:
        kinds = ["daskclusters", "pods", "deployments"]
        if "list events" not in fake.forbidden:
            kinds.append("events")
        await until(lambda: all(fake._watches.get(kind) for kind in kinds))
        yield backend


def shown(backend: KubernetesBackend) -> Cluster | None:
    return backend.store.get("demo") if "demo" in backend.store else None


async def told(backend: KubernetesBackend, words: str) -> Cluster:
    def found() -> bool:
        cluster = shown(backend)
        return cluster is not None and words in cluster.reason

    await until(found)
    cluster = shown(backend)
    assert cluster is not None
    return cluster


async def test_an_operator_that_is_silent(jp_asyncio_loop: Any) -> None:
    fake = FakeKubernetes()
    async with watching(fake, operator_patience=1.0) as backend:
        fake.put("daskclusters", dask_cluster())
        begin = asyncio.get_running_loop().time()
        first = await told(backend, "Accepted.")
        assert first.phase == "Pending"
        asked = len(fake.asked)
        late = await told(backend, "The Dask operator does not act on this cluster.")
        took = asyncio.get_running_loop().time() - begin
        assert 1.0 <= took < 3.0
        # Nobody was asked, and the cause is as old as the cluster.
        assert len(fake.asked) == asked
        assert late.since == first.since is not None
        assert late.phase == "Pending"
        # It comes back.
        fake.put("daskclusters", dask_cluster("Created"))
        await told(backend, "The operator is making the scheduler.")


async def test_events_are_heard_and_forgotten(jp_asyncio_loop: Any) -> None:
    fake = FakeKubernetes()
    async with watching(fake) as backend:
        fake.put("daskclusters", dask_cluster("Pending"))
        fake.put("pods", scheduler(**waiting("ContainerCreating")))
        await told(backend, "is pulling its image")
        message = 'MountVolume.SetUp failed for volume "d" : configmap "c" not found'
        fake.put("events", warning("FailedMount", message))
        broken = await told(backend, "the namespace has no ConfigMap “c”, which it mounts")
        assert broken.phase == "Failed"
        # What is made anew begins anew.
        fake.take("pods", POD)
        fake.put("pods", scheduler(**waiting("ContainerCreating")))
        again = await told(backend, "is pulling its image")
        assert again.phase == "Pending"
        assert str(again.since) == "2026-01-01 00:00:05+00:00"


async def test_without_a_right_to_see_events(jp_asyncio_loop: Any) -> None:
    fake = FakeKubernetes()
    fake.forbidden = {"list events", "watch events"}
    async with watching(fake) as backend:
        assert backend.trouble == ""
        fake.put("daskclusters", dask_cluster("Pending"))
        fake.put("pods", scheduler(**waiting("ErrImagePull", "manifest unknown")))
        await told(backend, "the registry has no such image or tag")


async def test_last_words(jp_asyncio_loop: Any) -> None:
    fake = FakeKubernetes()
    fake.objects["pods"] = {}
    async with watching(fake) as backend:
        fake.put("daskclusters", dask_cluster("Pending"))
        state = waiting("CrashLoopBackOff", "", lastState=ended(1), restartCount=2)
        fake.put("pods", scheduler(**state))
        await told(backend, "has crashed 3 times, last with exit code 1.")
        path = f"GET api/v1/namespaces/team-a/pods/{POD}/log"
        await until(lambda: path in fake.asked)
        assert fake.asked.count(path) == 1


async def test_nothing_happens_while_nothing_changes(jp_asyncio_loop: Any) -> None:
    fake = FakeKubernetes()
    hints: list[ClusterEvent] = []
    async with watching(fake, operator_patience=1.0) as backend:
        fake.put("daskclusters", dask_cluster("Pending"))
        fake.put("pods", scheduler(**waiting("ErrImagePull", "manifest unknown")))
        await told(backend, "cannot get its image")
        backend.store._notify = hints.append
        await asyncio.sleep(0.3)
        asked = len(fake.asked)
        # The same warning once more changes no sentence.
        for number in range(3):
            fake.put("events", warning("Failed", "Error: ErrImagePull", f"e{number}"))
        await asyncio.sleep(1.5)
        assert (len(fake.asked), hints) == (asked, [])


async def test_a_cluster_that_does_not_go(jp_asyncio_loop: Any) -> None:
    fake = FakeKubernetes()
    async with watching(fake, operator_patience=1.0) as backend:
        fake.put(
            "daskclusters",
            dask_cluster("Error", finalizers=[HELD]),
        )
        await told(backend, "cannot make a cluster of this name")
        deleted = {
            "finalizers": [HELD],
            "deletionTimestamp": READY_TIME,
        }
        fake.put("daskclusters", dask_cluster("Error", **deleted))
        first = await told(backend, "Shutting down.")
        assert first.phase == "Stopping"
        last = await told(backend, "waits for the Dask operator")
        assert "kubectl -n team-a patch daskcluster demo" in last.reason
        fake.take("daskclusters", "demo")
        await until(lambda: shown(backend) is None)


async def test_what_we_delete_is_stopping_until_it_is_gone(jp_asyncio_loop: Any) -> None:
    fake = FakeKubernetes()
    async with watching(fake) as backend:
        fake.put(
            "daskclusters",
            dask_cluster("Pending", finalizers=[HELD]),
        )
        await told(backend, "The operator is making")
        assert backend._world is not None
        backend._world.stopping("demo")
        cluster = shown(backend)
        assert cluster is not None
        assert cluster.phase == "Stopping"
        fake.take("daskclusters", "demo")
        await until(lambda: shown(backend) is None)


async def test_one_that_cannot_be_drawn_hides_no_others(
    jp_asyncio_loop: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = FakeKubernetes()
    async with watching(fake) as backend:
        draw = backend._drawing.draw

        def fail(name: str, *args: Any, **more: Any) -> None:
            if name == "bad":
                raise ValueError(name)
            draw(name, *args, **more)

        monkeypatch.setattr(backend._drawing, "draw", fail)
        bad = dask_cluster()
        bad["metadata"].update(name="bad", uid="uid-bad")
        fake.put("daskclusters", bad)
        fake.put("daskclusters", dask_cluster())
        await told(backend, "Accepted.")
        assert "bad" not in backend.store
