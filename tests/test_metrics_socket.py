"""Live readings: pushed while somebody looks, to all who look, when they change."""

from __future__ import annotations

import asyncio
import base64
import json
import os
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from distributed import Client

from jupyter_dask_k8s.pytest_plugin import DaskAPI
from jupyter_dask_k8s.services import SETTINGS_KEY


@pytest.fixture
def jp_server_config(jp_server_config: dict[str, Any]) -> dict[str, Any]:
    jp_server_config["DaskK8sApp"]["metrics_interval"] = 0.2
    return jp_server_config


async def read(socket: Any, limit: float = 15) -> dict[str, Any]:
    message = await asyncio.wait_for(socket.read_message(), limit)
    assert message is not None
    frame: dict[str, Any] = json.loads(message)
    return frame


async def test_readings_follow_the_work(
    dask_api: DaskAPI, jp_ws_fetch: Any, jp_serverapp: Any
) -> None:
    hub = jp_serverapp.web_app.settings[SETTINGS_KEY].metrics
    sockets = [await jp_ws_fetch("dask-k8s", "api", "metrics") for _ in range(2)]
    for socket in sockets:
        await socket.write_message(json.dumps({"watch": ["demo"]}))
        frame = await read(socket)
        assert frame["metrics"] is None
        assert frame["reason"] == "There is no cluster named “demo”."

    await dask_api("POST", "clusters", {"name": "demo", "workers": 1})
    cluster = await dask_api.running("demo")
    for socket in sockets:
        while not (frame := await read(socket))["metrics"]:
            assert frame["reason"]
    async with Client(cluster["scheduler_address"], asynchronous=True) as client:
        future = client.submit(lambda: 7)
        assert await future == 7
        for socket in sockets:
            while not (metrics := (await read(socket))["metrics"])["tasks"].get("memory"):
                pass
            assert metrics["finished"] >= 1
    assert hub.reading == ["demo"]
    for socket in sockets:
        socket.close()
    for _ in range(100):
        if not hub.reading:
            break
        await asyncio.sleep(0.05)
    assert not hub.reading


async def count_requests(client: Client) -> Callable[[], Awaitable[int]]:
    """Count HTTP requests where the scheduler's own server takes them, whoever asks."""

    # Within this function: the scheduler, another process, cannot import tests.
    def begin(dask_scheduler: Any) -> None:
        application = dask_scheduler.http_application
        find_handler = application.find_handler
        application.requests = 0

        def find_and_count(request: Any, **more: Any) -> Any:
            application.requests += 1
            return find_handler(request, **more)

        application.find_handler = find_and_count

    def count(dask_scheduler: Any) -> int:
        return int(dask_scheduler.http_application.requests)

    await client.run_on_scheduler(begin)
    return lambda: client.run_on_scheduler(count)


async def test_the_scheduler_is_not_asked_after_the_last_viewer_left(
    dask_api: DaskAPI, jp_ws_fetch: Any, jp_serverapp: Any
) -> None:
    hub = jp_serverapp.web_app.settings[SETTINGS_KEY].metrics
    await dask_api("POST", "clusters", {"name": "demo", "workers": 1})
    cluster = await dask_api.running("demo")
    async with Client(cluster["scheduler_address"], asynchronous=True) as client:
        asked = await count_requests(client)
        card = await jp_ws_fetch("dask-k8s", "api", "metrics")
        await card.write_message(json.dumps({"watch": ["demo"]}))
        monitor = await jp_ws_fetch("dask-k8s", "api", "metrics")
        await monitor.write_message(json.dumps({"watch": [], "monitor": ["demo"]}))
        samples = 0
        while samples < 10:
            samples += len((await read(monitor))["samples"])
        assert await asked() >= 10

        # One turns away and stays connected, the other one leaves.
        await monitor.write_message(json.dumps({"watch": [], "monitor": []}))
        card.close()
        for _ in range(500):
            if not hub.reading:
                break
            await asyncio.sleep(0.01)
        assert hub.reading == []
        # What was on its way then has arrived long before.
        await asyncio.sleep(1)
        before = await asked()
        await asyncio.sleep(10)
        assert await asked() == before
        monitor.close()


async def test_nothing_is_sent_while_nothing_changes(
    dask_api: DaskAPI, jp_ws_fetch: Any
) -> None:
    await dask_api("POST", "clusters", {"name": "demo", "workers": 0})
    await dask_api.running("demo")
    socket = await jp_ws_fetch("dask-k8s", "api", "metrics")
    await socket.write_message(json.dumps({"watch": ["demo"]}))
    assert (await read(socket))["metrics"]["workers"] == 0
    with pytest.raises(asyncio.TimeoutError):
        await read(socket, 1.5)
    socket.close()


async def test_a_viewer_who_takes_nothing_is_let_go(
    dask_api: DaskAPI, jp_serverapp: Any, jp_base_url: str
) -> None:
    """A laptop that sleeps, say: it must not cost the server its memory."""
    hub = jp_serverapp.web_app.settings[SETTINGS_KEY].metrics
    reader, writer = await asyncio.open_connection("127.0.0.1", jp_serverapp.port)
    key = base64.b64encode(os.urandom(16)).decode()
    lines = (
        f"GET {jp_base_url}dask-k8s/api/metrics HTTP/1.1",
        f"Host: 127.0.0.1:{jp_serverapp.port}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        f"Sec-WebSocket-Key: {key}",
        "Sec-WebSocket-Version: 13",
        f"Authorization: token {jp_serverapp.identity_provider.token}",
    )
    writer.write("\r\n".join((*lines, "", "")).encode())
    assert b"101" in await reader.readline()
    wish = b'{"watch": [], "monitor": ["demo"]}'
    # One frame of text, masked with zeros.
    writer.write(bytes((0x81, 0x80 | len(wish))) + bytes(4) + wish)
    await writer.drain()
    for _ in range(100):
        if hub.reading:
            break
        await asyncio.sleep(0.02)
    (listener,) = hub._samplers["demo"].monitors
    sent = 0
    while hub.reading:
        listener(bytes(2**20))
        sent += 1
        assert sent < 100
        await asyncio.sleep(0)
    assert sent > 10
    writer.close()


@pytest.mark.parametrize("message", ["", "[]", '{"watch": "demo"}', '{"watch": ["../x"]}'])
async def test_nonsense_closes_the_socket(
    dask_api: DaskAPI, jp_ws_fetch: Any, message: str
) -> None:
    socket = await jp_ws_fetch("dask-k8s", "api", "metrics")
    await socket.write_message(message)
    assert await asyncio.wait_for(socket.read_message(), 5) is None
    assert socket.close_code == 1003
    socket.close()
