"""Requests that the namespace has no room for, and those that pass nevertheless."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from jupyter_dask_k8s.backends.kubernetes.backend import KubernetesBackend
from jupyter_dask_k8s.errors import InvalidField
from jupyter_dask_k8s.models import (
    Adapt,
    ClusterCreate,
    ClusterPatch,
    GroupCreate,
    JobCreate,
    Resources,
)

from .fake_kubernetes import FakeKubernetes, run_backend, until

SMALL = Resources(cpu="1", memory="1 GiB")


def quota(hard: dict[str, str], used: dict[str, str] | None = None) -> dict[str, Any]:
    return {
        "metadata": {"name": "team"},
        "spec": {"hard": hard},
        "status": {"hard": hard, "used": used or {}},
    }


def with_quota(**hard: str) -> FakeKubernetes:
    fake = FakeKubernetes()
    fake.put("resourcequotas", quota(hard))
    return fake


def demo(workers: int = 2, **more: Any) -> ClusterCreate:
    return ClusterCreate(name="demo", workers=workers, resources=SMALL, **more)


def cpu_left(backend: KubernetesBackend) -> float | None:
    room = backend.limits.room
    return None if room is None else room.cpu


def pod(name: str, group: str = "demo-default") -> dict[str, Any]:
    labels = {
        "dask.org/cluster-name": "demo",
        "dask.org/component": "worker",
        "dask.org/workergroup-name": group,
    }
    owner = {"kind": "ReplicaSet", "name": name.rpartition("-")[0], "uid": "1"}
    resources = {"requests": {"cpu": "1"}}
    return {
        "metadata": {"name": name, "labels": labels, "ownerReferences": [owner]},
        "spec": {"containers": [{"name": "worker", "resources": resources}]},
        "status": {"phase": "Running"},
    }


async def test_create_and_preview_refuse_alike(jp_asyncio_loop: Any) -> None:
    async with run_backend(with_quota(cpu="4")) as backend:
        for ask in (backend.create, backend.preview):
            with pytest.raises(InvalidField) as caught:
                await ask(demo(4), "alice")
            assert caught.value.field == "workers"
            assert caught.value.message == (
                "4 workers with 1 CPU each want 4 CPU, the scheduler 1 more; the quota "
                "“team” has 4 of 4 left. There is room for 3."
            )
        assert len(backend.store) == 0
        await backend.create(demo(3), "alice")
        assert len(backend.store) == 1


async def test_of_an_autoscaler_the_minimum_has_to_fit(jp_asyncio_loop: Any) -> None:
    async with run_backend(with_quota(cpu="4")) as backend:
        with pytest.raises(InvalidField) as caught:
            await backend.create(
                ClusterCreate(
                    name="demo", adapt=Adapt(minimum=4, maximum=9), resources=SMALL
                ),
                "alice",
            )
        assert caught.value.field == "adapt.minimum"
        adaptive = ClusterCreate(
            name="demo", adapt=Adapt(minimum=1, maximum=90), resources=SMALL
        )
        await backend.create(adaptive, "alice")
        with pytest.raises(InvalidField) as caught:
            await backend.patch("demo", ClusterPatch(adapt=Adapt(minimum=7, maximum=9)))
        assert caught.value.field == "adapt.minimum"
        await backend.patch("demo", ClusterPatch(adapt=Adapt(minimum=1, maximum=99)))


async def test_growth_is_refused_and_shrinking_never(jp_asyncio_loop: Any) -> None:
    fake = with_quota(cpu="4")
    async with run_backend(fake) as backend:
        await backend.create(demo(2), "alice")
        for number in range(2):
            fake.put("pods", pod(f"demo-worker-{number}"))
            # A change of a pod frees nothing.
            fake.put("pods", pod(f"demo-worker-{number}"), annotations={"seen": "1"})
        # The quota has been lowered since: nothing is left.
        fake.put("resourcequotas", quota({"cpu": "1"}, {"cpu": "3"}))
        await until(lambda: cpu_left(backend) == 0)
        await until(lambda: len(backend.parts_of("demo").pods) == 2)
        with pytest.raises(InvalidField) as caught:
            await backend.patch("demo", ClusterPatch(workers=4))
        assert caught.value.message == (
            "2 more workers with 1 CPU each want 2 CPU; the quota “team” has 0 of 1 left."
        )
        await backend.patch("demo", ClusterPatch(workers=2))
        await backend.patch("demo", ClusterPatch(workers=1))


async def test_a_group(jp_asyncio_loop: Any) -> None:
    async with run_backend(with_quota(memory="10Gi", pods="8")) as backend:
        await backend.create(demo(1), "alice")
        big = GroupCreate(name="big", workers=3, resources=Resources(memory="4 GiB"))
        with pytest.raises(InvalidField, match="3 workers of “big” with 4 GiB each want"):
            await backend.add_group("demo", big)
        with pytest.raises(
            InvalidField, match="9 workers of “many” want 9 pods; the quota"
        ):
            await backend.add_group("demo", GroupCreate(name="many", workers=9))
        await backend.add_group("demo", GroupCreate(name="few", workers=2))


async def test_a_job(
    jp_asyncio_loop: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its runner counts, too."""
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path))
    job = JobCreate(
        name="etl",
        command=["true"],
        cluster=ClusterCreate(workers=2, resources=SMALL),
    )
    fake = with_quota(cpu="3")
    async with run_backend(fake) as backend:
        jobs = backend.jobs
        assert jobs is not None
        await until(lambda: jobs.available)
        for ask in (jobs.create, jobs.preview):
            with pytest.raises(InvalidField) as caught:
                await ask(job, "alice")
            assert caught.value.field == "cluster.workers"
            assert caught.value.message.startswith(
                "2 workers with 1 CPU each want 2 CPU, the scheduler 1 more, the runner 1 "
                "more; the quota"
            )
        fake.put("resourcequotas", quota({"cpu": "4"}))
        await until(lambda: cpu_left(backend) == 4)
        await jobs.create(job, "alice")


async def test_a_limit_range(jp_asyncio_loop: Any) -> None:
    fake = FakeKubernetes()
    item = {"type": "Container", "max": {"memory": "2Gi", "cpu": "2"}}
    fake.put("limitranges", {"metadata": {"name": "bounds"}, "spec": {"limits": [item]}})
    async with run_backend(fake) as backend:
        with pytest.raises(InvalidField, match="at most 2 GiB") as caught:
            await backend.create(
                ClusterCreate(name="demo", resources=Resources(memory="3 GiB")), "alice"
            )
        assert caught.value.field == "resources.memory"
        big = GroupCreate(name="big", workers=1, resources=Resources(memory="3 GiB"))
        with pytest.raises(InvalidField, match="Each worker of “big”") as caught:
            await backend.create(
                ClusterCreate(name="demo", groups=[GroupCreate(name="small"), big]), "alice"
            )
        assert caught.value.field == "groups[1].resources.memory"
        fields = backend.form()["properties"]
        assert (
            "The LimitRange “bounds” allows at most 2 GiB."
            in (fields["memory"]["description"])
        )
        await backend.create(demo(), "alice")


async def test_what_cannot_be_read_refuses_nothing(jp_asyncio_loop: Any) -> None:
    fake = with_quota(cpu="1")
    fake.forbidden = {"list resourcequotas", "list limitranges"}
    async with run_backend(fake) as backend:
        assert backend.trouble == ""
        assert backend.limits.room is None
        await backend.create(demo(4), "alice")


async def test_what_may_be_old_refuses_nothing(jp_asyncio_loop: Any) -> None:
    fake = with_quota(cpu="1")
    async with run_backend(fake) as backend:
        await until(lambda: backend.limits.room is not None)
        assert backend.form()["x-room"] == {"cpu": 0.0}
        fake.forbidden = {"watch resourcequotas"}
        fake.break_watches("resourcequotas")
        await until(lambda: backend.limits.room is None)
        assert "x-room" not in backend.form()
        await backend.create(demo(4), "alice")


async def test_pods_that_are_about_to_go_make_room(jp_asyncio_loop: Any) -> None:
    fake = with_quota(cpu="3")
    async with run_backend(fake) as backend:
        await backend.create(demo(2), "alice")
        for number in range(3):
            fake.put("pods", pod(f"demo-worker-{number}"))
        fake.put("resourcequotas", quota({"cpu": "3"}, {"cpu": "3"}))
        await until(lambda: cpu_left(backend) == 0)
        await until(lambda: len(backend.parts_of("demo").pods) == 3)
        other = ClusterCreate(name="other", workers=2, resources=SMALL)
        with pytest.raises(InvalidField, match=r"has 0 of 3 left\."):
            await backend.create(other, "alice")
        assert backend.form()["x-room"] == {"cpu": 0.0}
        await backend.delete("demo")
        # Kubernetes counts them until they are gone. What does not fit then is refused.
        assert backend.form()["x-room"] == {"cpu": 2.0}
        assert cpu_left(backend) == 0
        big = ClusterCreate(name="big", workers=3, resources=SMALL)
        with pytest.raises(InvalidField) as caught:
            await backend.create(big, "alice")
        assert caught.value.message == (
            "3 workers with 1 CPU each want 3 CPU, the scheduler 1 more; the quota “team” "
            "has 3 of 3 left, once what shuts down has gone. There is room for 2."
        )
        # It counts them a moment longer than there are any.
        for number in range(3):
            fake.take("pods", f"demo-worker-{number}")
        await until(lambda: not backend.parts_of("demo").pods)
        await backend.create(other, "alice")


async def test_workers_too_many_make_room(jp_asyncio_loop: Any) -> None:
    """Somebody has scaled down, and the operator has not taken the pods away yet."""
    fake = with_quota(cpu="4")
    async with run_backend(fake) as backend:
        await backend.create(demo(1), "alice")
        for number in range(3):
            fake.put("pods", pod(f"demo-worker-{number}"))
        meta = {"name": "demo-default", "labels": {"dask.org/cluster-name": "demo"}}
        spec: dict[str, Any] = {"cluster": "demo", "worker": {"replicas": 1}}
        fake.put("daskworkergroups", {"metadata": meta, "spec": spec})
        fake.put("resourcequotas", quota({"cpu": "4"}, {"cpu": "4"}))
        await until(lambda: cpu_left(backend) == 0)
        await until(lambda: backend.form()["x-room"] == {"cpu": 1.0})


async def test_bare_pods_without_a_cluster_stay(jp_asyncio_loop: Any) -> None:
    """The former KubeCluster made such pods: nothing takes them away."""
    fake = with_quota(cpu="2")
    bare = pod("demo-worker-0")
    del bare["metadata"]["ownerReferences"]
    fake.put("pods", bare)
    fake.put("resourcequotas", quota({"cpu": "2"}, {"cpu": "1"}))
    async with run_backend(fake) as backend:
        await until(lambda: len(backend.parts_of("demo").pods) == 1)
        await until(lambda: cpu_left(backend) == 1)
        other = ClusterCreate(name="other", workers=1, resources=SMALL)
        with pytest.raises(InvalidField, match=r"has 1 of 2 left\."):
            await backend.create(other, "alice")


async def test_the_form(jp_asyncio_loop: Any) -> None:
    fake = with_quota(cpu="10", memory="16Gi", pods="8", **{"requests.nvidia.com/gpu": "2"})
    settings: dict[str, Any] = {
        "cpu_overcommit": 2.0,
        "scheduler_cpu": "1",
        "scheduler_memory": "1 GiB",
    }
    async with run_backend(fake, **settings) as backend:
        form = backend.form()
        # The scheduler reserves half a CPU; workers may use twice of what they reserve.
        assert form["x-room"] == {
            "cpu": 19.0,
            "memory": 15.0 * 2**30,
            "gpus": 2.0,
            "pods": 7.0,
        }
        sentence = "Left of the quota “team”: 10 of 10 CPU, 16 GiB of 16 GiB, 2 of 2 GPUs"
        assert sentence in form["properties"]["workers"]["description"]
        small = next(it for it in backend.book.answer().profiles if it.name == "small")
        assert small.form["x-room"] == form["x-room"]
        assert small.form["x-worker"]["memory"] == "2 GiB"


async def test_without_a_quota_the_form_says_nothing(jp_asyncio_loop: Any) -> None:
    async with run_backend(FakeKubernetes()) as backend:
        assert "x-room" not in backend.form()
        assert backend.limits.room is None
        assert "quota" not in backend.form()["properties"]["workers"]["description"]
