"""Dashboards of other people's clusters, before an echo that says what it was asked."""

from __future__ import annotations

import datetime
import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from tornado.httpclient import AsyncHTTPClient, HTTPClientError, HTTPRequest, HTTPResponse
from tornado.websocket import WebSocketClientConnection, websocket_connect

from jupyter_dask_k8s.capabilities import LIFETIME
from jupyter_dask_k8s.pytest_plugin import DaskAPI
from jupyter_dask_k8s.services import SETTINGS_KEY, Services
from jupyter_dask_k8s.store import Entry

from .test_dashboard import echo
from .test_store import make_cluster

__all__ = ["echo"]

BASE = "/a%40b/dask-k8s/contained/"
Ask = Callable[..., Awaitable[HTTPResponse]]


@pytest.fixture
def jp_server_config(jp_server_config: dict[str, Any]) -> dict[str, Any]:
    # What permits much elsewhere permits nothing here.
    jp_server_config["ServerApp"] |= {
        "allow_origin": "*",
        "allow_credentials": True,
        "tornado_settings": {
            "headers": {
                "Content-Security-Policy": "frame-ancestors 'self' https://kubeflow",
                "Access-Control-Allow-Origin": "*",
            }
        },
    }
    return jp_server_config


@pytest.fixture
def services(jp_serverapp: Any) -> Services:
    found: Services = jp_serverapp.web_app.settings[SETTINGS_KEY]
    return found


@pytest.fixture
def theirs(echo: str, services: Services) -> str:
    """Make the echo somebody else's; returns ``host:port``."""
    services.store.put(Entry(make_cluster("echo", owner="mallory"), f"http://{echo}"))
    services.store.put(Entry(make_cluster("nobodys", owner=""), "http://127.0.0.1:9"))
    return echo


@pytest.fixture
def stranger(jp_serverapp: Any) -> Ask:
    """Ask without any credentials, as the pages do."""

    async def ask(path: str, **options: Any) -> HTTPResponse:
        url = f"{jp_serverapp.connection_url.split('/a%40b')[0]}{path}"
        headers = {"Origin": "null"} | options.pop("headers", {})
        return await AsyncHTTPClient().fetch(
            HTTPRequest(url, headers=headers, follow_redirects=False, **options),
            raise_error=False,
        )

    return ask


async def connect(app: Any, path: str, **headers: str) -> WebSocketClientConnection:
    url = f"ws{app.connection_url.removeprefix('http').split('/a%40b')[0]}{path}"
    return await websocket_connect(HTTPRequest(url, headers=headers))


async def open_page(dask_api: DaskAPI) -> str:
    """Return the address under which the echo's dashboard is open."""
    _, place = await dask_api("GET", "clusters/echo/dashboard")
    assert place["contained"]
    return f"/a%40b/{place['path']}"


async def test_lists_say_what_is_contained(dask_api: DaskAPI, theirs: str) -> None:
    _, answer = await dask_api("GET", "clusters")
    contained = {it["name"]: it["contained"] for it in answer["clusters"]}
    assert contained == {"echo": True, "nobodys": False}
    status, mine = await dask_api("POST", "clusters", {"name": "mine", "workers": 0})
    assert (status, mine["contained"]) == (201, False)
    _, place = await dask_api("GET", "clusters/mine/dashboard")
    assert place == {"path": "dask-k8s/clusters/mine/dashboard", "contained": False}
    assert (await dask_api("GET", "clusters/none/dashboard"))[0] == 404


@pytest.mark.parametrize("trusted", ["own", "all"])
async def test_the_setting(
    dask_api: DaskAPI, theirs: str, services: Services, trusted: Any
) -> None:
    services.trusted_dashboards = trusted
    _, answer = await dask_api("GET", "clusters")
    assert {it["contained"] for it in answer["clusters"]} == {trusted == "own"}


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_pages_lead_away_from_jupyter(
    dask_api: DaskAPI, theirs: str, method: str
) -> None:
    """Those by name, and the links that Dask prints."""
    for path in ("clusters/echo/dashboard", f"dashboard/{theirs}"):
        answer = await dask_api.raw(method, f"{path}/status?theme=dark&_xsrf=1")
        assert answer.code == 302
        assert answer.headers["Location"].startswith(BASE)
        assert answer.headers["Location"].endswith("/status?theme=dark")
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        refused = await dask_api.raw(method, f"{path}/proxy/80/example.org/")
        assert refused.code == 403


async def test_pages_without_a_login(dask_api: DaskAPI, theirs: str, stranger: Ask) -> None:
    page = await open_page(dask_api)
    answer = await stranger(f"{page}/status?theme=dark", headers={"Cookie": "a=b"})
    assert answer.code == 200
    seen = json.loads(answer.body)
    assert seen["uri"] == "/status?theme=dark"
    assert not {"Cookie", "Origin", "Authorization"} & set(seen["headers"])
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers.get_list("Content-Security-Policy") == [
        "frame-ancestors 'self' https://kubeflow",
        "sandbox allow-scripts allow-popups",
    ]
    head = await stranger(f"{page}/status", method="HEAD")
    assert head.code == 200
    moved = await stranger(f"{page}/individual-moved?to=/status")
    assert moved.headers["Location"] == f"{page}/status"
    # What is refused, is no page of ours, or fails is kept apart as well.
    refused = await stranger(f"{page}/proxy/80/example.org/")
    assert refused.code == 403
    posted = await stranger(f"{page}/status", method="POST", body="")
    assert posted.code in (403, 405)
    for it in (answer, head, moved, refused, posted):
        assert any("sandbox" in it for it in it.headers.get_list("Content-Security-Policy"))
        assert "Access-Control-Allow-Origin" not in it.headers
        assert "Access-Control-Allow-Credentials" not in it.headers
        assert "Set-Cookie" not in it.headers


async def test_websockets_without_a_login(
    dask_api: DaskAPI, theirs: str, jp_serverapp: Any, stranger: Ask
) -> None:
    page = await open_page(dask_api)
    state = await stranger(page)
    assert json.loads(state.body) == {"open": True, "sockets": 0}
    socket = await connect(jp_serverapp, f"{page}/status/ws", Origin="null")
    seen = json.loads(str(await socket.read_message()))
    assert not {"Cookie", "Authorization", "Origin"} & set(seen["headers"])
    await socket.write_message("ü")
    assert await socket.read_message() == "ü"
    assert json.loads((await stranger(page)).body)["sockets"] == 1
    await socket.write_message("close")
    assert await socket.read_message() is None
    socket.close()


async def test_websockets_are_nowhere_else(
    dask_api: DaskAPI, theirs: str, jp_serverapp: Any, login_cookie: str
) -> None:
    for path in ("clusters/echo/dashboard", f"dashboard/{theirs}"):
        with pytest.raises(HTTPClientError) as caught:
            await connect(
                jp_serverapp, f"/a%40b/dask-k8s/{path}/status/ws", Cookie=login_cookie
            )
        assert caught.value.code == 403


async def test_a_capability_opens_one_dashboard_only(
    dask_api: DaskAPI, theirs: str, stranger: Ask, jp_serverapp: Any
) -> None:
    page = await open_page(dask_api)
    secret = page.removeprefix(BASE)
    for path in (
        "api/contents",
        "dask-k8s/api/status",
        "dask-k8s/api/clusters",
        f"dask-k8s/contained/{secret}/../../api/clusters",
        f"dask-k8s/contained/{secret}/%2e%2e/%2e%2e/api/clusters",
        "dask-k8s/clusters/nobodys/dashboard/status",
        "dask-k8s/clusters/echo/dashboard/status",
    ):
        for headers in ({}, {"Authorization": f"token {secret}"}):
            answer = await stranger(f"/a%40b/{path}", headers=headers)
            assert answer.code in (302, 403, 404), path
            if answer.code == 302:
                assert "/login" in answer.headers["Location"]


async def test_what_opens_nothing(
    dask_api: DaskAPI,
    theirs: str,
    stranger: Ask,
    services: Services,
    jp_serverapp: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def check_closed(page: str) -> None:
        answer = await stranger(f"{page}/status")
        assert answer.code == 404
        assert "open the dashboard again" in answer.body.decode()
        state = await stranger(page)
        assert (state.code, json.loads(state.body)["open"]) == (404, False)
        with pytest.raises(HTTPClientError) as caught:
            await connect(jp_serverapp, f"{page}/status/ws", Origin="null")
        assert caught.value.code == 404

    await check_closed(f"{BASE}guessed")
    recreated = await open_page(dask_api)
    now = datetime.datetime.now(datetime.timezone.utc)
    later = make_cluster("echo", owner="mallory", created=now)
    services.store.put(Entry(later, f"http://{theirs}"))
    await check_closed(recreated)
    expired = await open_page(dask_api)
    assert (await stranger(f"{expired}/status")).code == 200
    clock = services.capabilities._clock
    monkeypatch.setattr(services.capabilities, "_clock", lambda: clock() + LIFETIME + 1)
    await check_closed(expired)
