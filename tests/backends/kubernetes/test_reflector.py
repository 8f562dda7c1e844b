"""List and watch on bad days."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from typing import Any

import msgspec
import pytest
from aiohttp import web

from jupyter_dask_k8s.backends.kubernetes import api as api_module
from jupyter_dask_k8s.backends.kubernetes import reflector as module
from jupyter_dask_k8s.backends.kubernetes.api import KubernetesAPI
from jupyter_dask_k8s.backends.kubernetes.reflector import Reflector
from jupyter_dask_k8s.backends.kubernetes.resources import CLUSTERS
from jupyter_dask_k8s.tasks import end

from .fake_api import LOG, FakeAPI, cluster, serve, status

Change = tuple[str | None, str | None]


class Watched:
    """A running reflector and what it told."""

    def __init__(self, fake: FakeAPI, api: KubernetesAPI) -> None:
        self.fake = fake
        self.api = api
        self.changes: list[Change] = []
        self.states: list[tuple[bool, str]] = []
        self.reflector: Reflector

    def heard(self, old: Any, new: Any) -> None:
        self.changes.append((old and old.metadata.name, new and new.metadata.name))

    def told(self) -> None:
        trouble = self.reflector.trouble
        self.states.append((self.reflector.synced, trouble.message if trouble else ""))

    @property
    def names(self) -> list[str]:
        return sorted(self.reflector.items)

    async def until(self, accept: Callable[[], Any], limit: float = 10) -> None:
        end = asyncio.get_running_loop().time() + limit
        while not accept():
            assert asyncio.get_running_loop().time() < end, self.__dict__
            await asyncio.sleep(0.01)

    async def watching(self) -> None:
        await self.until(lambda: self.fake._streams)


@contextlib.asynccontextmanager
async def run(fake: FakeAPI) -> AsyncIterator[Watched]:
    async with serve(fake) as api:
        watched = Watched(fake, api)
        watched.reflector = Reflector(api, CLUSTERS, watched.heard, watched.told, LOG)
        task = asyncio.create_task(watched.reflector.run())
        try:
            yield watched
        finally:
            await end([task])


async def test_lists_once_then_watches(jp_asyncio_loop: Any) -> None:
    fake = FakeAPI()
    fake.put("one")
    async with run(fake) as watched:
        await watched.watching()
        assert watched.states == [(True, "")]
        fake.put("two")
        fake.put("one", labels={"dask-k8s/owner": "alice"})
        fake.remove("two")
        await watched.until(lambda: len(watched.changes) == 4)
        assert watched.changes == [
            (None, "one"),
            (None, "two"),
            ("one", "one"),
            ("two", None),
        ]
        assert watched.reflector.items["one"].metadata.labels.owner == "alice"
    assert (fake.lists, len(fake.watches)) == (1, 1)
    assert fake.watches[0]["allowWatchBookmarks"] == "true"


async def test_long_lists_come_in_pages(
    jp_asyncio_loop: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PAGE", 3)
    fake = FakeAPI()
    for number in range(8):
        fake.put(f"c{number}")
    async with run(fake) as watched:
        await watched.watching()
        assert len(watched.names) == 8
    assert fake.lists == 3


async def test_a_watch_that_ends_resumes_where_it_was(jp_asyncio_loop: Any) -> None:
    fake = FakeAPI()
    async with run(fake) as watched:
        await watched.watching()
        fake.put("one")
        fake.bookmark()
        await watched.until(lambda: watched.changes)
        fake.send_bytes(None)
        await watched.until(lambda: len(fake.watches) == 2)
        await watched.watching()
        fake.put("two")
        await watched.until(lambda: watched.names == ["one", "two"])
    assert fake.lists == 1
    assert fake.watches[1]["resourceVersion"] == str(fake.version - 1)
    assert watched.states == [(True, "")]


async def test_410_lists_again_and_finds_what_was_missed(jp_asyncio_loop: Any) -> None:
    fake = FakeAPI()
    fake.put("one")
    async with run(fake) as watched:
        await watched.watching()
        # Missed by the watch: only a new list can tell.
        del fake.clusters["one"]
        fake.clusters["two"] = cluster("two", 90)
        fake.send("ERROR", {"code": 410, "reason": "Expired", "message": "too old"})
        await watched.until(lambda: watched.names == ["two"])
        assert ("one", None) in watched.changes
    assert fake.lists == 2
    assert watched.states == [(True, "")]


async def test_half_a_line_is_dropped_and_read_again(jp_asyncio_loop: Any) -> None:
    fake = FakeAPI()

    async def cut(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(b'{"type": "ADDED", "object": {"metadata": {"na')
        assert request.transport is not None
        request.transport.close()
        return response

    fake.on_watch.append(cut)
    async with run(fake) as watched:
        await watched.watching()
        fake.put("one")
        await watched.until(lambda: watched.names == ["one"])
        # It was told that the list may be stale, and that it is not any more.
        assert [text == "" for _, text in watched.states] == [True, False, True]
    assert fake.lists == 1


async def test_a_silent_watch_is_given_up(
    jp_asyncio_loop: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "SILENCE", 0.3)
    monkeypatch.setattr(module, "WATCH_SECONDS", (1, 1))
    fake = FakeAPI()
    async with run(fake) as watched:
        await watched.watching()
        await watched.until(lambda: len(fake.watches) >= 2)
        fake.put("one")
        await watched.until(lambda: watched.names == ["one"])
    assert fake.lists == 1


async def test_a_watch_that_is_deaf_is_doubted(jp_asyncio_loop: Any) -> None:
    """Its connection has died, and neither end knows."""
    fake = FakeAPI()
    over = asyncio.Event()

    async def deaf(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await over.wait()
        return response

    async def expired(request: web.Request) -> web.Response:
        return status(410, "Expired", "too old")

    fake.on_watch = [deaf, expired]
    async with run(fake) as watched:
        await watched.until(lambda: watched.states)
        await watched.until(lambda: watched.fake.watches)
        fake.put("one")
        await asyncio.sleep(0.2)
        assert watched.names == []
        watched.api.doubt()
        await watched.until(lambda: watched.names == ["one"])
        await watched.watching()
        # Not again and again, whatever else is found.
        watched.api.doubt()
        await asyncio.sleep(0.2)
        assert len(fake.watches) == 3
        assert watched.states == [(True, "")]
        over.set()


async def test_a_watch_that_does_not_begin_is_given_up(
    jp_asyncio_loop: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api_module, "ANSWER_LIMIT", 0.3)
    fake = FakeAPI()
    over = asyncio.Event()

    async def never(request: web.Request) -> web.Response:
        await over.wait()
        return web.Response()

    fake.on_watch = [never]
    async with run(fake) as watched:
        await watched.until(lambda: len(fake.watches) == 2)
        fake.put("one")
        await watched.until(lambda: watched.names == ["one"])
        told = [trouble for _, trouble in watched.states]
        assert told[0] == told[-1] == ""
        assert any(it.endswith("does not answer in time.") for it in told)
        over.set()


@pytest.mark.parametrize("code", [500, 503, 429])
async def test_a_failing_server_is_asked_again_without_a_tight_loop(
    jp_asyncio_loop: Any, code: int
) -> None:
    fake = FakeAPI()

    async def fail(request: web.Request) -> web.StreamResponse:
        return status(code, message="not now")

    fake.on_list = [fail] * 4
    fake.clusters["one"] = cluster("one", 2)
    begin = asyncio.get_running_loop().time()
    async with run(fake) as watched:
        await watched.until(lambda: watched.names == ["one"], 20)
        assert asyncio.get_running_loop().time() - begin > 0.5
        # 429 is waited for; everything else is told.
        assert watched.states[0] == (
            (True, "") if code == 429 else (False, watched.states[0][1])
        )
        assert watched.states[-1] == (True, "")
    assert fake.lists == 5


async def test_a_missing_rule_is_named(jp_asyncio_loop: Any) -> None:
    fake = FakeAPI()

    async def forbid(request: web.Request) -> web.StreamResponse:
        message = (
            'daskclusters.kubernetes.dask.org is forbidden: User "system:serviceaccount:'
            'team-a:default-editor" cannot list resource "daskclusters" in API group '
            '"kubernetes.dask.org" in the namespace "team-a"'
        )
        return status(403, "Forbidden", message)

    fake.on_list.append(forbid)
    async with run(fake) as watched:
        await watched.until(lambda: watched.states)
        synced, text = watched.states[0]
        assert not synced
        assert "system:serviceaccount:team-a:default-editor may not list" in text
        assert '"resources":["daskclusters"],"verbs":["list","watch"]' in text
    assert fake.lists == 1


async def test_watches_that_end_at_once_make_no_tight_loop(jp_asyncio_loop: Any) -> None:
    fake = FakeAPI()

    async def over(request: web.Request) -> web.StreamResponse:
        return web.Response()

    fake.on_watch = [over] * 100
    async with run(fake):
        await asyncio.sleep(1.5)
    assert len(fake.watches) < 6


async def test_older_states_do_not_overwrite_newer_ones(jp_asyncio_loop: Any) -> None:
    fake = FakeAPI()
    fake.put("one")
    async with run(fake) as watched:
        await watched.watching()
        raw = cluster("one", 50, labels={"dask-k8s/owner": "newer"})
        watched.reflector.put(msgspec.convert(raw, CLUSTERS.type, strict=False))
        fake.send("MODIFIED", cluster("one", 40, labels={"dask-k8s/owner": "older"}))
        fake.put("two")
        await watched.until(lambda: watched.names == ["one", "two"])
        assert watched.reflector.items["one"].metadata.labels.owner == "newer"


async def test_what_cannot_be_read_hides_no_others(jp_asyncio_loop: Any) -> None:
    fake = FakeAPI()
    fake.put("good")
    fake.clusters["bad"] = {"metadata": {"name": 7}, "spec": "nonsense"}
    async with run(fake) as watched:
        await watched.watching()
        assert watched.names == ["good"]
        fake.send("ADDED", {"metadata": {"name": []}})
        fake.put("also")
        await watched.until(lambda: watched.names == ["also", "good"])
