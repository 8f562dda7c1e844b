"""Changes on bad days: answers that get lost, and others who change the same thing."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest
from aiohttp import web

from jupyter_dask_k8s.backends.kubernetes import changes as module
from jupyter_dask_k8s.backends.kubernetes.changes import Changes
from jupyter_dask_k8s.backends.kubernetes.recipe import Recipe
from jupyter_dask_k8s.backends.kubernetes.resources import CLUSTERS, GROUPS
from jupyter_dask_k8s.backends.kubernetes.world import World
from jupyter_dask_k8s.errors import BackendUnavailable, NameTaken
from jupyter_dask_k8s.models import Adapt, ClusterCreate

from .fake_api import LOG, FakeAPI, cluster, serve, status
from .test_manifest import RULES


class Server(FakeAPI):
    """Remembers what is written; ``failures`` come in turn.

    An answer is given instead, ``None`` loses the answer, ``False`` is no failure.
    """

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []
        self.stored: dict[str, Any] = {}
        self.failures: list[web.Response | bool | None] = []

    async def handle(self, request: web.Request) -> web.StreamResponse:
        path = request.path.rpartition("/namespaces/team-a/")[2]
        self.asked.append(f"{request.method} {path}")
        body: Any = await request.json() if request.can_read_body else None
        if request.method == "GET":
            if path in self.stored:
                return web.json_response(self.stored[path])
            return status(404, "NotFound", "not found", name=path)
        failure = self.failures.pop(0) if self.failures else False
        if isinstance(failure, web.Response):
            return failure
        if request.method == "POST":
            body["metadata"].update(uid="new", resourceVersion="9")
            path = f"{path}/{body['metadata']['name']}"
        elif request.method == "PATCH":
            body = {"metadata": {"name": "x", "uid": "x", "resourceVersion": "9"}, **body}
        self.stored[path] = body
        if failure is None:
            # The change is made, and the answer gets lost.
            assert request.transport is not None
            request.transport.close()
        return web.json_response(body)


@contextlib.asynccontextmanager
async def start(server: Server) -> AsyncIterator[tuple[Changes, World]]:
    async with serve(server) as api:
        recipe = Recipe()
        world = World(api, lambda name, parts: None, lambda: None, LOG)
        try:
            yield Changes(api, world, recipe), world
        finally:
            await recipe.close()


def wish(**options: Any) -> Any:
    return RULES.wish(ClusterCreate(name="demo", **options), "alice")


async def test_an_answer_that_got_lost_makes_no_second_cluster(
    jp_asyncio_loop: Any,
) -> None:
    server = Server()
    server.failures = [None]
    async with start(server) as (changes, world):
        await changes.create(wish())
        assert world.parts("demo").cluster is not None
    assert server.asked == ["POST daskclusters", "GET daskclusters/demo"]


async def test_a_lost_answer_and_no_cluster_is_an_error(jp_asyncio_loop: Any) -> None:
    server = Server()
    server.failures = [status(500, message="etcd is away")]
    async with start(server) as (changes, world):
        with pytest.raises(BackendUnavailable, match="etcd is away"):
            await changes.create(wish())
        assert world.parts("demo").cluster is None


async def test_somebody_elses_cluster_of_that_name_is_no_silent_attach(
    jp_asyncio_loop: Any,
) -> None:
    server = Server()
    server.stored["daskclusters/demo"] = cluster("demo", 3)
    server.failures = [status(409, "AlreadyExists", "exists")]
    async with start(server) as (changes, _):
        with pytest.raises(NameTaken):
            await changes.create(wish())


async def test_a_group_that_nothing_takes_away_is_named(jp_asyncio_loop: Any) -> None:
    server = Server()
    async with start(server) as (changes, world):
        group = {
            "metadata": {"name": "demo-default", "uid": "x", "resourceVersion": "3"},
            "spec": {"cluster": "demo", "worker": {"replicas": 1}},
        }
        world.put(GROUPS, msgspec.convert(group, GROUPS.type, strict=False))
        with pytest.raises(NameTaken) as caught:
            await changes.create(wish())
    told = caught.value.message
    assert "“demo” is not gone yet." in told
    assert told.endswith("kubectl -n team-a delete daskworkergroup/demo-default")
    assert not server.asked


async def test_without_its_autoscaler_the_cluster_goes_again(jp_asyncio_loop: Any) -> None:
    server = Server()
    async with start(server) as (changes, _):
        server.failures = [False, status(500, message="no")]
        with pytest.raises(BackendUnavailable):
            await changes.create(wish(adapt=Adapt(maximum=3)))
    assert server.asked[-1] == "DELETE daskclusters/demo"


async def test_conflicts_are_tried_again(jp_asyncio_loop: Any) -> None:
    server = Server()
    conflict = status(409, "Conflict", "the object has been modified")
    server.failures = [conflict, status(409, "Conflict", "again")]
    async with start(server) as (changes, world):
        group = {
            "metadata": {"name": "demo-default", "uid": "x", "resourceVersion": "3"},
            "spec": {"cluster": "demo", "worker": {"replicas": 1}},
        }
        world.put(GROUPS, msgspec.convert(group, GROUPS.type, strict=False))
        await changes.scale("demo", "default", 7)
    assert server.asked == ["PATCH daskworkergroups/demo-default"] * 3
    body = server.stored["daskworkergroups/demo-default"]
    assert body["spec"] == {"worker": {"replicas": 7}}


async def test_a_former_autoscaler_on_its_way_out_is_waited_for(
    jp_asyncio_loop: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = Server()
    server.failures = [status(409, "AlreadyExists", "exists") for _ in range(3)]
    async with start(server) as (changes, world):
        world.put(
            CLUSTERS, msgspec.convert(cluster("demo", 3), CLUSTERS.type, strict=False)
        )
        await changes.adapt("demo", Adapt(minimum=1, maximum=4))
        assert [it.spec.maximum for it in world.parts("demo").autoscalers.values()] == [4]
        # By hand: it goes first.
        await changes.end_adapt("demo")
        assert not world.parts("demo").autoscalers
        # One that does not go has to make room.
        monkeypatch.setattr(module, "LEAVING", 0.0)
        server.failures = [status(409, "AlreadyExists", "exists")]
        await changes.adapt("demo", Adapt(minimum=1, maximum=5))
        ((key, autoscaler),) = world.parts("demo").autoscalers.items()
        assert key.startswith("demo-")
        assert (autoscaler.spec.cluster, autoscaler.spec.maximum) == ("demo", 5)
    assert server.asked.count("DELETE daskautoscalers/demo") == 1
