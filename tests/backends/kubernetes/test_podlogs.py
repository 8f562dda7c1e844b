"""Logs of pods: through a real server, from an API server that prints as we want."""

from __future__ import annotations

import asyncio
import contextlib
import copy
import json
import socket
import time
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psutil
import pytest
from aiohttp import web

from jupyter_dask_k8s.pytest_plugin import SERVER_CONFIG, DaskAPI
from tests.test_details import Streams

from .fake_api import cluster, serve, status
from .fake_kubernetes import DASK, FakeKubernetes, until
from .watchdog import Watchdog

BEGIN = "2026-01-01T00:00:00Z"
RUNNING = {"running": {"startedAt": BEGIN}}
MIB = 2**20


class Fake(FakeKubernetes):
    """Also has logs: ``on_log`` answers for them."""

    def __init__(self) -> None:
        super().__init__()
        self.pages[DASK] = {}
        self.logs: list[dict[str, str]] = []
        self.on_log: Callable[[web.Request], Coroutine[Any, Any, web.StreamResponse]]
        self.printed = 0
        """Bytes that could be sent so far."""

    async def handle(self, request: web.Request) -> web.StreamResponse:
        if request.path.endswith("/log"):
            self.logs.append({**request.query, "pod": request.path.split("/")[-2]})
            return await self.on_log(request)
        return await super().handle(request)

    def says(self, *pieces: bytes, after: Any = None) -> None:
        """Let every log say this, and then perhaps wait for something."""

        async def answer(request: web.Request) -> web.StreamResponse:
            response = web.StreamResponse()
            await response.prepare(request)
            for piece in pieces:
                await response.write(piece)
            if after is not None:
                await after.wait()
            return response

        self.on_log = answer

    def prints(self, size: int) -> None:
        """Let every log be so long, as fast as it is read."""
        piece = b"%060d distributed.worker - INFO - nothing happened\n" % 7 * 600

        async def answer(request: web.Request) -> web.StreamResponse:
            response = web.StreamResponse()
            await response.prepare(request)
            self.printed = 0
            while self.printed < size:
                await response.write(piece)
                self.printed += len(piece)
            return response

        self.on_log = answer


def pod(name: str, *states: dict[str, Any], **labels: str) -> dict[str, Any]:
    containers = [{"name": "worker"}, {"name": "istio-proxy"}]
    shown = {"dask.org/cluster-name": "demo", "dask.org/component": "worker", **labels}
    return {
        "metadata": {"name": name, "labels": shown},
        "spec": {"nodeName": "node1", "containers": containers},
        "status": {"phase": "Running", "containerStatuses": list(states)},
    }


def state(name: str = "worker", now: Any = None, **more: Any) -> dict[str, Any]:
    return {"name": name, "state": now or RUNNING, **more}


@pytest.fixture
def fake(
    jp_asyncio_loop: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Fake]:
    fake = Fake()
    fake.put("daskclusters", cluster("demo", 1))
    fake.put("daskclusters", cluster("demo-2", 1))
    creating = {"waiting": {"reason": "ContainerCreating"}}
    crashing = {"waiting": {"reason": "CrashLoopBackOff"}}
    last = {"terminated": {"exitCode": 1}}
    fake.put("pods", pod("w1", state(), state("istio-proxy")))
    fake.put("pods", pod("w2", state(now=creating)))
    fake.put("pods", pod("w3", state(now=crashing, lastState=last, restartCount=2)))
    fake.put("pods", pod("other", state(), **{"dask.org/cluster-name": "demo-2"}))
    stack = contextlib.AsyncExitStack()
    api = jp_asyncio_loop.run_until_complete(stack.enter_async_context(serve(fake)))
    config = {
        "current-context": "test",
        "contexts": [
            {
                "name": "test",
                "context": {"cluster": "test", "user": "test", "namespace": "team-a"},
            }
        ],
        "clusters": [{"name": "test", "cluster": {"server": api.access.host}}],
        "users": [{"name": "test", "user": {"token": "secret"}}],
    }
    path = tmp_path / "kubeconfig"
    path.write_text(json.dumps(config))
    monkeypatch.setenv("KUBECONFIG", str(path))
    yield fake
    jp_asyncio_loop.run_until_complete(stack.aclose())


@pytest.fixture
def jp_server_config(fake: Fake) -> dict[str, Any]:
    config = copy.deepcopy(SERVER_CONFIG)
    config["DaskK8sApp"]["backend"] = "kubernetes"
    return config


@pytest.fixture
def streams(jp_serverapp: Any, dask_api: DaskAPI) -> Streams:
    return Streams(jp_serverapp)


async def test_a_log_passes_as_it_is(dask_api: DaskAPI, fake: Fake) -> None:
    words = b"\x1b[32mgreen\x1b[0m \xff\xfe no line end"
    fake.says(words)
    response = await dask_api.raw("GET", "api/clusters/demo/logs?pod=w1")
    assert response.body == words
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    asked = {"container": "worker", "tailLines": "1000", "limitBytes": str(64 * MIB)}
    assert fake.logs == [{**asked, "pod": "w1"}]


async def test_credentials_that_have_run_out(dask_api: DaskAPI, fake: Fake) -> None:
    """They are read again, and the reader notices nothing; once, where that is no help."""

    async def refuse(request: web.Request) -> web.StreamResponse:
        if len(fake.logs) == 1:
            fake.says(b"one\n")
        return status(401, "Unauthorized", "Unauthorized")

    fake.on_log = refuse
    response = await dask_api.raw("GET", "api/clusters/demo/logs?pod=w1")
    assert (response.code, response.body) == (200, b"one\n")
    fake.on_log = refuse
    response = await dask_api.raw("GET", "api/clusters/demo/logs?pod=w1")
    assert response.code == 503
    assert "does not accept our credentials" in json.loads(response.body)["message"]
    assert len(fake.logs) == 3


async def test_what_was_asked_for_is_asked_for(
    dask_api: DaskAPI, fake: Fake, streams: Streams
) -> None:
    fake.says(b"one\n")
    path = "clusters/demo/logs?pod=w3&container=worker&previous=1&follow=1&tail=5"
    async with streams.open(path) as stream:
        assert await stream.end() == b"one\n"
    asked = {"container": "worker", "tailLines": "5", "limitBytes": str(64 * MIB)}
    assert fake.logs == [{**asked, "previous": "true", "pod": "w3"}]
    async with streams.open("clusters/demo/logs?pod=w1&container=istio-proxy&follow=1"):
        pass
    asked = {"container": "istio-proxy", "tailLines": "1000", "follow": "true"}
    assert fake.logs[1:] == [{**asked, "pod": "w1"}]


@pytest.mark.parametrize(
    ("query", "code", "words"),
    [
        ("pod=other", 404, "“demo” has no pod named “other”"),
        ("pod=w1/../other", 404, "no pod named"),
        ("pod=w1&container=sh", 404, "has no container “sh”; it has worker, istio-proxy."),
        ("pod=w1&previous=1", 404, "“worker” has not been started again"),
        ("pod=w2", 409, "“worker” has not started, so it has no log. The pod is"),
        ("pod=w2&container=istio-proxy", 409, "“istio-proxy” has not started"),
        ("", 409, "The scheduler of “demo” has no pod yet."),
    ],
)
async def test_what_cannot_be_there_is_not_asked_for(
    dask_api: DaskAPI, fake: Fake, query: str, code: int, words: str
) -> None:
    response = await dask_api.raw("GET", f"api/clusters/demo/logs?{query}")
    assert response.code == code
    assert words in json.loads(response.body)["message"]
    assert fake.logs == []


@pytest.mark.parametrize(
    ("query", "answer", "code", "words"),
    [
        (
            "pod=w1",
            (400, "BadRequest", 'container "worker" in pod "w1" is terminated'),
            409,
            "“worker” has no log (yet): container",
        ),
        (
            "pod=w3&previous=1",
            (400, "BadRequest", 'previous terminated container "worker" not found'),
            404,
            "Kubernetes has no earlier log of “worker” any more: previous",
        ),
        ("pod=w1", (404, "NotFound", 'pods "w1" not found'), 404, "no pod named “w1”"),
        (
            "pod=w1",
            (403, "Forbidden", 'User "u" cannot get resource "pods/log"'),
            403,
            '"resources":["pods/log"]',
        ),
        ("pod=w1", (500, "", "dial tcp: i/o timeout"), 503, "i/o timeout"),
    ],
)
async def test_refusals_of_kubernetes_are_ordinary_errors(
    dask_api: DaskAPI, fake: Fake, query: str, answer: Any, code: int, words: str
) -> None:
    async def refuse(request: web.Request) -> web.StreamResponse:
        return status(*answer)

    fake.on_log = refuse
    response = await dask_api.raw("GET", f"api/clusters/demo/logs?{query}")
    assert response.code == code
    assert response.headers["Content-Type"] == "application/json"
    assert words in json.loads(response.body)["message"]


async def test_a_log_that_breaks_off_says_why(
    dask_api: DaskAPI, fake: Fake, streams: Streams
) -> None:
    async def break_off(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(b"some words")
        await asyncio.sleep(0.1)
        assert request.transport is not None
        request.transport.abort()
        return response

    fake.on_log = break_off
    async with streams.open("clusters/demo/logs?pod=w1&follow=1") as stream:
        text = (await stream.end()).decode()
    first, second = text.splitlines()
    assert first == "some words"
    assert second.startswith("[The Kubernetes API at ")
    assert second.endswith("]")


async def test_a_silent_log_is_open_at_once_and_ends_with_its_reader(
    dask_api: DaskAPI, fake: Fake, streams: Streams
) -> None:
    gone = asyncio.Event()

    async def stay_silent(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        assert request.transport is not None
        await until(request.transport.is_closing)
        gone.set()
        return response

    fake.on_log = stay_silent
    begin = time.monotonic()
    async with streams.open("clusters/demo/logs?pod=w1&follow=1") as stream:
        assert stream.response.status == 200
        assert time.monotonic() - begin < 2
        assert not gone.is_set()
    await asyncio.wait_for(gone.wait(), 2)
    await streams.ended()


async def test_an_answer_has_a_limit(
    dask_api: DaskAPI, fake: Fake, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = "jupyter_dask_k8s.backends.kubernetes.podlogs"
    monkeypatch.setattr(f"{module}.MOST", 5 * 2**10)
    fake.says(b"x" * 5 * 2**10)
    response = await dask_api.raw("GET", "api/clusters/demo/logs?pod=w1")
    assert response.body.decode().splitlines()[1:] == [
        "[Cut after 5 KiB, as no answer is longer: ask for fewer lines.]"
    ]


class SlowReader:
    """A browser on a bad line: reads nothing at first, then everything."""

    def __init__(self, app: Any, path: str) -> None:
        self._url = urlsplit(app.connection_url)
        self._path = f"{self._url.path}dask-k8s/api/{path}"
        self._token = app.identity_provider.token
        self._socket = socket.socket()
        self.count = 0

    def ask(self) -> None:
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 64 * 1024)
        self._socket.connect((self._url.hostname, self._url.port))
        lines = (
            f"GET {self._path} HTTP/1.1",
            *("Host: localhost", "Connection: close"),
            f"Authorization: token {self._token}",
        )
        self._socket.sendall("".join(f"{it}\r\n" for it in (*lines, "")).encode())

    def read(self) -> int:
        """Read to the end; what came is counted and thrown away."""
        while piece := self._socket.recv(256 * 1024):
            self.count += len(piece)
        self._socket.close()
        return self.count


async def test_much_text_and_a_slow_reader(
    dask_api: DaskAPI, fake: Fake, jp_serverapp: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = "clusters/demo/logs?pod=w1&follow=1"
    fake.prints(2 * MIB)
    first = SlowReader(jp_serverapp, path)
    await asyncio.to_thread(first.ask)
    await asyncio.to_thread(first.read)
    fake.prints(50 * MIB)
    reader, dog = SlowReader(jp_serverapp, path), Watchdog()
    before = psutil.Process().memory_info().rss
    begin = time.monotonic()
    async with dog.look(monkeypatch):
        await asyncio.to_thread(reader.ask)
        await asyncio.sleep(1.5)
        # Nobody reads, so nobody asks for more than what buffers on the way take.
        assert MIB / 4 < fake.printed < 12 * MIB
        waiting = fake.printed
        await asyncio.sleep(0.2)
        assert fake.printed == waiting
        asked = time.monotonic()
        assert (await dask_api("GET", "clusters"))[0] == 200
        answered = time.monotonic() - asked
        await asyncio.to_thread(reader.read)
    grown = (dog.most - before) / MIB
    print(
        f"50 MiB in {time.monotonic() - begin:.1f} s; while nobody read, "
        f"{waiting / MIB:.1f} MiB were on their way; memory grew by {grown:.1f} MiB; the "
        f"longest step took {dog.longest * 1000:.1f} ms; another answer "
        f"{answered * 1000:.0f} ms"
    )
    assert reader.count >= 50 * MIB
    assert grown < 8
    assert dog.longest < 0.02


async def test_who_never_reads_is_given_up(
    dask_api: DaskAPI,
    fake: Fake,
    jp_serverapp: Any,
    streams: Streams,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("jupyter_dask_k8s.handlers.streaming.STALL", 0.3)
    fake.prints(50 * MIB)
    reader = SlowReader(jp_serverapp, "clusters/demo/logs?pod=w1&follow=1")
    await asyncio.to_thread(reader.ask)
    await until(lambda: len(streams.services.streams) == 1)
    await streams.ended()
    with contextlib.suppress(ConnectionResetError):
        await asyncio.to_thread(reader.read)
    assert reader.count < 20 * MIB


async def test_the_object_as_the_api_server_has_it(dask_api: DaskAPI, fake: Fake) -> None:
    import yaml

    code, answer = await dask_api("GET", "clusters/demo/export?as=object")
    assert (code, answer["kind"], answer["mimetype"]) == (200, "object", "application/yaml")
    stored = copy.deepcopy(fake.objects["daskclusters"]["demo"])
    assert stored["metadata"].pop("managedFields")
    assert yaml.safe_load(answer["content"]) == stored


async def test_pods_are_shown_without_a_scheduler(dask_api: DaskAPI, fake: Fake) -> None:
    begin = time.monotonic()
    code, answer = await dask_api("GET", "clusters/demo/pods")
    assert time.monotonic() - begin < 1
    assert code == 200
    shown = {it["name"]: it["phase"] for it in answer["pods"]}
    assert shown == {"w1": "Running", "w2": "ContainerCreating", "w3": "CrashLoopBackOff"}
    fake.take("pods", "w1")
    await until(lambda: "w1" not in fake.objects["pods"])
