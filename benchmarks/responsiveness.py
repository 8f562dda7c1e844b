"""How long Jupyter takes to answer while clusters come and go.

``python benchmarks/responsiveness.py [clusters]`` starts a server of its own, asks
``GET /api/status`` without a pause, creates and deletes ten clusters at once meanwhile, and
prints the slowest answers beside those of the same server at rest.
"""

from __future__ import annotations

import asyncio
import json
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Awaitable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aiohttp

QUIET_SECONDS = 5.0


class Server:
    """A Jupyter server in a process of its own, without authentication, on loopback."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.log = folder / "log"
        self._process = subprocess.Popen(
            [
                *(sys.executable, "-m", "jupyter_server", "--allow-root", "--no-browser"),
                *(
                    "--port=0",
                    "--IdentityProvider.token=",
                    f"--ServerApp.root_dir={folder}",
                ),
                "--ServerApp.disable_check_xsrf=True",
                *options,
            ],
            stdout=self.log.open("w"),
            stderr=subprocess.STDOUT,
            cwd=folder,
        )

    async def url(self) -> str:
        """Return the base URL once the server answers."""
        for _ in range(600):
            text = self.log.read_text()
            found = re.search(r"http://127\.0\.0\.1:\d+/", text)
            if found and "Dask clusters:" in text:
                return found[0]
            await asyncio.sleep(0.1)
        raise RuntimeError(text)

    def stop(self) -> None:
        """End it."""
        self._process.terminate()
        self._process.wait(30)


def probe(url: str) -> None:
    """Ask for the status on one connection until the end of input; print the seconds.

    A process of its own with plain sockets, so that nothing but the server is measured.
    """
    parts = urlsplit(url)
    request = f"GET /api/status HTTP/1.1\r\nHost: {parts.netloc}\r\n\r\n".encode()
    ended = threading.Event()

    def wait() -> None:
        sys.stdin.read()
        ended.set()

    threading.Thread(target=wait, daemon=True).start()
    seconds = []
    with socket.create_connection((parts.hostname or "", parts.port or 80)) as connection:
        while not ended.is_set():
            begin = time.perf_counter()
            connection.sendall(request)
            answer = connection.recv(65536)
            while b"\r\n\r\n{" not in answer or not answer.endswith(b"}"):
                answer += connection.recv(65536)
            seconds.append(time.perf_counter() - begin)
            assert answer.startswith(b"HTTP/1.1 200"), answer
            time.sleep(0.002)
    print(json.dumps(seconds))


async def create_and_delete(session: aiohttp.ClientSession, url: str, name: str) -> float:
    """Take one cluster through its life and return how long the creating answer took."""
    begin = time.perf_counter()
    body = json.dumps({"name": name, "workers": 1, "resources": {"memory": "512 MiB"}})
    async with session.post(f"{url}dask-k8s/api/clusters", data=body) as answer:
        assert answer.status == 201, await answer.text()
    took = time.perf_counter() - begin
    cluster = f"{url}dask-k8s/api/clusters/{name}"
    while True:
        async with session.get(cluster) as answer:
            if (await answer.json())["phase"] != "Pending":
                break
        await asyncio.sleep(0.25)
    async with session.delete(cluster) as answer:
        assert answer.status == 204
    while True:
        async with session.get(cluster) as answer:
            if answer.status == 404:
                return took
        await asyncio.sleep(0.25)


async def probed(url: str, work: Awaitable[Any]) -> list[float]:
    """Return the seconds of all answers while ``work`` went on."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        __file__,
        "--probe",
        url,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    await work
    output, _ = await process.communicate(b"")
    seconds: list[float] = json.loads(output)
    return seconds


def describe(what: str, seconds: list[float]) -> str:
    """Return one line of the table, in milliseconds."""
    ordered = sorted(1000 * it for it in seconds)
    p99 = ordered[int(0.99 * (len(ordered) - 1))]
    return (
        f"{what:38} {len(ordered):6} {statistics.median(ordered):8.1f} {p99:8.1f} "
        f"{ordered[-1]:8.1f}"
    )


async def measure(clusters: int, folder: Path) -> None:
    """Print the table."""
    server = Server(
        folder,
        "--ServerApp.jpserver_extensions={'jupyter_dask_k8s': True}",
        "--DaskK8sApp.backend=local",
    )
    try:
        url = await server.url()
        quiet = await probed(url, asyncio.sleep(QUIET_SECONDS))
        async with aiohttp.ClientSession() as session:
            lives = [create_and_delete(session, url, f"c{it}") for it in range(clusters)]
            gathered = asyncio.gather(*lives)
            busy = await probed(url, gathered)
            created = gathered.result()
    finally:
        server.stop()
    head = "GET /api/status, milliseconds"
    print(f"{head:38} {'asked':>6} {'p50':>8} {'p99':>8} {'worst':>8}")
    print(describe("at rest", quiet))
    print(describe(f"{clusters} clusters come and go at once", busy))
    print(describe("POST api/clusters meanwhile", list(created)))


def main() -> None:
    """Be the probe or the whole."""
    if sys.argv[1:2] == ["--probe"]:
        probe(sys.argv[2])
        return
    clusters = int(sys.argv[1]) if len(sys.argv) > 1 else 10
    with tempfile.TemporaryDirectory() as temporary:
        asyncio.run(measure(clusters, Path(temporary)))


if __name__ == "__main__":
    main()
