"""Clusters and jobs that are made anew under their name while one is to be deleted."""

from __future__ import annotations

from typing import Any

import pytest

from jupyter_dask_k8s.backends.kubernetes.backend import KubernetesBackend
from jupyter_dask_k8s.errors import Replaced

from .fake_api import cluster
from .fake_kubernetes import FakeKubernetes, run_backend, until

JOB = {"job": {"spec": {"containers": []}}, "cluster": {"spec": {}}}


def put(fake: FakeKubernetes, plural: str, uid: str) -> dict[str, Any]:
    """Store one of the name demo, and return it."""
    item = cluster("demo", 1)
    if plural == "daskjobs":
        item |= {"kind": "DaskJob", "spec": JOB}
    item["metadata"]["uid"] = uid
    fake.put(plural, item)
    return item


def part(backend: KubernetesBackend, plural: str) -> Any:
    """Return what deletes, and lists as ``store`` does."""
    return backend.jobs if plural == "daskjobs" else backend


def uids(backend: KubernetesBackend, plural: str) -> list[str]:
    """Return what the panel would show."""
    there = backend.jobs if plural == "daskjobs" else backend.store
    assert there is not None
    return [it.uid for it in there.list()]


@pytest.mark.parametrize("plural", ["daskclusters", "daskjobs"])
async def test_one_that_was_made_anew_stays(jp_asyncio_loop: Any, plural: str) -> None:
    fake = FakeKubernetes()
    put(fake, plural, "first")
    async with run_backend(fake) as backend:
        await until(lambda: uids(backend, plural) == ["first"])
        # We have not heard of it yet: Kubernetes itself compares.
        fake.objects[plural]["demo"]["metadata"]["uid"] = "second"
        with pytest.raises(Replaced, match="is gone, and a new one has its name"):
            await part(backend, plural).delete("demo", "first")
        assert list(fake.objects[plural]) == ["demo"]
        assert [it.phase for it in backend.store.list()] != ["Stopping"]
        # And now we have.
        fake.take(plural, "demo")
        put(fake, plural, "second")
        await until(lambda: uids(backend, plural) == ["second"])
        asked = len(fake.asked)
        with pytest.raises(Replaced):
            await part(backend, plural).delete("demo", "first")
        assert len(fake.asked) == asked
        await part(backend, plural).delete("demo", "second")
        assert fake.objects[plural] == {}


async def test_without_a_uid_whichever_has_the_name_is_meant(jp_asyncio_loop: Any) -> None:
    fake = FakeKubernetes()
    put(fake, "daskclusters", "first")
    async with run_backend(fake) as backend:
        fake.objects["daskclusters"]["demo"]["metadata"]["uid"] = "second"
        await backend.delete("demo")
        assert fake.objects["daskclusters"] == {}
