"""Forwards: what passes, what is refused and why, and new credentials on the way."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import WSMsgType, web

from jupyter_dask_k8s.backends.kubernetes import api
from jupyter_dask_k8s.backends.kubernetes.access import Access
from jupyter_dask_k8s.backends.kubernetes.api import KubernetesAPI
from jupyter_dask_k8s.backends.kubernetes.refusals import CredentialsRefused, WatchSilent
from jupyter_dask_k8s.backends.kubernetes.resources import CLUSTERS
from jupyter_dask_k8s.backends.kubernetes.tunnel import Tunnel
from jupyter_dask_k8s.errors import BackendUnavailable, NotPermitted
from jupyter_dask_k8s.tasks import end

from .fake_api import LOG, FakeAPI, serve, status
from .fake_kubernetes import until

PORT = b"\x13\x22"


class FakeKubelet(FakeAPI):
    """Forwards to pods that send back what they get, after their name."""

    def __init__(self) -> None:
        super().__init__()
        self.token = "Bearer first"
        self.verbs = {"get", "create"}
        self.sockets: list[web.WebSocketResponse] = []
        self.lost: set[str] = set()
        """Pods that are not there any more."""
        self.hears = True
        """Whether it answers signs of life on what is opened from now on."""

    async def handle(self, request: web.Request) -> web.StreamResponse:
        if request.query.get("watch"):
            return await super().handle(request)
        *_, pod, what = request.path.split("/")
        assert what == "portforward"
        if request.headers["Authorization"] != self.token:
            return status(401, "Unauthorized", "Unauthorized")
        if "get" not in self.verbs:
            user = 'User "alice" cannot get resource "pods/portforward"'
            return status(403, "Forbidden", f"pods is forbidden: {user} in API group")
        if request.headers.get("Upgrade", "").lower() != "websocket":
            return status(400, "BadRequest", "Upgrade request required")
        if "create" not in self.verbs:
            return web.Response(status=403)
        if pod in self.lost:
            return web.Response(status=404)
        return await self._forward(request, pod)

    async def _forward(self, request: web.Request, pod: str) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(
            protocols=("v4.channel.k8s.io",), autoping=self.hears
        )
        await socket.prepare(request)
        self.sockets.append(socket)
        for channel in (b"\x00", b"\x01"):
            await socket.send_bytes(channel + PORT)
        async for message in socket:
            if message.type is WSMsgType.PING:
                continue
            assert message.type is WSMsgType.BINARY
            await socket.send_bytes(b"\x00" + f"{pod}: ".encode() + message.data[1:])
        return socket


class Ground:
    """A forward of an API server that we can turn against us."""

    def __init__(self, fake: FakeKubelet, api: KubernetesAPI) -> None:
        self.fake = fake
        self.pod = "old"
        self.logins = 0
        self.writers: list[asyncio.StreamWriter] = []
        self.fresh = "Bearer first"
        api.access = self._access(api.access, "Bearer first")

        async def login() -> Access:
            self.logins += 1
            return self._access(api.access, self.fresh)

        self.api = KubernetesAPI(api.access, login, LOG)
        self.tunnel = Tunnel(self.api, lambda: self.pod, 8787, LOG)

    @staticmethod
    def _access(access: Access, token: str) -> Access:
        configuration = type.__call__(type(access.configuration))
        configuration.host = access.host
        configuration.api_key = {"BearerToken": token}
        return dataclasses.replace(access, configuration=configuration)

    async def say(
        self, words: bytes, wire: tuple[Any, Any] | None = None
    ) -> tuple[bytes, Any]:
        """Send words on a new connection, or on one that there is; return the answer."""
        reader, writer = wire or await asyncio.open_unix_connection(self.tunnel.path)
        self.writers.append(writer)
        writer.write(words)
        said = b""
        with contextlib.suppress(ConnectionResetError):
            said = await asyncio.wait_for(reader.read(100), 10)
        return said, (reader, writer)

    async def close(self) -> None:
        """End all; nothing is left."""
        for writer in self.writers:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()
        await self.tunnel.close()
        await self.api.close()
        assert not self.tunnel._connections
        assert not Path(self.tunnel.path).parent.exists()


@contextlib.asynccontextmanager
async def forwarding() -> AsyncIterator[Ground]:
    fake = FakeKubelet()
    async with serve(fake) as api:
        ground = Ground(fake, api)
        await ground.tunnel.start()
        yield ground
        await ground.close()


async def test_the_next_connection_goes_to_the_new_pod(jp_asyncio_loop: Any) -> None:
    async with forwarding() as ground:
        said, wire = await ground.say(b"hello")
        assert said == b"old: hello"
        ground.pod = "new"
        # The pod that goes takes its connections along: the other end sees that at once.
        await ground.fake.sockets[0].close()
        assert await asyncio.wait_for(wire[0].read(), 10) == b""
        assert (await ground.say(b"hello"))[0] == b"new: hello"
        assert ground.tunnel.trouble is None
        # Without a pod there is nothing to wait for.
        ground.pod = ""
        assert (await ground.say(b"hello"))[0] == b""


async def test_expired_credentials_are_renewed(jp_asyncio_loop: Any) -> None:
    async with forwarding() as ground:
        said, wire = await ground.say(b"1")
        assert said == b"old: 1"
        ground.fake.token = ground.fresh = "Bearer second"
        assert (await ground.say(b"2"))[0] == b"old: 2"
        assert ground.logins == 1
        # What flows goes on: a token is for new requests only.
        assert (await ground.say(b"3", wire))[0] == b"old: 3"
        # A second refusal at once is not asked in a loop.
        ground.fake.token = "Bearer third"
        assert (await ground.say(b"4"))[0] == b""
        assert isinstance(ground.tunnel.trouble, CredentialsRefused)
        assert ground.logins == 1


@pytest.mark.parametrize(("verbs", "verb"), [(set(), "get"), ({"get"}, "create")])
async def test_the_missing_right_is_named(
    jp_asyncio_loop: Any, verbs: set[str], verb: str
) -> None:
    async with forwarding() as ground:
        ground.fake.verbs = verbs
        assert (await ground.say(b"hello"))[0] == b""
        trouble = ground.tunnel.trouble
        assert isinstance(trouble, NotPermitted)
        assert (
            f"may not {verb} pods/portforward in team-a. The missing rule"
            in trouble.message
        )
        assert "pods/portforward" in str(trouble.details["rule"])
        ground.fake.verbs = {"get", "create"}
        assert (await ground.say(b"hello"))[0] == b"old: hello"
        assert ground.tunnel.trouble is None


async def test_an_api_server_that_is_away(jp_asyncio_loop: Any) -> None:
    async with forwarding() as ground:
        host = ground.api.access.host
        away = dataclasses.replace(ground.api.access, host="http://127.0.0.1:9")
        ground.api.access = away
        assert (await ground.say(b"hello"))[0] == b""
        assert isinstance(ground.tunnel.trouble, BackendUnavailable)
        assert "cannot be reached: connection refused." in ground.tunnel.trouble.message
        ground.api.access = dataclasses.replace(away, host=host)
        assert (await ground.say(b"hello"))[0] == b"old: hello"


@contextlib.asynccontextmanager
async def watching(ground: Ground) -> AsyncIterator[asyncio.Task[None]]:
    """Have a watch beside the forwards."""

    async def watch() -> None:
        async for _ in ground.api.watch(CLUSTERS, {"watch": "1"}, 60):
            pass

    task = asyncio.create_task(watch())
    await until(lambda: ground.fake.watches)
    await asyncio.sleep(0.1)
    yield task
    await end([task])


async def test_a_pod_that_is_not_there_puts_watches_in_doubt(jp_asyncio_loop: Any) -> None:
    """They should have told that it is gone."""
    async with forwarding() as ground, watching(ground) as watch:
        assert (await ground.say(b"hello"))[0] == b"old: hello"
        assert not watch.done()
        ground.fake.lost = {"old"}
        assert (await ground.say(b"hello"))[0] == b""
        with pytest.raises(WatchSilent):
            await asyncio.wait_for(watch, 10)


async def test_a_dead_wire_puts_watches_in_doubt(
    jp_asyncio_loop: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What else is on it tells nothing any more, either."""
    monkeypatch.setattr(api, "HEARTBEAT", 0.4)
    async with forwarding() as ground, watching(ground) as watch:
        said, wire = await ground.say(b"hello")
        assert said == b"old: hello"
        # As long as somebody answers there is no doubt.
        await asyncio.sleep(1.2)
        assert not watch.done()
        ground.fake.hears = False
        _, wire = await ground.say(b"hello")
        assert await asyncio.wait_for(wire[0].read(), 10) == b""
        with pytest.raises(WatchSilent):
            await asyncio.wait_for(watch, 10)
