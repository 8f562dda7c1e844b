"""Asks Jupyter for its status without a pause, from a process of its own."""

from __future__ import annotations

import asyncio
import json
import socket
import sys
import threading
import time
from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from .labs import Lab, processor_time

PAUSE = 0.002
"""Seconds between two questions, without which they are a load of their own."""


@dataclass(frozen=True)
class Answers:
    """Milliseconds of each answer."""

    wall: list[float]
    own: list[float]
    """Of them, those in which the server computed: no waiting for a processor."""


async def probed(server: Lab, work: Awaitable[Any]) -> Answers:
    """Return the answers of ``server`` while ``work`` went on."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", __name__, server.url, str(server.pid)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        # Linux shares processors between sessions: a browser is on another machine.
        start_new_session=True,
    )
    await work
    output, _ = await process.communicate(b"")
    return Answers(*json.loads(output))


def ask(connection: socket.socket, request: bytes) -> None:
    connection.sendall(request)
    answer = connection.recv(65536)
    while b"\r\n\r\n{" not in answer or not answer.endswith(b"}"):
        answer += connection.recv(65536)
    assert answer.startswith(b"HTTP/1.1 200"), answer


def main() -> None:
    """Ask on one connection until the end of input, and print the milliseconds."""
    url, pid = urlsplit(sys.argv[1]), int(sys.argv[2])
    request = f"GET /api/status HTTP/1.1\r\nHost: {url.netloc}\r\n\r\n".encode()
    ended = threading.Event()

    def wait() -> None:
        sys.stdin.read()
        ended.set()

    threading.Thread(target=wait, daemon=True).start()
    walls, owns = [], []
    with socket.create_connection((url.hostname or "", url.port or 80)) as connection:
        ask(connection, request)  # the first one loads what it needs
        while not ended.is_set():
            own, begin = processor_time(pid), time.perf_counter()
            ask(connection, request)
            walls.append(1000 * (time.perf_counter() - begin))
            owns.append(1000 * (processor_time(pid) - own))
            time.sleep(PAUSE)
    print(json.dumps([walls, owns]))


if __name__ == "__main__":
    main()
