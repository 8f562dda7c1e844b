"""An API server that fails on demand: for what a real one does only on bad days."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any

from aiohttp import web
from kubernetes.aio.client import Configuration

from jupyter_dask_k8s.backends.kubernetes.access import Access
from jupyter_dask_k8s.backends.kubernetes.api import KubernetesAPI

LOG = logging.getLogger("test")

Answer = Callable[[web.Request], Coroutine[Any, Any, web.StreamResponse]]


def cluster(name: str, version: int, **metadata: Any) -> dict[str, Any]:
    return {
        "metadata": {
            "name": name,
            "uid": f"uid-{name}",
            "resourceVersion": str(version),
            "creationTimestamp": "2026-01-01T00:00:00Z",
            "managedFields": [{"manager": "x" * 1000}],
            **metadata,
        },
        "spec": {"idleTimeout": 0, "worker": {"replicas": 1}, "scheduler": {"a": 1}},
        "status": {"phase": "Running"},
    }


def status(code: int, reason: str = "", message: str = "", **details: Any) -> web.Response:
    body = {"kind": "Status", "code": code, "reason": reason, "message": message}
    return web.json_response({**body, "details": details or None}, status=code)


def _line(type: str, item: Any) -> bytes:
    return json.dumps({"type": type, "object": item}).encode() + b"\n"


class FakeAPI:
    """Keeps DaskClusters; ``lists`` and ``watches`` count what was asked.

    ``on_list`` and ``on_watch`` take over one answer each, in turn.
    """

    def __init__(self) -> None:
        self.clusters: dict[str, dict[str, Any]] = {}
        self.version = 1
        self.lists = 0
        self.watches: list[dict[str, str]] = []
        self.on_list: list[Answer] = []
        self.on_watch: list[Answer] = []
        self._streams: list[asyncio.Queue[bytes | None]] = []

    async def handle(self, request: web.Request) -> web.StreamResponse:
        if request.query.get("watch"):
            self.watches.append(dict(request.query))
            if self.on_watch:
                return await self.on_watch.pop(0)(request)
            return await self._watch(request)
        self.lists += 1
        if self.on_list:
            return await self.on_list.pop(0)(request)
        return self._list(request)

    def _list(self, request: web.Request) -> web.Response:
        names = sorted(self.clusters)
        start = int(request.query.get("continue", 0))
        end = start + int(request.query["limit"])
        metadata = {"resourceVersion": str(self.version)}
        if end < len(names):
            metadata["continue"] = str(end)
        items = [self.clusters[name] for name in names[start:end]]
        return web.json_response({"metadata": metadata, "items": items})

    async def _watch(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        queue: asyncio.Queue[bytes | None] = asyncio.Queue()
        if "resourceVersion" not in request.query:
            for item in self.clusters.values():
                queue.put_nowait(_line("ADDED", item))
        self._streams.append(queue)
        try:
            while (line := await queue.get()) is not None:
                await response.write(line)
        finally:
            self._streams.remove(queue)
        return response

    def send(self, type: str, item: Any) -> None:
        self.send_bytes(_line(type, item))

    def send_bytes(self, line: bytes | None) -> None:
        """Send bytes to every watch; ``None`` ends them all."""
        for queue in self._streams:
            queue.put_nowait(line)

    def put(self, name: str, **metadata: Any) -> None:
        self.version += 1
        type = "MODIFIED" if name in self.clusters else "ADDED"
        self.clusters[name] = cluster(name, self.version, **metadata)
        self.send(type, self.clusters[name])

    def remove(self, name: str) -> None:
        self.version += 1
        item = self.clusters.pop(name)
        item["metadata"]["resourceVersion"] = str(self.version)
        self.send("DELETED", item)

    def bookmark(self) -> None:
        self.version += 1
        self.send("BOOKMARK", {"metadata": {"resourceVersion": str(self.version)}})


@contextlib.asynccontextmanager
async def serve(fake: FakeAPI) -> AsyncIterator[KubernetesAPI]:
    """Run the server; yields a client of it."""
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", fake.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    assert site._server is not None
    port = site._server.sockets[0].getsockname()[1]  # type: ignore[attr-defined]
    configuration = type.__call__(Configuration)
    configuration.host = f"http://127.0.0.1:{port}"
    access = Access(configuration.host, "team-a", "a test", False, configuration)

    async def login() -> Access:
        return access

    api = KubernetesAPI(access, login, LOG)
    try:
        yield api
    finally:
        await api.close()
        fake.send_bytes(None)
        await runner.cleanup()
