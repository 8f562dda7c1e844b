"""Our own pod: which container, which image, which Notebook."""

from __future__ import annotations

import datetime
import sys
from pathlib import Path
from typing import Any

import distributed
import msgspec
import pytest
from aiohttp import web

from jupyter_dask_k8s.backends.kubernetes.ownpod import OwnPod, OwnPodReader, program

from .fake_api import LOG, FakeAPI, serve, status

NOTEBOOK = {
    "apiVersion": "kubeflow.org/v1",
    "kind": "Notebook",
    "name": "alice-nb",
    "uid": "n",
}
STATEFUL_SET = {
    "apiVersion": "apps/v1",
    "kind": "StatefulSet",
    "name": "alice-nb",
    "uid": "s",
}


def pod(owners: list[dict[str, Any]] | None = None, **changes: Any) -> dict[str, Any]:
    return {
        "metadata": {
            "name": "alice-nb-0",
            "uid": "p",
            "labels": {"notebook-name": "alice-nb"},
            "ownerReferences": owners,
        },
        "spec": {
            "containers": [
                {"name": "istio-proxy", "image": "example.org/istio:1"},
                {
                    "name": "alice-nb",
                    "image": "example.org/jupyter:1",
                    "env": [{"name": "NB_PREFIX", "value": "/notebook/team-a/alice-nb"}],
                    "volumeMounts": [{"name": "home", "mountPath": "/home/jovyan"}],
                },
            ],
            "volumes": [{"name": "home", "persistentVolumeClaim": {"claimName": "w"}}],
            **changes,
        },
        "status": {
            "containerStatuses": [
                {
                    "name": "alice-nb",
                    "state": {"running": {"startedAt": "2999-01-01T00:00:00Z"}},
                }
            ]
        },
    }


class Cluster(FakeAPI):
    """Has the objects that it was given, by the end of their path."""

    def __init__(self, objects: dict[str, Any]) -> None:
        super().__init__()
        self.objects = objects
        self.asked: list[str] = []

    async def handle(self, request: web.Request) -> web.StreamResponse:
        path = request.path.rpartition("/namespaces/team-a/")[2]
        self.asked.append(path)
        if path in self.objects:
            return web.json_response(self.objects[path])
        return status(403, "Forbidden", f"{path} is forbidden: User cannot get it")


async def read(objects: dict[str, Any], name: str = "alice-nb-0") -> OwnPod | None:
    async with serve(Cluster(objects)) as api:
        return await OwnPodReader(api, name, LOG).read()


async def found(objects: dict[str, Any]) -> OwnPod:
    own = await read(objects)
    assert own is not None
    return own


@pytest.mark.parametrize(
    ("owners", "others"),
    [
        ([NOTEBOOK], {}),
        (
            [STATEFUL_SET],
            {"statefulsets/alice-nb": {"metadata": {"ownerReferences": [NOTEBOOK]}}},
        ),
        # The StatefulSet may not be read, the Notebook itself may.
        ([STATEFUL_SET], {"notebooks/alice-nb": {"metadata": {"uid": "n"}}}),
    ],
)
async def test_the_notebook_is_found(
    jp_asyncio_loop: Any, owners: list[dict[str, Any]], others: dict[str, Any]
) -> None:
    own = await found({"pods/alice-nb-0": pod(owners), **others})
    assert own.owner.reference == NOTEBOOK
    assert own.image == "example.org/jupyter:1"
    assert [it["name"] for it in own.volumes] == ["home"]
    assert [it["mountPath"] for it in own.mounts] == ["/home/jovyan"]


async def test_without_a_notebook_it_is_the_pod(jp_asyncio_loop: Any) -> None:
    own = await found({"pods/alice-nb-0": pod()})
    assert (own.owner.kind, own.owner.name, own.owner.uid) == ("Pod", "alice-nb-0", "p")


async def test_where_there_is_no_pod(
    jp_asyncio_loop: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert await read({}) is None
    # Outside of Kubernetes a host's name is no pod's.
    monkeypatch.setenv("HOSTNAME", "alice-nb-0")
    assert await read({"pods/alice-nb-0": pod()}, name="") is None


async def test_why_the_pod_cannot_be_read_is_said(jp_asyncio_loop: Any) -> None:
    async with serve(Cluster({})) as api:
        reader = OwnPodReader(api, "alice-nb-0", LOG)
        assert await reader.read() is None
        assert "alice-nb-0 cannot be read. Not allowed:" in reader.trouble
        assert '{"apiGroups":[""],"resources":["pods"],"verbs":["get"]}' in reader.trouble


async def test_the_image_counts_only_with_dask_in_it(jp_asyncio_loop: Any) -> None:
    own = await found({"pods/alice-nb-0": pod()})
    # This Python was there before the year 2999, when the container started.
    assert own.dask_image == "example.org/jupyter:1"
    early = datetime.datetime(2000, 1, 1, tzinfo=datetime.timezone.utc)
    later = msgspec.structs.replace(own, started=early)
    assert later.dask_image == ""
    place = str(Path(distributed.__file__).parents[1])
    mounted = {**own.container, "volumeMounts": [{"name": "x", "mountPath": place}]}
    assert msgspec.structs.replace(own, container=mounted).dask_image == ""


def test_the_program_is_this_python() -> None:
    assert program()[0] == sys.executable
