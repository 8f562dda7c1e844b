"""Who may ask, and what cannot be reached by anybody."""

from __future__ import annotations

import http.client
import itertools
import socket
import warnings
from typing import Any
from urllib.parse import urlsplit

import pytest
from jupyter_server.serverapp import ServerApp
from jupyter_server.utils import JupyterServerAuthWarning
from tornado.httpclient import HTTPClientError
from tornado.websocket import websocket_connect

from jupyter_dask_k8s.handlers import routes
from jupyter_dask_k8s.pytest_plugin import DaskAPI

REST = [
    ("GET", "api/status"),
    ("GET", "api/clusters"),
    ("POST", "api/clusters"),
    ("GET", "api/clusters/demo"),
    ("PATCH", "api/clusters/demo"),
    ("DELETE", "api/clusters/demo"),
    ("GET", "api/clusters/demo/metrics"),
    ("GET", "api/clusters/demo/plots"),
    ("GET", "api/clusters/demo/dashboard"),
    ("GET", "api/clusters/demo/export?as=client"),
    ("GET", "api/clusters/demo/pods"),
    ("GET", "api/clusters/demo/events"),
    ("GET", "api/clusters/demo/events?follow=1"),
    ("GET", "api/clusters/demo/logs?follow=1"),
    ("GET", "api/profiles"),
    ("GET", "api/openapi.json"),
    ("GET", "api/nothing"),
]
PAGES = [
    ("GET", "clusters/demo/dashboard/status"),
    ("HEAD", "clusters/demo/dashboard/status"),
    ("GET", "dashboard/127.0.0.1:8787/status"),
]
SOCKETS = [
    "api/metrics",
    "clusters/demo/dashboard/status/ws",
    "dashboard/127.0.0.1:8787/status/ws",
]


@pytest.fixture
def stranger(jp_serverapp: Any, dask_api: DaskAPI) -> DaskAPI:
    """The same server, without any credentials."""

    async def fetch(*parts: str, **options: Any) -> Any:
        from tornado.httpclient import AsyncHTTPClient

        url = jp_serverapp.connection_url + "/".join(parts)
        options.pop("params")
        return await AsyncHTTPClient().fetch(url, **options)

    return DaskAPI(fetch)


@pytest.mark.parametrize(("method", "path"), REST + PAGES)
async def test_strangers_get_nothing(stranger: DaskAPI, method: str, path: str) -> None:
    response = await stranger.raw(method, path, {} if method in ("POST", "PATCH") else None)
    assert response.code in (302, 403)
    if response.code == 302:
        assert "/login" in response.headers["Location"]


@pytest.mark.parametrize("path", SOCKETS)
async def test_strangers_get_no_socket(
    jp_serverapp: Any, dask_api: DaskAPI, path: str
) -> None:
    url = "ws" + jp_serverapp.connection_url.removeprefix("http") + f"dask-k8s/{path}"
    with pytest.raises(HTTPClientError) as caught:
        await websocket_connect(url)
    assert caught.value.code == 403


def test_no_route_lacks_authentication(jp_environ: Any) -> None:
    """Jupyter warns about each handler without a decorator: we have none of these."""
    ServerApp.clear_instance()
    app = ServerApp(
        allow_unauthenticated_access=False,
        jpserver_extensions={"jupyter_dask_k8s": True},
        reraise_server_extension_failures=True,
        allow_root=True,
    )
    with warnings.catch_warnings(record=True) as records:
        warnings.simplefilter("always")
        app.initialize(argv=[], find_extensions=False, new_httpserver=False)
    problems = [it for it in records if issubclass(it.category, JupyterServerAuthWarning)]
    assert [str(it.message) for it in problems if "dask" in str(it.message)] == []
    assert any("dask" in rule for rule, _ in routes())


async def test_changes_need_the_xsrf_token(
    jp_serverapp: Any, dask_api: DaskAPI, login_cookie: str
) -> None:
    """A browser that is logged in by cookie must show the token, too."""
    from tornado.httpclient import AsyncHTTPClient

    url, cookie = jp_serverapp.connection_url, login_cookie
    client = AsyncHTTPClient()
    changes = itertools.product(
        [("POST", "clusters"), ("PATCH", "clusters/demo"), ("DELETE", "clusters/demo")],
        [{}, {"X-XSRFToken": "2|deadbeef|deadbeef|1"}],
    )
    for (method, path), extra in changes:
        answer = await client.fetch(
            f"{url}dask-k8s/api/{path}",
            method=method,
            body=None if method == "DELETE" else "{}",
            headers={"Cookie": cookie, **extra},
            raise_error=False,
        )
        assert answer.code == 403, (method, extra)
        assert b"xsrf" in answer.body.lower()
    assert await dask_api("GET", "clusters") == (200, {"clusters": []})
    # Reading needs none.
    seen = await client.fetch(f"{url}dask-k8s/api/clusters", headers={"Cookie": cookie})
    assert seen.code == 200


REFUSED = [
    "proxy/8888/127.0.0.1/",
    "proxy/8888/127.0.0.1/status",
    "%70roxy/8888/127.0.0.1/",
    "%2570roxy/8888/127.0.0.1/",
    "PROXY/8888/127.0.0.1/",
    "/proxy/8888/127.0.0.1/",
    "%2Fproxy/8888/127.0.0.1/",
    "./proxy/8888/127.0.0.1/",
    "status/../proxy/8888/127.0.0.1/",
    "status/..%2fproxy/8888/127.0.0.1/",
    "status/%2e%2e/proxy/8888/127.0.0.1/",
    "statics/..%5c..%5cproxy/8888",
    "api/v1/get_workers",
    "api/v1/retire_workers",
    "eventstream",
    "proxy/8888/127.0.0.1/ws",
    "status%0d%0aHost:%20evil",
    "status%00",
]


def ask(url: str, target: str, token: str, method: str = "GET") -> int:
    """Send a path exactly as it stands: ordinary clients would tidy it."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=10)
    connection.putrequest(method, target, skip_host=False, skip_accept_encoding=True)
    connection.putheader("Authorization", f"token {token}")
    connection.endheaders()
    response = connection.getresponse()
    response.read()
    connection.close()
    return response.status


async def test_only_dashboard_pages_pass(
    jp_serverapp: Any, dask_api: DaskAPI, jp_asyncio_loop: Any
) -> None:
    import asyncio

    await dask_api("POST", "clusters", {"name": "demo", "workers": 0})
    cluster = await dask_api.running("demo")
    url, token = jp_serverapp.connection_url, jp_serverapp.identity_provider.token
    bases = [
        f"{urlsplit(url).path}dask-k8s/clusters/demo/dashboard/",
        f"{urlsplit(url).path}{cluster['dashboard_link'].removesuffix('status')}",
    ]
    for base in bases:
        assert await asyncio.to_thread(ask, url, f"{base}health", token) == 200
        for path in REFUSED:
            status = await asyncio.to_thread(ask, url, base + path, token)
            assert status in (400, 403, 404), path
        for method in ("POST", "PUT", "DELETE"):
            status = await asyncio.to_thread(ask, url, f"{base}status", token, method)
            assert status in (403, 405), method


async def test_only_listed_addresses(dask_api: DaskAPI) -> None:
    await dask_api("POST", "clusters", {"name": "demo", "workers": 0})
    await dask_api.running("demo")
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        for address in (
            f"127.0.0.1:{port}",
            f"localhost:{port}",
            "169.254.169.254:80",
            "127.0.0.1:99999",
        ):
            response = await dask_api.raw("GET", f"dashboard/{address}/status")
            assert response.code == 404, address
            assert b"No cluster in the list" in response.body
