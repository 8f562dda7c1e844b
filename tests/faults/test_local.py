"""What may happen to local clusters and their server; what is lost: nothing."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit

import aiohttp
import psutil
import pytest

from tests.server_process import Server

SOON = 30.0
TABS = 200


def until(what: str, test: Callable[[], Any], limit: float = SOON) -> float:
    """Wait; returns how long it took."""
    begin = time.monotonic()
    while not test():
        assert time.monotonic() < begin + limit, what
        time.sleep(0.05)
    return time.monotonic() - begin


class LocalServer(Server):
    """A server whose clusters are its child processes."""

    def create(self, name: str, workers: int = 1) -> psutil.Process:
        """Create a cluster; returns its host process once it runs."""
        before = set(self.hosts())
        self.ask("clusters", {"name": name, "workers": workers})
        until("it runs", lambda: self.phase(name) == "Running", 90)
        (host,) = set(self.hosts()) - before
        return host

    def hosts(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children()

    def phase(self, name: str) -> str | None:
        return next((it["phase"] for it in self.listed() if it["name"] == name), None)

    def listed(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.ask("clusters")["clusters"]
        return found

    def delete(self, name: str) -> float:
        """Delete a cluster; returns how long until it is gone."""
        begin = time.monotonic()
        self.ask(f"clusters/{name}", method="DELETE")
        until("it is gone", lambda: self.phase(name) is None)
        return time.monotonic() - begin


@pytest.fixture
def server(tmp_path: Path) -> Iterator[LocalServer]:
    server = LocalServer(tmp_path, "--DaskK8sApp.backend=local")
    try:
        yield server
        assert "Traceback" not in server.text
    finally:
        server.close()


@pytest.mark.timeout(240)
def test_a_scheduler_that_hangs(server: LocalServer) -> None:
    """The others do not wait for it, and it can be deleted like any other."""
    host = server.create("hangs")
    family = [host, *host.children(recursive=True)]
    server.create("works")
    host.suspend()
    with ThreadPoolExecutor() as pool:
        asked = pool.submit(server.status_of, "clusters/hangs/dashboard/status")
        seconds = []
        for path in ("clusters", "clusters/works/metrics", "status", "clusters/works") * 5:
            begin = time.monotonic()
            server.ask(path)
            seconds.append(time.monotonic() - begin)
        with pytest.raises(HTTPError) as caught:
            server.ask("clusters/hangs/metrics")
        assert json.loads(caught.value.read())["reason"] == "SchedulerUnavailable"
        gone = server.delete("hangs")
        assert asked.result(60) == 503
    print(
        f"others answered in {max(seconds):.2f} s at most; it was gone after {gone:.1f} s"
    )
    assert not [it for it in family if alive(it)]
    assert server.phase("works") == "Running"


@pytest.mark.timeout(240)
async def test_a_scheduler_that_hangs_is_told_in_the_list(server: LocalServer) -> None:
    """As long as somebody sees its readings, and until it answers."""
    host = await asyncio.to_thread(server.create, "hangs")

    def reason() -> str:
        (cluster,) = server.listed()
        assert cluster["phase"] == "Running"
        return str(cluster["reason"])

    def told(text: str) -> Callable[[], bool]:
        return lambda: reason() == text

    async with aiohttp.ClientSession() as session:
        url = server.url.replace("http", "ws", 1) + "api/metrics"
        async with session.ws_connect(url) as socket:
            await socket.send_json({"watch": ["hangs"]})
            while not (await socket.receive_json())["metrics"]:
                pass
            assert reason() == ""
            host.suspend()
            hidden = "The scheduler does not answer."
            took = await asyncio.to_thread(until, "it is told", told(hidden))
            print(f"told after {took:.1f} s")
        host.resume()
        took = await asyncio.to_thread(until, "it is back", told(""))
        print(f"and that it is back after {took:.1f} s, although nobody looked")


@pytest.mark.timeout(240)
def test_a_scheduler_that_is_killed(server: LocalServer) -> None:
    host = server.create("demo", workers=2)
    family = host.children(recursive=True)
    host.kill()
    until("it is told", lambda: server.phase("demo") == "Failed")
    assert "ended by SIGKILL" in server.listed()[0]["reason"]
    until("no process is left", lambda: not [it for it in family if alive(it)])
    print(f"gone {server.delete('demo'):.2f} s after the wish")
    assert server.create("demo").is_running()  # the name is free


@pytest.mark.timeout(240)
def test_two_who_want_the_same_name(server: LocalServer) -> None:
    """A double click, or two tabs: one cluster, and a sentence for the others."""

    def create(_: int) -> int:
        try:
            server.ask("clusters", {"name": "demo", "workers": 0})
        except HTTPError as error:
            return error.code
        return 201

    with ThreadPoolExecutor(8) as pool:
        codes = sorted(pool.map(create, range(8)))
    assert codes == [201] + 7 * [409]
    assert len(server.listed()) == 1
    until("it runs", lambda: server.phase("demo") == "Running", 90)
    assert len(server.hosts()) == 1


@pytest.mark.timeout(240)
def test_a_server_that_is_killed_while_creating(server: LocalServer) -> None:
    """Its clusters end with it, also one that has hardly begun."""
    host = server.create("old")
    server.ask("clusters", {"name": "young", "workers": 1})
    until("it has begun", lambda: len(server.hosts()) == 2)
    family = psutil.Process(server.process.pid).children(recursive=True)
    assert host in family
    server.process.send_signal(signal.SIGKILL)
    server.process.wait()
    seconds = until(
        "no process is left", lambda: not [it for it in family if alive(it)], SOON
    )
    print(f"{len(family)} processes ended {seconds:.1f} s after the server")


def alive(process: psutil.Process) -> bool:
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


async def listen(url: str, ready: asyncio.Event, heard: set[int], tab: int) -> None:
    """Be a tab: hold Jupyter's event socket until it tells of the cluster ``seen``."""
    async with aiohttp.ClientSession() as session, session.ws_connect(url) as socket:
        ready.set()
        async for message in socket:
            if "seen" in message.data:
                heard.add(tab)
                return


@pytest.mark.timeout(240)
def test_two_hundred_tabs(server: LocalServer) -> None:
    """All hear of a change, and nobody waits for them."""
    where = urlsplit(server.url)
    root = f"{where.netloc}{server.base_url}"

    async def play() -> tuple[int, float]:
        heard: set[int] = set()
        url = f"ws://{root}api/events/subscribe"
        events = [asyncio.Event() for _ in range(TABS)]
        tabs = [
            asyncio.create_task(listen(url, event, heard, number))
            for number, event in enumerate(events)
        ]
        await asyncio.wait_for(asyncio.gather(*(it.wait() for it in events)), 60)
        begin = time.monotonic()
        await asyncio.to_thread(server.ask, "clusters", {"name": "seen", "workers": 0})
        await asyncio.wait(tabs, timeout=SOON)
        seconds = time.monotonic() - begin
        for tab in tabs:
            tab.cancel()
        await asyncio.gather(*tabs, return_exceptions=True)
        return len(heard), seconds

    heard, seconds = asyncio.run(play())
    print(f"{heard} of {TABS} tabs have heard of it after {seconds:.2f} s")
    assert heard == TABS


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 1 MB that is full."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)]
    if os.getuid() != 0 or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("a small disk needs root and the right to mount")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.mark.timeout(240)
def test_a_disk_that_is_full(tmp_path: Path, small_disk: Path) -> None:
    """Clusters need no room on it: they are made, used and deleted."""
    runtime, temporary = small_disk / "runtime", small_disk / "tmp"
    runtime.mkdir()
    temporary.mkdir()
    server = LocalServer(
        tmp_path,
        "--DaskK8sApp.backend=local",
        JUPYTER_RUNTIME_DIR=str(runtime),
        TMPDIR=str(temporary),
    )
    try:
        with pytest.raises(OSError, match="No space"):
            (small_disk / "full").write_bytes(b"x" * 2**21)
        server.ask("clusters", {"name": "demo", "workers": 1})
        until("it has an end", lambda: server.phase("demo") in ("Running", "Failed"), 90)
        (cluster,) = server.listed()
        print(f"{cluster['phase']}: {cluster['reason']}")
        # Workers spill to disk: where they cannot, that has to be said.
        assert cluster["phase"] == "Running" or "space" in cluster["reason"]
        server.delete("demo")
        assert server.listed() == []
    finally:
        server.close()
