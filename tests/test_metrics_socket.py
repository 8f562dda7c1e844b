"""Live readings: pushed while somebody looks, to all who look, when they change."""

from __future__ import annotations

import asyncio
import json
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
    assert len(hub._samplers) == 1
    for socket in sockets:
        socket.close()
    for _ in range(100):
        if not hub._samplers:
            break
        await asyncio.sleep(0.05)
    assert not hub._samplers


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


@pytest.mark.parametrize("message", ["", "[]", '{"watch": "demo"}', '{"watch": ["../x"]}'])
async def test_nonsense_closes_the_socket(
    dask_api: DaskAPI, jp_ws_fetch: Any, message: str
) -> None:
    socket = await jp_ws_fetch("dask-k8s", "api", "metrics")
    await socket.write_message(message)
    assert await asyncio.wait_for(socket.read_message(), 5) is None
    assert socket.close_code == 1003
    socket.close()
