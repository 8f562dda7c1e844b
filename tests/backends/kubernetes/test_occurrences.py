"""What happened to a cluster: whose events they are, and how they are followed."""

from __future__ import annotations

import asyncio
import datetime
from typing import Any

import pytest
from aiohttp import web

from jupyter_dask_k8s import tasks
from jupyter_dask_k8s.backends.kubernetes.backend import KubernetesBackend
from jupyter_dask_k8s.backends.kubernetes.kinship import Kin
from jupyter_dask_k8s.backends.kubernetes.objects import (
    DaskWorkerGroup,
    Deployment,
    Meta,
    Pod,
)
from jupyter_dask_k8s.backends.kubernetes.reflector import Reflector
from jupyter_dask_k8s.backends.kubernetes.resources import EVENTS
from jupyter_dask_k8s.backends.kubernetes.world import Parts
from jupyter_dask_k8s.errors import ClusterNotFound, NotPermitted
from jupyter_dask_k8s.models import Occurrence
from jupyter_dask_k8s.tasks import end

from .fake_api import cluster
from .fake_kubernetes import FakeKubernetes, run_backend, until
from .watchdog import Watchdog

LONG = "a" * 53

KIN = [
    ("DaskCluster", "a", True),
    ("DaskCluster", "a-b", False),
    ("DaskAutoscaler", "a", True),
    ("DaskAutoscaler", "a-b", False),
    ("DaskWorkerGroup", "a-default", True),
    ("DaskWorkerGroup", "a-gpu", True),
    ("DaskWorkerGroup", "a-b-default", False),
    ("Service", "a-scheduler", True),
    ("Service", "a-b-scheduler", False),
    ("Deployment", "a-scheduler", True),
    ("Deployment", "a-scheduler-scheduler", False),
    ("Deployment", "a-b-scheduler", False),
    ("ReplicaSet", "a-scheduler-5d4f8b7c9", True),
    ("ReplicaSet", "a-b-scheduler-5d4f8b7c9", False),
    ("ReplicaSet", "a-scheduler-scheduler-5d4f8b7c9", False),
    ("Pod", "a-scheduler-5d4f8b7c9-x2k4p", True),
    ("Pod", "a-b-scheduler-5d4f8b7c9-x2k4p", False),
    ("Pod", "a-scheduler-scheduler-5d4f8b7c9-x2k4p", False),
    ("Deployment", "a-default-worker-57eebfe47b", True),
    ("ReplicaSet", "a-default-worker-57eebfe47b-7875f47464", True),
    ("Pod", "a-default-worker-57eebfe47b-7875f47464-df2lg", True),
    ("Pod", "a-gpu-worker-57eebfe47b-7875f47464-df2lg", True),
    ("Pod", "a-b-default-worker-57eebfe47b-7875f47464-df2lg", False),
    ("Pod", "a-gone-worker-57eebfe47b-7875f47464-df2lg", False),
    ("Pod", "a-default-worker-of-mine", False),
    ("Pod", "another", False),
    ("Pod", "adopted", True),
    ("Deployment", "odd-name", True),
    ("StatefulSet", "a-scheduler", False),
    ("Job", "a", False),
]


@pytest.mark.parametrize(("kind", "name", "belongs"), KIN)
def test_names_tell_what_belongs_to_a_cluster(kind: str, name: str, belongs: bool) -> None:
    parts = Parts(
        groups={"a-gpu": DaskWorkerGroup(metadata=Meta(name="a-gpu"))},
        pods={"adopted": Pod(metadata=Meta(name="adopted"))},  # type: ignore[arg-type]
        deployments={"odd-name": Deployment(metadata=Meta(name="odd-name"))},
    )
    assert Kin("a", parts).has(kind, name) is belongs


def made_of(deployment: str) -> str:
    """Name a pod as Kubernetes does: what precedes the last five letters is cut."""
    return f"{deployment}-7875f47464-"[:58] + "df2lg"


@pytest.mark.parametrize("length", [53, 50, 45, 42, 38, 30, 28, 25])
def test_long_names_of_pods_are_cut(length: int) -> None:
    name = LONG[:length]
    kin = Kin(name, Parts())
    assert kin.has("Pod", made_of(f"{name}-scheduler"))
    assert kin.has("Pod", made_of(f"{name}-default-worker-57eebfe47b"))
    assert not kin.has("Pod", made_of(f"{name[:-2]}-scheduler"))
    assert not kin.has("Pod", made_of(f"{name[:-2]}-default-worker-57eebfe47b"))


NOW = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)


def moment(seconds: int) -> str:
    return (NOW + datetime.timedelta(seconds=seconds)).isoformat()


def event(
    uid: str, name: str, seconds: int = 0, kind: str = "Pod", **more: Any
) -> dict[str, Any]:
    return {
        "metadata": {"name": f"{name}.{uid}", "uid": uid},
        "involvedObject": {"kind": kind, "name": name},
        "type": "Normal",
        "reason": "Pulled",
        "message": "It is here",
        "count": 1,
        "lastTimestamp": moment(seconds),
        "eventTime": None,
        **more,
    }


class Fake(FakeKubernetes):
    """Also knows who asks for the events of all kinds."""

    def __init__(self) -> None:
        super().__init__()
        self.requests: list[web.Request] = []

    async def handle(self, request: web.Request) -> web.StreamResponse:
        if "involvedObject.kind!=" in request.query.get("fieldSelector", ""):
            self.requests.append(request)
        return await super().handle(request)

    @property
    def watching(self) -> int:
        """How many watches of these are open."""
        return sum(
            "watch" in it.query
            and it.transport is not None
            and not it.transport.is_closing()
            for it in self.requests
        )


def with_clusters(*names: str) -> Fake:
    fake = Fake()
    for name in names:
        fake.put("daskclusters", cluster(name, 1, creationTimestamp=moment(0)))
    return fake


POD = "a-scheduler-5d4f8b7c9-x2k4p"


async def test_the_newest_comes_first(jp_asyncio_loop: Any) -> None:
    fake = with_clusters("a", "a-b")
    fake.put("events", event("1", POD, 5))
    fake.put("events", event("2", POD, 7, type="Warning", count=3))
    fake.put("events", event("3", "a-b-scheduler-5d4f8b7c9-x2k4p", 6))
    # Of an earlier cluster with this name.
    fake.put("events", event("4", POD, -600))
    series = {"count": 9, "lastObservedTime": moment(9)}
    fake.put(
        "events",
        event("5", "a", kind="DaskCluster", series=series, lastTimestamp=None, count=None),
    )
    told = "Timer 'daskworkergroup_replica_update' succeeded."
    fake.put("events", event("6", "a", 9, "DaskCluster", reason="Logging", message=told))
    async with run_backend(fake) as backend:
        found = await backend.occurrences("a")
        assert [it.id for it in found] == ["5", "2", "1"]
        assert [it.count for it in found] == [9, 3, 1]
        assert [it.warning for it in found] == [False, True, False]
        assert (found[0].object, found[1].object) == ("DaskCluster a", f"Pod {POD}")
        assert [it.id for it in await backend.occurrences("a-b")] == ["3"]
        with pytest.raises(ClusterNotFound):
            await backend.occurrences("c")
        # Nobody looks any more, so nobody asks.
        await until(lambda: not fake.watching)


class Viewer:
    """Somebody who follows the events of a cluster."""

    def __init__(self, backend: KubernetesBackend, name: str) -> None:
        self.seen: list[Occurrence] = []
        self.batches = 0
        self._pieces = backend.follow_occurrences(name)
        self.task = asyncio.create_task(self._read())

    async def _read(self) -> None:
        async for batch in self._pieces:
            self.seen += batch
            self.batches += 1

    @property
    def ids(self) -> list[str]:
        return [it.id for it in self.seen]

    async def leave(self) -> None:
        await end([self.task])
        await self._pieces.aclose()


async def test_one_watch_serves_all_who_look(jp_asyncio_loop: Any) -> None:
    fake = with_clusters("a", "a-b")
    fake.put("events", event("1", POD, 1))

    async with run_backend(fake) as backend:
        one, two = Viewer(backend, "a"), Viewer(backend, "a-b")
        await until(lambda: one.batches and two.batches)
        assert (one.ids, two.ids) == (["1"], [])
        await until(lambda: fake.watching == 1)
        assert len(fake.requests) == 2  # a list and a watch
        fake.put("events", event("1", POD, 2, count=2))
        fake.put("events", event("2", "a-b", 2, "DaskCluster"))
        await until(lambda: len(one.seen) == 2 and two.seen)
        assert (one.ids, two.ids) == (["1", "1"], ["2"])
        assert one.seen[1].count == 2
        await one.leave()
        assert fake.watching == 1
        await two.leave()
        await until(lambda: fake.watching == 0)
        assert len(fake.requests) == 2


async def test_a_lost_cancellation_keeps_no_watch(
    jp_asyncio_loop: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """asyncio may lose one (tasks.py); then nobody would end the watch."""
    run, lost = Reflector.run, 0

    async def stubborn(self: Reflector) -> None:
        nonlocal lost
        try:
            await run(self)
        except asyncio.CancelledError:
            if self.kind is not EVENTS or lost:
                raise
            lost += 1
            await run(self)

    monkeypatch.setattr(Reflector, "run", stubborn)
    monkeypatch.setattr(tasks, "AGAIN", 0.05)
    fake = with_clusters("a")
    async with run_backend(fake) as backend:
        assert await backend.occurrences("a") == []
        await until(lambda: lost and not fake.watching)


async def test_it_goes_on_when_kubernetes_ends_the_watch(jp_asyncio_loop: Any) -> None:
    fake = with_clusters("a")
    async with run_backend(fake) as backend:
        viewer = Viewer(backend, "a")
        await until(lambda: viewer.batches)
        await until(lambda: fake.watching)
        fake.break_watches("events")
        fake.objects["events"] = {}
        fake.put("events", event("1", POD, 1))
        await until(lambda: len(fake.requests) == 3)
        # What came in between Kubernetes would tell now, or that it has forgotten it.
        gone = {"kind": "Status", "code": 410, "reason": "Expired"}
        await until(lambda: len(fake._watches["events"]) > 1)
        fake._tell("events", "ERROR", gone)
        await until(lambda: viewer.ids == ["1"])
        await viewer.leave()


async def test_it_ends_with_the_cluster(
    jp_asyncio_loop: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jupyter_dask_k8s.backends.kubernetes.occurrences.PATIENCE", 0.05)
    fake = with_clusters("a")
    async with run_backend(fake) as backend:
        viewer = Viewer(backend, "a")
        await until(lambda: viewer.batches)
        fake.take("daskclusters", "a")
        await asyncio.wait_for(viewer.task, 5)


async def test_a_missing_right_is_named(jp_asyncio_loop: Any) -> None:
    fake = with_clusters("a")
    fake.forbidden |= {"list events", "watch events"}
    async with run_backend(fake) as backend:
        with pytest.raises(NotPermitted) as caught:
            await backend.occurrences("a")
        assert caught.value.details["rule"] == {
            "apiGroups": [""],
            "resources": ["events"],
            "verbs": ["list", "watch"],
        }
        fake.forbidden.clear()
        assert await backend.occurrences("a") == []


async def test_very_many_events_leave_the_loop_free(
    jp_asyncio_loop: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = with_clusters("a")
    for number in range(5000):
        fake.put("events", event(str(number), f"other-{number}", 1))
    for number in range(2000):
        fake.put("events", event(f"a{number}", POD, number))
    dog = Watchdog()
    async with run_backend(fake) as backend:
        viewer = Viewer(backend, "a")
        await until(lambda: viewer.seen)
        async with dog.look(monkeypatch):
            assert len(await backend.occurrences("a")) == 2000
        await viewer.leave()
    print(f"the longest step took {dog.longest * 1000:.1f} ms")
    assert dog.longest < 0.02
