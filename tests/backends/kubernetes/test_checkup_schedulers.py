"""What the doctor finds of a scheduler: a real one, and one that is not there."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime
from collections.abc import AsyncIterator
from typing import Any

import pytest
import yaml
from distributed import Scheduler

from jupyter_dask_k8s.backends.examination import examine
from jupyter_dask_k8s.backends.kubernetes.backend import KubernetesBackend
from jupyter_dask_k8s.backends.kubernetes.checkup import patient
from jupyter_dask_k8s.backends.kubernetes.settings import library_versions
from jupyter_dask_k8s.models import Check, Cluster, Lifetime, WorkerGroup
from jupyter_dask_k8s.store import Entry

from .fake_api import LOG
from .fake_kubernetes import FakeKubernetes, run_backend, until

VERSION = library_versions()["distributed"]


def entry(port: int, image: str = "", name: str = "demo") -> Entry:
    group = WorkerGroup(name="default", desired=1, ready=1, image=image)
    picture = Cluster(
        name=name,
        namespace="team-a",
        backend="kubernetes",
        owner="alice",
        shared=False,
        phase="Running",
        reason="",
        scheduler_address=None,
        dashboard_path="",
        dashboard_link=None,
        groups=[group],
        adapt=None,
        lifetime=Lifetime(kind="keep"),
        created=datetime.datetime.now(datetime.timezone.utc),
    )
    return Entry(picture, f"http://127.0.0.1:{port}")


@contextlib.asynccontextmanager
async def run_scheduler() -> AsyncIterator[int]:
    async with Scheduler(host="127.0.0.1", port=0, dashboard_address="127.0.0.1:0") as it:
        yield it.http_server.port


async def look(
    backend: KubernetesBackend, wanted: tuple[str, ...] = ("scheduler", "versions")
) -> dict[str, Check]:
    todo = [it for it in backend.examinations() if it.id.startswith(wanted)]
    return {it.id: it for it in await examine(todo, LOG)}


async def test_a_scheduler(jp_asyncio_loop: Any) -> None:
    async with run_backend(FakeKubernetes()) as backend, run_scheduler() as port:
        backend.store.put(entry(port))
        found = await look(backend)
        assert found["scheduler.http"].message == (
            "The scheduler of “demo” answers by its Service."
        )
        assert found["scheduler.websocket"].verdict == "ok"
        assert found["versions"].verdict == "skipped"


@pytest.mark.parametrize(
    ("image", "verdict"),
    [
        (f"ghcr.io/dask/dask:{VERSION}-py3.11", "ok"),
        ("ghcr.io/dask/dask:2023.1.0", "warning"),
        ("ghcr.io/dask/dask:latest", "skipped"),
    ],
)
async def test_versions(jp_asyncio_loop: Any, image: str, verdict: str) -> None:
    async with run_backend(FakeKubernetes()) as backend:
        backend.store.put(entry(1, image))
        check = (await look(backend))["versions"]
        assert check.verdict == verdict
        if verdict == "warning":
            assert "2023.1.0" in check.message
            assert check.remedy.startswith("pip install 'dask==2023.1.0'")


async def test_a_scheduler_that_is_not_there(jp_asyncio_loop: Any) -> None:
    async with run_backend(FakeKubernetes()) as backend:
        async with run_scheduler() as port:
            backend.store.put(entry(port))
        found = await look(backend)
        for id in ("scheduler.http", "scheduler.websocket"):
            assert found[id].verdict == "failed"
            policy = yaml.safe_load(found[id].remedy)
            assert policy["kind"] == "NetworkPolicy"
            assert policy["metadata"]["namespace"] == "team-a"


async def test_a_way_through_an_api_server_that_is_away(
    jp_asyncio_loop: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is known of the scheduler then, and no NetworkPolicy would help."""
    monkeypatch.setattr(patient, "ANSWER_LIMIT", 0.2)
    fake = FakeKubernetes()
    async with run_backend(fake) as backend:
        backend.store.put(dataclasses.replace(entry(1), tunnel="/nowhere"))
        fake.awake.clear()
        found = await look(backend, ("scheduler",))
        assert [it.verdict for it in found.values()] == ["skipped", "skipped"]
        fake.awake.set()


async def test_one_of_several_that_does_not_answer(jp_asyncio_loop: Any) -> None:
    """Whichever comes first in the list."""
    async with run_backend(FakeKubernetes()) as backend, run_scheduler() as port:
        async with run_scheduler() as gone:
            backend.store.put(entry(port, f"dask:{VERSION}", "a"))
            backend.store.put(entry(gone, "dask:2023.1.0", "b"))
            found = await look(backend, ("versions",))
            assert found["versions"].message.startswith(
                "The scheduler of “b” has distributed 2023.1.0, and this server"
            )
        found = await look(backend)
        for id in ("scheduler.http", "scheduler.websocket"):
            assert found[id].verdict == "failed"
            assert "“b”" in found[id].message


async def test_a_young_scheduler_has_time(jp_asyncio_loop: Any) -> None:
    fake = FakeKubernetes()
    labels = {"dask.org/cluster-name": "young", "dask.org/component": "scheduler"}
    status = {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]}
    now = datetime.datetime.now(datetime.timezone.utc).isoformat()
    metadata = {"name": "young-scheduler", "labels": labels, "creationTimestamp": now}
    fake.put("pods", {"metadata": metadata, "status": status})
    async with run_backend(fake) as backend:
        await until(lambda: backend.parts_of("young").pods)
        assert (await look(backend))["scheduler.http"].verdict == "skipped"


async def test_a_scheduler_that_is_ready_and_cannot_be_reached(
    jp_asyncio_loop: Any,
) -> None:
    fake = FakeKubernetes()
    labels = {"dask.org/cluster-name": "far", "dask.org/component": "scheduler"}
    status = {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]}
    fake.put(
        "pods", {"metadata": {"name": "far-scheduler", "labels": labels}, "status": status}
    )
    async with run_backend(fake) as backend:
        await until(lambda: backend.parts_of("far").pods)
        check = (await look(backend))["scheduler.http"]
        assert check.verdict == "failed"
        assert "“far” is ready, but does not answer" in check.message
