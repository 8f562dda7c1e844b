"""Plain HTTP and websockets, so that the one who asks costs next to nothing."""

from __future__ import annotations

import asyncio
import re
import socket
import time
from urllib.parse import urlsplit

_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)
_HEAD_END = b"\r\n\r\n"


def request_for(url: str, **headers: str) -> bytes:
    parts = urlsplit(url)
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    lines = [f"GET {path} HTTP/1.1", f"Host: {parts.netloc}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode()


class Connection:
    """One connection; one question after the other."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._socket = socket.create_connection(
            (parts.hostname or "", parts.port or 80), 60
        )
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._room = memoryview(bytearray(2**20))

    def close(self) -> None:
        """Hang up."""
        self._socket.close()

    def ask(self, request: bytes) -> tuple[bytes, int, float]:
        """Return the head, the size of what followed it, and the seconds until its end."""
        begin = time.perf_counter()
        self._socket.sendall(request)
        answer = b""
        while _HEAD_END not in answer:
            answer += self._receive()
        head, _, rest = answer.partition(_HEAD_END)
        size, last = len(rest), rest[-5:]
        length = _LENGTH.search(head)
        if length is not None:
            while size < int(length[1]):
                size += self._socket.recv_into(self._room)
        elif b"chunked" in head.lower():
            while last != b"0\r\n\r\n":
                count = self._socket.recv_into(self._room)
                size, last = size + count, (last + bytes(self._room[:count][-5:]))[-5:]
        return head, size, time.perf_counter() - begin

    def upgrade(self, url: str) -> None:
        """Become a websocket."""
        headers = {
            "Connection": "Upgrade",
            "Upgrade": "websocket",
            "Sec_WebSocket_Key": "x3JJHMbDL1EzLkh9GBhXDw==",
            "Sec_WebSocket_Version": "13",
        }
        head, _, _ = self.ask(request_for(url, **headers))
        assert head.startswith(b"HTTP/1.1 101"), head

    def echo(self, text: bytes, times: int = 1) -> float:
        """Send a short message and return the seconds until it has come back so often."""
        assert len(text) < 126
        frame = bytes([0x81, 0x80 | len(text)]) + bytes(4) + text  # masked with zeros
        begin = time.perf_counter()
        self._socket.sendall(frame)
        answer = self._receive()
        while len(answer) < times * (len(text) + 2):
            answer += self._receive()
        took = time.perf_counter() - begin
        assert answer == times * (answer[:2] + text), answer
        return took

    def _receive(self) -> bytes:
        data = self._socket.recv(65536)
        if not data:
            raise ConnectionError("closed")
        return data


async def many(url: str, at_once: int, seconds: float) -> tuple[list[float], float]:
    """Ask on so many connections; return the seconds, and answers a second."""
    parts, request = urlsplit(url), request_for(url)
    taken: list[float] = []
    end = time.perf_counter() + seconds

    async def one() -> None:
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
        while time.perf_counter() < end:
            begin = time.perf_counter()
            writer.write(request)
            head = await reader.readuntil(_HEAD_END)
            assert head.startswith(b"HTTP/1.1 200"), head
            length = _LENGTH.search(head)
            assert length is not None, head
            await reader.readexactly(int(length[1]))
            taken.append(time.perf_counter() - begin)
        writer.close()

    begin = time.perf_counter()
    await asyncio.gather(*(one() for _ in range(at_once)))
    return taken, len(taken) / (time.perf_counter() - begin)
