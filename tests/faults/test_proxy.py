"""Schedulers and browsers that do not behave, with the proxy between them."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib
import re
import socket
import struct
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import pytest
from yarl import URL

from jupyter_dask_k8s.dashboard_socket import LONGEST
from jupyter_dask_k8s.pytest_plugin import DaskAPI
from jupyter_dask_k8s.services import SETTINGS_KEY
from jupyter_dask_k8s.store import Entry
from tests.test_store import make_cluster

from .upstream import Play, Talk, Upstream

GB = 10**9
SOON = 20.0


@pytest.fixture
def hostile(dask_api: DaskAPI, jp_serverapp: Any) -> Iterator[Callable[[Play], Upstream]]:
    """Put a cluster ``hostile`` into the list whose scheduler plays a part."""
    with ExitStack() as stack:

        def start(play: Play) -> Upstream:
            upstream = stack.enter_context(Upstream(play))
            store = jp_serverapp.web_app.settings[SETTINGS_KEY].store
            cluster = make_cluster("hostile", owner="")
            store.put(Entry(cluster, f"http://127.0.0.1:{upstream.port}"))
            return upstream

        yield start


def says(answer: bytes) -> Play:
    async def play(talk: Talk) -> None:
        await talk.send(answer)

    return play


STATUS = "clusters/hostile/dashboard/status"
OK = b"HTTP/1.1 200 OK\r\n"


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"nonsense\r\n\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
        b"HTTP/1.1 42 What\r\n\r\n",
        b"HTTP/1.1 999 What\r\nContent-Length: 0\r\n\r\n",
        OK + b"Content-Length: many\r\n\r\n",
        OK + b"Content-Length: -1\r\n\r\n",
        OK + b"X: " + b"x" * 100_000 + b"\r\n\r\n",
        OK + b"\x00\x01: 1\r\n\r\n",
        OK + b"Content-Length: 2\r\n\r\nhi, and more",
        OK + b"Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\nno length\r\n",
        OK + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n",
    ],
)
async def test_what_is_no_answer(
    dask_api: DaskAPI, hostile: Callable[[Play], Upstream], answer: bytes, caplog: Any
) -> None:
    hostile(says(answer))
    response = await dask_api.raw("GET", STATUS)
    assert response.code == 503
    assert "The scheduler of “hostile” does not answer." in response.body.decode()
    assert "Traceback" not in caplog.text


@pytest.mark.parametrize(
    ("answer", "status", "body"),
    [
        (b"HTTP/1.1 200 \xff\xfe<script>\r\nContent-Length: 2\r\n\r\nhi", 200, b"hi"),
        (b"HTTP/1.1 204 No Content\r\n\r\n", 204, b""),
        (b"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", 304, b""),
        (b"HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nhi", 404, b"hi"),
        (
            b"HTTP/1.1 100 Continue\r\n\r\n" + OK + b"Content-Length: 2\r\n\r\nhi",
            200,
            b"hi",
        ),
        (OK + b"ETag: \xff\r\nVary: \xc3\xa9\r\nContent-Length: 2\r\n\r\nhi", 200, b"hi"),
        (OK + b"Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n", 200, b"hi"),
    ],
)
async def test_odd_answers(
    dask_api: DaskAPI,
    hostile: Callable[[Play], Upstream],
    answer: bytes,
    status: int,
    body: bytes,
    caplog: Any,
) -> None:
    hostile(says(answer))
    response = await dask_api.raw("GET", STATUS)
    assert response.code == status
    assert response.body == body
    assert "Traceback" not in caplog.text


async def test_headers_of_a_scheduler(
    dask_api: DaskAPI, hostile: Callable[[Play], Upstream]
) -> None:
    theirs = [
        "Set-Cookie: _xsrf=forged; Path=/",
        "Content-Security-Policy: frame-ancestors *",
        "Service-Worker-Allowed: /",
        "Clear-Site-Data: *",
        "Refresh: 0; url=http://evil.example/",
        "Link: <http://evil.example/>; rel=preload",
        "X-Frame-Options: ALLOWALL",
    ]
    hostile(says(OK + "\r\n".join([*theirs, "Content-Length: 0", "", ""]).encode()))
    response = await dask_api.raw("GET", STATUS)
    assert response.code == 200
    said = str(list(response.headers.get_all()))
    assert not re.search(r"forged|evil|ALLOWALL|Service-Worker|Clear-Site", said)
    assert "frame-ancestors 'self'" in response.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    "answer",
    [
        OK + b"Content-Length: 100\r\n\r\nhalf",
        OK + b"Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n",
    ],
)
async def test_half_an_answer_is_none(
    jp_serverapp: Any,
    jp_auth_header: Any,
    hostile: Callable[[Play], Upstream],
    answer: bytes,
) -> None:
    """The browser sees that something is missing."""
    hostile(says(answer))
    url = URL(f"{jp_serverapp.connection_url}dask-k8s/{STATUS}", encoded=True)
    async with (
        aiohttp.ClientSession(headers=jp_auth_header) as browser,
        browser.get(url) as response,
    ):
        assert response.status == 200
        with pytest.raises(aiohttp.ClientError):
            await response.read()


async def test_a_browser_that_leaves(
    jp_serverapp: Any, jp_auth_header: Any, hostile: Callable[[Play], Upstream]
) -> None:
    """Then nobody asks the scheduler any more, which takes its time."""

    async def silent(talk: Talk) -> None:
        await talk.gone()

    upstream = hostile(silent)
    url = URL(f"{jp_serverapp.connection_url}dask-k8s/{STATUS}", encoded=True)
    async with aiohttp.ClientSession(headers=jp_auth_header) as browser:
        asked = asyncio.create_task(browser.get(url))
        await until(lambda: bool(upstream.heads))
        asked.cancel()
    assert await asyncio.to_thread(upstream.left.wait, SOON)


async def test_a_slow_reader(
    jp_serverapp: Any, jp_auth_header: Any, hostile: Callable[[Play], Upstream]
) -> None:
    """Of a body of 1 GB only that is read from the scheduler that the browser takes."""

    async def gigabyte(talk: Talk) -> None:
        await talk.send(OK + b"Content-Length: %d\r\n\r\n" % GB)
        for _ in range(GB // 10**6):
            await talk.send(b"x" * 10**6)

    upstream = hostile(gigabyte)
    where = urlsplit(jp_serverapp.connection_url)
    request = f"GET {where.path}dask-k8s/{STATUS} HTTP/1.1\r\nHost: {where.netloc}\r\n"
    request += f"Authorization: {jp_auth_header['Authorization']}\r\n\r\n"
    browser = socket.create_connection((where.hostname, where.port))
    browser.sendall(request.encode())
    taken = len(await asyncio.to_thread(browser.recv, 65536))
    assert taken
    sent = -1
    while upstream.sent != sent:  # until nothing moves
        sent = upstream.sent
        await asyncio.sleep(0.5)
    print(f"1 GB offered, {taken / 1e6:.2f} MB taken, {sent / 1e6:.1f} MB under way")
    assert sent < 50e6
    browser.close()
    assert await asyncio.to_thread(upstream.left.wait, SOON)


async def until(test: Callable[[], bool]) -> None:
    end = time.monotonic() + SOON
    while not test():
        assert time.monotonic() < end
        await asyncio.sleep(0.02)


# --- websockets ---------------------------------------------------------------------------


def frame(data: bytes, opcode: int = 2) -> bytes:
    """Return a message as a server sends it (RFC 6455, section 5.2)."""
    size = len(data)
    if size < 126:
        return struct.pack("!BB", 0x80 | opcode, size) + data
    if size < 65536:
        return struct.pack("!BBH", 0x80 | opcode, 126, size) + data
    return struct.pack("!BBQ", 0x80 | opcode, 127, size) + data


async def shake_hands(talk: Talk) -> None:
    found = re.search(rb"Sec-WebSocket-Key: (\S+)", talk.head, re.IGNORECASE)
    assert found
    magic = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
    accept = base64.b64encode(hashlib.sha1(found[1] + magic).digest())
    head = b"HTTP/1.1 101 x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    await talk.send(head + b"Sec-WebSocket-Accept: " + accept + b"\r\n\r\n")


class Tab(threading.Thread):
    """A browser's tab with a websocket, on a thread of its own; counts what comes."""

    def __init__(
        self, app: Any, send: Callable[[Any], Awaitable[None]] | None = None
    ) -> None:
        super().__init__(daemon=True)
        token = app.identity_provider.token
        url = f"{app.connection_url}dask-k8s/{STATUS}/ws?token={token}"
        self._url = URL(url, encoded=True)
        self._send = send
        self.received = 0
        self.code: int | None = None
        self._leave: Callable[[], Any] = lambda: None

    def run(self) -> None:
        with contextlib.suppress(asyncio.CancelledError):
            asyncio.run(self._read())

    async def _read(self) -> None:
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        assert task is not None
        self._leave = lambda: loop.call_soon_threadsafe(task.cancel)
        async with aiohttp.ClientSession() as session:
            ws = await session.ws_connect(self._url, max_msg_size=0)
            try:
                if self._send:
                    await self._send(ws)
                async for message in ws:
                    self.received += len(message.data)
                self.code = ws.close_code
            finally:
                if wire := ws.get_extra_info("socket"):
                    wire.shutdown(socket.SHUT_RDWR)

    async def leave(self) -> None:
        """Go away without a word, as a laptop does."""
        self._leave()
        await asyncio.to_thread(self.join, SOON)
        assert not self.is_alive()


async def test_a_flood_of_messages(
    dask_api: DaskAPI, jp_serverapp: Any, jp_fetch: Any, hostile: Callable[[Play], Upstream]
) -> None:
    """Others are served while messages come faster than they can be passed on."""

    async def flood(talk: Talk) -> None:
        await shake_hands(talk)
        while True:
            await talk.send(frame(b"drop") * 1000)

    upstream = hostile(flood)
    tab = Tab(jp_serverapp)
    tab.start()
    await until(lambda: tab.received > 1000)
    waits = []
    for _ in range(20):
        begin = time.monotonic()
        assert (await asyncio.wait_for(jp_fetch("api", "status"), SOON)).code == 200
        waits.append(time.monotonic() - begin)
    rate = tab.received // 4
    print(f"{rate} messages; /api/status took {max(waits) * 1e3:.0f} ms at most")
    await tab.leave()
    assert await asyncio.to_thread(upstream.left.wait, SOON)


async def test_a_flood_of_pings(
    dask_api: DaskAPI, jp_serverapp: Any, jp_fetch: Any, hostile: Callable[[Play], Upstream]
) -> None:
    async def flood(talk: Talk) -> None:
        await shake_hands(talk)
        await talk.send(frame(b"hello"))
        while True:
            await talk.send(frame(b"ping", 9) * 1000)

    upstream = hostile(flood)
    tab = Tab(jp_serverapp)
    tab.start()
    await until(lambda: tab.received > 0)
    for _ in range(20):
        assert (await asyncio.wait_for(jp_fetch("api", "status"), SOON)).code == 200
    await tab.leave()
    assert await asyncio.to_thread(upstream.left.wait, SOON)


@pytest.mark.parametrize(
    ("end", "codes"),
    [
        (frame(b"1234")[:3], {1001}),
        # What is wrong can only be told while the scheduler is still there.
        (b"\xff\xff\xff", {1001, 1002}),
        (struct.pack("!BBQ", 0x82, 127, LONGEST + 1), {1001, 1009}),
        (frame(struct.pack("!H", 4002) + b"bye", 8), {4002}),
    ],
    ids=["half a message", "no frame", "too long", "closed"],
)
async def test_websockets_that_end_badly(
    dask_api: DaskAPI,
    jp_serverapp: Any,
    hostile: Callable[[Play], Upstream],
    end: bytes,
    codes: set[int],
    caplog: Any,
) -> None:
    async def play(talk: Talk) -> None:
        await shake_hands(talk)
        await talk.send(frame(b"x" * 1000) + end)

    hostile(play)
    tab = Tab(jp_serverapp)
    tab.start()
    await asyncio.to_thread(tab.join, SOON)
    assert tab.received == 1000
    assert tab.code in codes
    assert "Traceback" not in caplog.text


async def test_a_browser_that_sends_without_end(
    dask_api: DaskAPI, jp_serverapp: Any, jp_fetch: Any, hostile: Callable[[Play], Upstream]
) -> None:
    """A scheduler that does not read stops it, and nobody else."""

    async def deaf(talk: Talk) -> None:
        await shake_hands(talk)
        await talk.send(frame(b"hello"))
        await asyncio.sleep(2 * SOON)

    out, stopped = 0, threading.Event()

    async def send(ws: Any) -> None:
        nonlocal out
        for _ in range(500):
            try:
                await asyncio.wait_for(ws.send_bytes(b"x" * 10**6), 2)
            except asyncio.TimeoutError:
                break
            out += 1
        stopped.set()

    hostile(deaf)
    tab = Tab(jp_serverapp, send)
    tab.start()
    assert await asyncio.to_thread(stopped.wait, SOON)
    assert (await jp_fetch("api", "status")).code == 200
    print(f"{out} MB were taken of 500")
    assert out < 100
    await tab.leave()
