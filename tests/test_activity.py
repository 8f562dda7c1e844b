"""What panels, panes and dashboards do by themselves keeps no idle server alive.

Cullers ask ``/api/status`` (JupyterHub) or ``/api/kernels`` (Kubeflow) for
``last_activity``; only what a user does may move it.
"""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from distributed import Client

from jupyter_dask_k8s.pytest_plugin import DaskAPI
from jupyter_dask_k8s.services import SETTINGS_KEY, Services
from jupyter_dask_k8s.store import Entry

from .test_dashboard import echo
from .test_details import Streams, hello, streams
from .test_store import make_cluster

__all__ = ["echo", "streams"]

LIMIT = 15.0
READ_BY_PANELS = (
    "status",
    "clusters",
    "clusters/demo",
    "clusters/demo/pods",
    "clusters/demo/events",
    "clusters/demo/metrics",
    "clusters/demo/plots",
    "clusters/demo/export?as=client",
    "doctor",
    "jobs",
    "profiles",
)


@pytest.fixture
def jp_server_config(jp_server_config: dict[str, Any]) -> dict[str, Any]:
    jp_server_config["DaskK8sApp"]["metrics_interval"] = 0.2
    return jp_server_config


class Culler:
    """Asks as a culler does."""

    def __init__(self, fetch: Any) -> None:
        self._fetch = fetch

    async def last_activity(self) -> str:
        """Return when the server believes that somebody did something."""
        status = json.loads((await self._fetch("api", "status")).body)
        return str(status["last_activity"])


@pytest.fixture
def culler(jp_fetch: Any) -> Culler:
    return Culler(jp_fetch)


async def messages(socket: Any, count: int) -> None:
    """Read so many messages of a websocket."""
    for _ in range(count):
        assert await asyncio.wait_for(socket.read_message(), LIMIT) is not None


async def test_a_pane_is_no_activity(
    dask_api: DaskAPI, jp_ws_fetch: Any, jp_auth_header: Any, culler: Culler, echo: str
) -> None:
    before = await culler.last_activity()
    for _ in range(2):
        page = await dask_api.raw("GET", "clusters/echo/dashboard/status")
        assert page.code == 200
    path = "clusters/echo/dashboard/status/ws"
    socket = await jp_ws_fetch("dask-k8s", path, headers=jp_auth_header)
    await messages(socket, 1)
    for _ in range(5):
        await socket.write_message("drawn")
        await messages(socket, 1)
    socket.close()
    linked = await dask_api.raw("GET", f"dashboard/{echo}/status")
    assert linked.code == 200
    assert await culler.last_activity() == before


async def test_a_panel_is_no_activity(
    dask_api: DaskAPI,
    jp_serverapp: Any,
    jp_ws_fetch: Any,
    jp_auth_header: Any,
    culler: Culler,
    streams: Streams,
) -> None:
    """Readings, hints, polls and logs, while a cluster computes; a click is activity."""
    services: Services = jp_serverapp.web_app.settings[SETTINGS_KEY]
    before = await culler.last_activity()
    await dask_api("POST", "clusters", {"name": "demo", "workers": 1})
    cluster = await dask_api.running("demo")
    clicked = await culler.last_activity()
    assert clicked > before

    hints = await jp_ws_fetch("api", "events", "subscribe", headers=jp_auth_header)
    readings = await jp_ws_fetch("dask-k8s", "api", "metrics", headers=jp_auth_header)
    await readings.write_message(json.dumps({"watch": ["demo"]}))
    async with (
        streams.open("clusters/demo/logs?follow=1") as log,
        streams.open("clusters/demo/events?follow=1") as events,
        Client(cluster["scheduler_address"], asynchronous=True) as client,
    ):
        await events.until(b"Created")
        await client.run(hello)
        await log.until(b"hello")
        await messages(readings, 2)
        # What somebody else makes is a hint.
        services.store.put(Entry(make_cluster("other")))
        await messages(hints, 1)
    for path in READ_BY_PANELS:
        status, answer = await dask_api("GET", path)
        assert status == 200, answer
    assert await culler.last_activity() == clicked
    for socket in (hints, readings):
        socket.close()
