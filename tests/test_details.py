"""Pods, events and logs of clusters of local processes, over REST."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import ClientSession, ClientTimeout
from distributed import Client
from yarl import URL

from jupyter_dask_k8s.backends.local.output import KEPT, Output
from jupyter_dask_k8s.pytest_plugin import DaskAPI
from jupyter_dask_k8s.services import SETTINGS_KEY, Services

from .contract.test_clusters import SMALL, create


class Stream:
    """An answer that goes on, as a browser reads it."""

    def __init__(self, response: Any) -> None:
        self.response = response
        self.text = b""

    async def until(self, words: bytes, limit: float = 20) -> bytes:
        """Read until these words have come."""

        async def read() -> None:
            while words not in self.text:
                piece = await self.response.content.readany()
                assert piece, f"it has ended: {self.text!r}"
                self.text += piece

        await asyncio.wait_for(read(), limit)
        return self.text

    async def end(self, limit: float = 20) -> bytes:
        """Read up to the end."""
        self.text += await asyncio.wait_for(self.response.content.read(), limit)
        return self.text


class Streams:
    """Opens such answers."""

    def __init__(self, app: Any) -> None:
        self._url = app.connection_url + "dask-k8s/api/"
        self._token = app.identity_provider.token
        self.services: Services = app.web_app.settings[SETTINGS_KEY]

    @contextlib.asynccontextmanager
    async def open(self, path: str) -> AsyncIterator[Stream]:
        headers = {"Authorization": f"token {self._token}"}
        timeout = ClientTimeout(total=60)
        async with (
            ClientSession(headers=headers, timeout=timeout) as session,
            session.get(URL(self._url + path, encoded=True)) as response,
        ):
            yield Stream(response)

    async def ended(self) -> None:
        """Wait until the server sends nothing any more."""
        for _ in range(200):
            if not len(self.services.streams):
                return
            await asyncio.sleep(0.01)
        raise AssertionError("a stream goes on")


@pytest.fixture
def streams(jp_serverapp: Any, dask_api: DaskAPI) -> Streams:
    return Streams(jp_serverapp)


def hello() -> None:
    """Print from a task."""
    os.write(2, b"\x1b[31mhello\x1b[0m from a worker \xff\n")


async def pods(api: DaskAPI) -> list[dict[str, Any]]:
    status, answer = await api("GET", "clusters/demo/pods")
    assert status == 200, answer
    found: list[dict[str, Any]] = answer["pods"]
    return found


async def test_the_processes_of_a_cluster(dask_api: DaskAPI) -> None:
    groups = [{"name": "more", "workers": 1, "resources": SMALL}]
    await create(dask_api, "demo", workers=1, groups=groups)
    scheduler, worker, other = await pods(dask_api)
    assert (scheduler["name"], scheduler["component"]) == ("scheduler", "scheduler")
    assert scheduler["containers"] == ["output"]
    assert (worker["group"], other["group"]) == ("default", "more")
    for it in (scheduler, worker, other):
        assert (it["phase"], it["ready"], it["reason"]) == ("Running", True, "")
        assert it["node"] is None
    for it in (worker, other):
        assert it["memory_limit"] == 512 * 2**20
        assert it["restarts"] == 0

    for _ in range(100):
        found = await pods(dask_api)
        if all(it["memory"] for it in found):
            break
        await asyncio.sleep(0.1)
    assert all(it["memory"] > 2**20 and it["cpu"] is not None for it in found)


async def test_a_lost_worker_is_seen_and_told(dask_api: DaskAPI) -> None:
    cluster = await create(dask_api, "demo", workers=1)
    async with Client(cluster["scheduler_address"], asynchronous=True) as client:
        os.kill(await client.submit(os.getpid), signal.SIGKILL)
    await dask_api.until("demo", lambda it: it["groups"][0]["ready"] == 0)
    worker = (await pods(dask_api))[1]
    assert (worker["phase"], worker["ready"]) == ("Pending", False)
    assert worker["reason"] == "The worker has ended and is started again."
    await dask_api.running("demo")
    assert (await pods(dask_api))[1]["restarts"] == 1
    _, answer = await dask_api("GET", "clusters/demo/events")
    reasons = [it["reason"] for it in answer["events"]]
    assert reasons == [
        *("WorkerStarted", "WorkerLost", "WorkerStarted", "Started", "Created"),
    ]
    lost = answer["events"][1]
    assert (lost["warning"], lost["object"]) == (True, "Worker default-0")
    assert len({it["id"] for it in answer["events"]}) == 5


async def test_events_are_followed(dask_api: DaskAPI, streams: Streams) -> None:
    await create(dask_api, "demo", workers=0)
    async with streams.open("clusters/demo/events?follow=1") as stream:
        assert stream.response.headers["Content-Type"] == "application/x-ndjson"
        await stream.until(b"Created")
        await dask_api("PATCH", "clusters/demo", {"workers": 1})
        await stream.until(b"WorkerStarted")
        await dask_api("DELETE", "clusters/demo")
        lines = (await stream.end()).splitlines()
    reasons = [json.loads(line)["reason"] for line in lines if line]
    assert reasons == ["Created", "Started", "Scaled", "WorkerStarted", "Stopping"]


async def test_the_output_of_all_processes(dask_api: DaskAPI, streams: Streams) -> None:
    cluster = await create(dask_api, "demo", workers=1)
    async with (
        Client(cluster["scheduler_address"], asynchronous=True) as client,
        streams.open("clusters/demo/logs?follow=1&tail=0") as stream,
    ):
        assert stream.response.headers["Content-Type"] == "text/plain; charset=utf-8"
        await client.submit(hello)
        # Byte for byte: colours, and what is no UTF-8.
        await stream.until(b"\x1b[31mhello\x1b[0m from a worker \xff\n")
    await streams.ended()
    response = await dask_api.raw("GET", "api/clusters/demo/logs?pod=scheduler")
    assert b"\x1b[31mhello\x1b[0m from a worker \xff\n" in response.body
    response = await dask_api.raw("GET", "api/clusters/demo/logs?tail=1")
    assert response.body.count(b"\n") == 1
    async with streams.open("clusters/demo/logs?follow=1") as stream:
        await dask_api("DELETE", "clusters/demo")
        assert b"hello" in await stream.end()


WRONG = [
    ("pod=nothing", 404, "has no pod named “nothing”"),
    ("pod=../secrets", 404, "has no pod named"),
    ("pod=default-0", 404, "one log, the scheduler's"),
    ("container=istio-proxy", 404, "none named “istio-proxy”"),
    ("previous=1", 404, "no earlier log"),
    ("previous=yes", 422, "“previous” is 0 or 1"),
    ("follow=true", 422, "“follow” is 0 or 1"),
    ("tail=all", 422, "“tail” is a number of lines"),
    ("tail=100001", 422, "at most 100000 lines"),
    ("tail=-1", 422, "“tail” is a number of lines"),
]


async def test_wrong_questions(dask_api: DaskAPI) -> None:
    await create(dask_api, "demo", workers=1)
    for query, status, words in WRONG:
        response = await dask_api.raw("GET", f"api/clusters/demo/logs?{query}")
        assert response.code == status, query
        assert response.headers["Content-Type"] == "application/json"
        assert words in json.loads(response.body)["message"]


async def test_no_such_cluster_and_no_such_export(dask_api: DaskAPI) -> None:
    for what in ("pods", "events", "events?follow=1", "logs", "logs?follow=1"):
        status, answer = await dask_api("GET", f"clusters/demo/{what}")
        assert (status, answer["reason"]) == (404, "ClusterNotFound")
    await dask_api("POST", "clusters", {"name": "demo", "workers": 0})
    status, answer = await dask_api("GET", "clusters/demo/export?as=object")
    assert (status, answer["details"]) == (422, {"field": "as"})


async def test_there_is_a_limit(
    dask_api: DaskAPI, streams: Streams, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams.services.streams, "_limit", 1)
    await create(dask_api, "demo", workers=0)
    async with streams.open("clusters/demo/events?follow=1") as stream:
        await stream.until(b"Created")
        status, answer = await dask_api("GET", "clusters/demo/logs")
        assert (status, answer["reason"]) == (503, "TooManyStreams")
        assert "the limit" in answer["message"]
    await streams.ended()
    async with streams.open("clusters/demo/logs") as stream:
        assert stream.response.status == 200


async def test_a_server_that_stops_ends_its_streams(
    dask_api: DaskAPI, streams: Streams
) -> None:
    await create(dask_api, "demo", workers=0)
    async with streams.open("clusters/demo/logs?follow=1") as stream:
        await streams.services.streams.close()
        await stream.end()
    assert len(streams.services.streams) == 0


async def test_who_reads_too_slowly_is_told_what_is_missing() -> None:
    output = Output()
    output.write(b"one\ntwo\nthree")
    pieces = output.read(2, follow=True)
    assert await anext(pieces) == b"two\nthree"
    output.write(b"x" * (3 * KEPT) + b"\nend\n")
    missed = await anext(pieces)
    assert missed == f"\n[{2 * KEPT + 5} bytes came too fast and are not kept.]\n".encode()
    assert (await anext(pieces)).endswith(b"xxx\nend\n")
    output.close()
    assert [piece async for piece in pieces] == []
    # What is kept begins in the middle of a line.
    assert [it async for it in output.read(10, follow=False)] == [b"end\n"]
