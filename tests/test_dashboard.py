"""The proxy in front of a real scheduler and, for what nobody sees there, an echo."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from tornado import httpserver, testing, web, websocket
from tornado.httpclient import AsyncHTTPClient, HTTPClientError, HTTPRequest

from jupyter_dask_k8s.pytest_plugin import DaskAPI
from jupyter_dask_k8s.services import SETTINGS_KEY, Services
from jupyter_dask_k8s.store import Entry

from .test_store import make_cluster


class Echo(web.RequestHandler):
    """Says what it was asked."""

    def get(self, path: str) -> None:
        self.set_cookie("scheduler", "secret")
        self.set_header("X-Secret", "1")
        if path == "individual-moved":
            self.redirect(self.get_query_argument("to"))
            return
        self.write({"headers": dict(self.request.headers), "uri": self.request.uri})

    head = get


class Large(web.RequestHandler):
    """Sends 32 MiB without saying so before."""

    async def get(self) -> None:
        for _ in range(32):
            self.write(b"x" * 2**20)
            await self.flush()


class EchoSocket(websocket.WebSocketHandler):
    """Sends messages back; the first one tells the headers."""

    def check_origin(self, origin: str) -> bool:
        return True

    def select_subprotocol(self, subprotocols: list[str]) -> str | None:
        self.offered = subprotocols
        return "bokeh" if "bokeh" in subprotocols else None

    def open(self, *args: str) -> None:
        self.write_message(
            json.dumps({"headers": dict(self.request.headers), "offered": self.offered})
        )

    def on_message(self, message: str | bytes) -> None:
        if message == "close":
            self.close(4001, "enough")
        else:
            self.write_message(message, binary=isinstance(message, bytes))


@pytest.fixture
def echo(dask_api: DaskAPI, jp_serverapp: Any, jp_asyncio_loop: Any) -> Iterator[str]:
    """Put an echo into the list, as the cluster ``echo``; returns ``host:port``."""
    listener, port = testing.bind_unused_port()
    application = web.Application(
        [(r"/individual-large", Large), (r"/status/ws", EchoSocket), (r"/(.*)", Echo)]
    )
    server = httpserver.HTTPServer(application)

    async def start() -> None:
        server.add_socket(listener)

    async def stop() -> None:
        server.stop()
        await server.close_all_connections()

    jp_asyncio_loop.run_until_complete(start())
    services: Services = jp_serverapp.web_app.settings[SETTINGS_KEY]
    services.store.put(Entry(make_cluster("echo", owner=""), f"http://127.0.0.1:{port}"))
    yield f"127.0.0.1:{port}"
    jp_asyncio_loop.run_until_complete(stop())


async def test_secrets_stay_here(jp_fetch: Any, jp_serverapp: Any, echo: str) -> None:
    response = await jp_fetch(
        "dask-k8s",
        "clusters/echo/dashboard/status",
        params={
            "token": jp_serverapp.identity_provider.token,
            "_xsrf": "1",
            "theme": "dark",
        },
        headers={
            "Authorization": "",
            "Cookie": "username-localhost=me; _xsrf=1",
            "X-XSRFToken": "1",
            "X-Forwarded-User": "alice",
            "kubeflow-userid": "alice",
            "Referer": "http://localhost/?token=abc",
            "Accept-Language": "de",
        },
    )
    seen = json.loads(response.body)
    assert seen["uri"] == "/status?theme=dark"
    assert seen["headers"].pop("Host") == echo
    assert set(seen["headers"]) <= {
        "Accept",
        "Accept-Encoding",
        "Accept-Language",
        "Connection",
        "User-Agent",
    }
    assert seen["headers"]["Accept-Language"] == "de"
    assert "X-Secret" not in response.headers
    assert not any("scheduler" in it for it in response.headers.get_list("Set-Cookie"))


@pytest.mark.parametrize(
    ("to", "location"),
    [
        ("/status", "/a%40b/dask-k8s/clusters/echo/dashboard/status"),
        ("status", "/a%40b/dask-k8s/clusters/echo/dashboard/status"),
        ("http://evil.example/", None),
        ("//evil.example/", None),
        ("javascript:alert(1)", None),
    ],
)
async def test_redirects_stay_within(
    dask_api: DaskAPI, echo: str, to: str, location: str | None
) -> None:
    response = await dask_api.raw(
        "GET", f"clusters/echo/dashboard/individual-moved?to={to}"
    )
    if location is None:
        assert response.code == 403
        assert "Location" not in response.headers
    else:
        assert response.code == 302
        assert response.headers["Location"] == location


async def test_bodies_stream(
    jp_serverapp: Any, jp_auth_header: Any, dask_api: DaskAPI, echo: str
) -> None:
    sizes: list[int] = []
    request = HTTPRequest(
        f"{jp_serverapp.connection_url}dask-k8s/clusters/echo/dashboard/individual-large",
        headers=jp_auth_header,
        streaming_callback=lambda chunk: sizes.append(len(chunk)),
    )
    await AsyncHTTPClient().fetch(request)
    assert sum(sizes) == 32 * 2**20


async def test_websocket_both_ways(
    jp_ws_fetch: Any, jp_auth_header: Any, dask_api: DaskAPI, echo: str
) -> None:
    socket = await jp_ws_fetch(
        "dask-k8s",
        "clusters/echo/dashboard/status/ws",
        headers={
            **jp_auth_header,
            "Sec-WebSocket-Protocol": "bokeh, some.token, "
            "v1.token.websocket.jupyter.org.secret, V1.token.websocket.jupyter.org",
            "Cookie": "_xsrf=1",
        },
    )
    assert socket.selected_subprotocol == "bokeh"
    seen = json.loads(await socket.read_message())
    assert seen["offered"] == ["bokeh", "some.token"]
    assert seen["headers"]["Host"] == echo
    assert not {"Cookie", "Authorization", "Origin"} & set(seen["headers"])
    for message in ("text", b"\x00\xff" * 1000, "ü" * 200_000):
        await socket.write_message(message, binary=isinstance(message, bytes))
        assert await socket.read_message() == message
    await socket.write_message("close")
    assert await socket.read_message() is None
    socket.close()
    assert socket.close_code == 4001


async def test_a_foreign_page_gets_no_websocket(
    jp_serverapp: Any, dask_api: DaskAPI, echo: str, login_cookie: str
) -> None:
    """A browser that is logged in, on a page of somebody else."""
    own = jp_serverapp.connection_url
    url = f"ws{own.removeprefix('http')}dask-k8s/clusters/echo/dashboard/status/ws"
    headers = {"Cookie": login_cookie, "Origin": "http://evil.example"}
    with pytest.raises(HTTPClientError) as caught:
        await websocket.websocket_connect(HTTPRequest(url, headers=headers))
    assert caught.value.code == 403


async def test_a_dead_scheduler_is_a_sentence(
    dask_api: DaskAPI, jp_serverapp: Any, jp_ws_fetch: Any, jp_auth_header: Any
) -> None:
    listener, port = testing.bind_unused_port()
    listener.close()
    store = jp_serverapp.web_app.settings[SETTINGS_KEY].store
    store.put(Entry(make_cluster("dead", owner=""), f"http://127.0.0.1:{port}"))
    response = await dask_api.raw("GET", "clusters/dead/dashboard/status")
    assert response.code == 503
    assert "The scheduler of “dead” does not answer." in response.body.decode()
    with pytest.raises(HTTPClientError) as caught:
        await jp_ws_fetch(
            "dask-k8s",
            "clusters/dead/dashboard/status/ws",
            headers=jp_auth_header,
        )
    assert caught.value.code == 503


async def test_the_real_dashboard(dask_api: DaskAPI, jp_ws_fetch: Any) -> None:
    """A page, its files, and what links of dask.distributed lead to."""
    await dask_api("POST", "clusters", {"name": "demo", "workers": 1})
    cluster = await dask_api.running("demo")
    base = "clusters/demo/dashboard"
    page = await dask_api.raw("GET", f"{base}/individual-task-stream")
    assert page.code == 200
    assert b"bokeh" in page.body.lower()
    script = await dask_api.raw("GET", f"{base}/static/js/bokeh.min.js")
    assert script.code == 200
    assert "javascript" in script.headers["Content-Type"]
    plots = await dask_api.raw("GET", f"{base}/individual-plots.json")
    assert "Individual Task Stream" in json.loads(plots.body)
    # The links that dask.distributed makes lead to the same place.
    linked = await dask_api.raw("GET", cluster["dashboard_link"].removeprefix("dask-k8s/"))
    assert linked.code == 200
    assert b"Dask" in linked.body
    # The cluster map draws what a websocket of its own tells.
    socket = await jp_ws_fetch("dask-k8s", f"{base}/eventstream")
    assert json.loads(await socket.read_message())["name"] == "add_worker"
    socket.close()


async def test_kernels_print_links_through_jupyter(dask_api: DaskAPI) -> None:
    """What the server exports is what ``client.dashboard_link`` shows in a kernel."""
    await dask_api("POST", "clusters", {"name": "demo", "workers": 0})
    cluster = await dask_api.running("demo")
    program = (
        "from distributed import Client\n"
        f"print(Client({cluster['scheduler_address']!r}).dashboard_link)"
    )
    output = await asyncio.to_thread(
        subprocess.check_output, [sys.executable, "-c", program], text=True
    )
    assert output.strip() == f"/a%40b/{cluster['dashboard_link']}"
