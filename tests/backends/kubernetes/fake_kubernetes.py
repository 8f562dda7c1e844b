"""A small Kubernetes: keeps objects of any kind, and knows what one may not do.

For what needs several kinds at once; `fake_api.FakeAPI` is for one kind on bad days.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from typing import Any

from aiohttp import web

from jupyter_dask_k8s.backends.kubernetes.backend import KubernetesBackend
from jupyter_dask_k8s.scheduler import SchedulerClient
from jupyter_dask_k8s.store import Store

from .fake_api import FakeAPI, serve, status

USER = "system:serviceaccount:team-a:default-editor"
DASK = "apis/kubernetes.dask.org/v1"


class FakeKubernetes(FakeAPI):
    """``objects`` by plural and name; ``pages`` answers any other path."""

    def __init__(self) -> None:
        super().__init__()
        self.objects: dict[str, dict[str, dict[str, Any]]] = {}
        self.forbidden: set[str] = set()
        """What we may not do, as ``list pods``; a verb is get, list, watch, create ..."""
        self.missing: set[str] = set()
        """Plurals that this Kubernetes does not know."""
        self.down = False
        """Whether it answers everything with an error."""
        self.awake = asyncio.Event()
        """Cleared: it does not answer at all."""
        self.awake.set()
        self.pages: dict[str, Any] = {"version": {"gitVersion": "v1.30.0"}}
        self.asked: list[str] = []
        self._watches: dict[str, list[asyncio.Queue[bytes | None]]] = {}

    # --- for tests -------------------------------------------------------------------

    def put(self, plural: str, item: dict[str, Any], **metadata: Any) -> None:  # type: ignore[override]
        """Store an object, and tell who watches."""
        self.version += 1
        name = item["metadata"]["name"]
        kept = self.objects.setdefault(plural, {})
        type = "MODIFIED" if name in kept else "ADDED"
        item["metadata"].update(
            {"uid": f"uid-{name}", "namespace": "team-a"} | item["metadata"] | metadata,
            resourceVersion=str(self.version),
        )
        item["metadata"].setdefault("creationTimestamp", "2026-01-01T00:00:00Z")
        kept[name] = item
        self._tell(plural, type, item)

    def take(self, plural: str, name: str) -> None:
        """Delete an object, and tell who watches."""
        self.version += 1
        item = self.objects[plural].pop(name)
        item["metadata"]["resourceVersion"] = str(self.version)
        self._tell(plural, "DELETED", item)

    def send_bytes(self, line: bytes | None) -> None:
        """Send bytes to every watch; ``None`` ends them all."""
        for queues in self._watches.values():
            for queue in queues:
                queue.put_nowait(line)

    def break_watches(self, plural: str) -> None:
        """End the watches of a kind."""
        for queue in self._watches.get(plural, []):
            queue.put_nowait(None)

    def _tell(self, plural: str, type: str, item: Any) -> None:
        line = json.dumps({"type": type, "object": item}).encode() + b"\n"
        for queue in self._watches.get(plural, []):
            queue.put_nowait(line)

    # --- what it answers -------------------------------------------------------------

    async def handle(self, request: web.Request) -> web.StreamResponse:
        path = request.path.strip("/")
        self.asked.append(f"{request.method} {path}")
        await self.awake.wait()
        if self.down:
            return status(500, "", "etcd is away")
        if "/namespaces/" not in path or path.count("/") < 4:
            return await self._page(request, path)
        plural, _, name = path.partition("/namespaces/")[2].partition("/")[2].partition("/")
        if plural in self.missing:
            return web.Response(status=404, text="404 page not found")
        verb = _verb(request, name)
        if f"{verb} {plural}" in self.forbidden:
            words = f'{plural} is forbidden: User "{USER}" cannot {verb} resource'
            return status(403, "Forbidden", words)
        if verb == "watch":
            return await self._stream(request, plural)
        return await self._rest(request, verb, plural, name)

    async def _page(self, request: web.Request, path: str) -> web.StreamResponse:
        if path.endswith("selfsubjectaccessreviews"):
            asked = (await request.json())["spec"]["resourceAttributes"]
            parts = [asked["resource"], asked.get("subresource", "")]
            name = "/".join(part for part in parts if part)
            allowed = f"{asked['verb']} {name}" not in self.forbidden
            return web.json_response({"status": {"allowed": allowed}}, status=201)
        answer = self.pages.get(path)
        if isinstance(answer, int):
            return status(answer, "", f'User "{USER}" cannot get path "/{path}"')
        if answer is None:
            return status(404, "NotFound", "the server could not find this")
        return web.json_response(answer)

    async def _stream(self, request: web.Request, plural: str) -> web.StreamResponse:
        self.watches.append(dict(request.query))
        response = web.StreamResponse()
        await response.prepare(request)
        queue: asyncio.Queue[bytes | None] = asyncio.Queue()
        if "resourceVersion" not in request.query:
            for item in self.objects.get(plural, {}).values():
                event = {"type": "ADDED", "object": item}
                queue.put_nowait(json.dumps(event).encode() + b"\n")
        self._watches.setdefault(plural, []).append(queue)
        try:
            while (line := await queue.get()) is not None:
                await response.write(line)
        finally:
            self._watches[plural].remove(queue)
        return response

    async def _rest(
        self, request: web.Request, verb: str, plural: str, name: str
    ) -> web.StreamResponse:
        kept = self.objects.setdefault(plural, {})
        if verb == "list":
            metadata = {"resourceVersion": str(self.version)}
            return web.json_response({"metadata": metadata, "items": [*kept.values()]})
        if verb == "create":
            item = await request.json()
            self.put(plural, item)
            return web.json_response(item, status=201)
        if name not in kept:
            return status(404, "NotFound", f"{plural} {name} not found", name=name)
        if verb == "patch":
            item = _merged(kept[name], await request.json())
            self.put(plural, item)
        elif verb == "delete":
            item = kept[name]
            asked = json.loads(await request.read() or b"{}").get("preconditions") or {}
            if asked.get("uid", item["metadata"]["uid"]) != item["metadata"]["uid"]:
                return status(409, "Conflict", "Precondition failed: UID", name=name)
            self.take(plural, name)
            return web.json_response(item)
        return web.json_response(kept[name])


def _merged(item: Any, patch: Any) -> Any:
    """Return what a merge patch makes of an object (RFC 7386)."""
    if not isinstance(patch, dict):
        return patch
    result = dict(item) if isinstance(item, dict) else {}
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = _merged(result.get(key), value)
    return result


def _verb(request: web.Request, name: str) -> str:
    if request.query.get("watch"):
        return "watch"
    verbs = {"GET": "get", "POST": "create", "PATCH": "patch", "DELETE": "delete"}
    return verbs[request.method] if name or request.method != "GET" else "list"


@contextlib.asynccontextmanager
async def run_backend(
    fake: FakeKubernetes, synced: bool = True, **settings: Any
) -> AsyncIterator[KubernetesBackend]:
    """Run a backend on a fake Kubernetes; ``synced``: it has read everything once."""
    scheduler = SchedulerClient()
    backend = KubernetesBackend(
        Store(lambda event: None), scheduler, lambda: None, image="example.org/dask:1"
    )
    for name, value in settings.items():
        setattr(backend, name, value)
    async with serve(fake) as api:
        backend._api = api
        try:
            await backend.start()
            if synced:
                await until(lambda: backend.synced)
            yield backend
        finally:
            await backend.stop()
            await scheduler.close()


async def until(test: Any, limit: float = 10) -> None:
    """Return once something is true."""
    end = asyncio.get_running_loop().time() + limit
    while not test():
        assert asyncio.get_running_loop().time() < end, "waited in vain"
        await asyncio.sleep(0.02)
