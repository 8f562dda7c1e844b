"""Fixtures for tests against a real server with real Dask processes.

Use them in your own project with ``pytest_plugins = ["jupyter_dask_k8s.pytest_plugin"]``;
they build on those of ``pytest_jupyter.jupyter_server``.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from tornado.httpclient import HTTPClientError, HTTPResponse

pytest_plugins = ("pytest_jupyter.jupyter_server",)

SERVER_CONFIG: dict[str, Any] = {
    "ServerApp": {
        "jpserver_extensions": {"jupyter_dask_k8s": True},
        "allow_unauthenticated_access": False,
    },
    "DaskK8sApp": {"backend": "local"},
}
"""What ``jp_server_config`` has to return: this extension on local processes, on a server
that requires authentication on all endpoints."""


class DaskAPI:
    """A small client of the REST contract.

    Every call returns the status and the JSON of the answer, also for errors.
    """

    limit = 30.0
    """Seconds that `until` and the like wait."""

    def __init__(self, fetch: Callable[..., Any]) -> None:
        self._fetch = fetch

    async def raw(
        self,
        method: str,
        path: str,
        body: Any = None,
        headers: dict[str, str] | None = None,
    ) -> HTTPResponse:
        """Send a request to ``dask-k8s/{path}``; ``body`` is JSON or bytes as they are."""
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body)
        path, _, query = path.partition("?")
        params = dict(pair.split("=", 1) for pair in query.split("&")) if query else {}
        answer: HTTPResponse
        try:
            answer = await self._fetch(
                "dask-k8s",
                *path.split("/"),
                method=method,
                body=body,
                params=params,
                headers=dict(headers or {}),
                allow_nonstandard_methods=True,
                follow_redirects=False,
            )
        except HTTPClientError as error:
            if error.response is None:
                raise
            return error.response
        return answer

    async def __call__(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """Send a request to ``dask-k8s/api/{path}``."""
        response = await self.raw(method, f"api/{path}", body)
        return response.code, json.loads(response.body) if response.body else None

    async def until(
        self, name: str, accept: Callable[[Any], bool], limit: float | None = None
    ) -> dict[str, Any]:
        """Return the cluster once ``accept`` is true of it (``None`` when it is gone)."""
        limit = limit or self.limit
        end = time.monotonic() + limit
        while True:
            status, answer = await self("GET", f"clusters/{name}")
            cluster = answer if status == 200 else None
            if accept(cluster):
                return cluster or {}
            assert time.monotonic() < end, f"waited {limit} s in vain, last: {answer}"
            await asyncio.sleep(0.05)

    async def running(self, name: str) -> dict[str, Any]:
        """Return the cluster once it runs and nothing is missing."""
        return await self.until(
            name, lambda it: bool(it) and it["phase"] == "Running" and it["reason"] == ""
        )

    async def ready(self) -> None:
        """Return once the server knows its clusters, or why it cannot."""
        end = time.monotonic() + self.limit
        while (await self("GET", "status"))[1]["state"] == "starting":
            assert time.monotonic() < end, "the backend does not start"
            await asyncio.sleep(0.02)

    async def gone(self, name: str) -> None:
        """Return once the cluster is not listed any more."""
        await self.until(name, lambda it: it is None)


@pytest.fixture
def dask_api(jp_serverapp: Any, jp_fetch: Any, jp_asyncio_loop: Any) -> DaskAPI:
    """The REST API of a started server; its clusters end with the test."""
    manager = jp_serverapp.extension_manager
    api = DaskAPI(jp_fetch)

    async def start() -> None:
        await manager.start_all_extensions()
        await api.ready()

    jp_asyncio_loop.run_until_complete(start())
    return api
