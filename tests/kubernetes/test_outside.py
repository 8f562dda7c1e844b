"""Outside the cluster, as on a laptop: all through the API server, on a wire that breaks.

The testbed's pods can be reached from this machine; what is tested here goes through a
relay to the API server, and ends with it.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import signal
import subprocess
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from aiohttp import ClientSession

from .conftest import Team, kubectl, until
from .kernel import Kernel
from .relay import Relay
from .test_world_faults import testbed
from .workbench import Workbench

__all__ = ["testbed"]

SOON = 20.0
"""Seconds after which all has to be back once the wire is."""

CLIENT_TRIES = 5
"""Seconds that Dask's own Client would try to reconnect (30, if not set)."""

DEAD = 60.0
"""Seconds after which a connection that nobody has closed has to be known as dead."""


class Socket:
    """A websocket that a browser holds; its messages are kept."""

    def __init__(self, url: str, protocols: tuple[str, ...], first: str = "") -> None:
        self.messages: list[Any] = []
        self.over = threading.Event()
        self._opened = threading.Event()
        self._end: Callable[[], Any] = lambda: None
        reading = self._read("ws" + url.removeprefix("http"), protocols, first)
        self._thread = threading.Thread(target=lambda: asyncio.run(reading))
        self._thread.start()
        assert self._opened.wait(20), "no websocket"

    async def _read(self, url: str, protocols: tuple[str, ...], first: str) -> None:
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        assert task is not None
        self._end = lambda: loop.call_soon_threadsafe(task.cancel)
        with contextlib.suppress(asyncio.CancelledError):
            async with (
                ClientSession() as session,
                session.ws_connect(url, protocols=protocols, max_msg_size=0) as socket,
            ):
                self._opened.set()
                if first:
                    await socket.send_str(first)
                async for message in socket:
                    self.messages.append(message.data)
        self.over.set()

    def close(self) -> None:
        """Go away, as a browser does."""
        if not self.over.is_set():
            self._end()
        self._thread.join(20)


class Laptop:
    """A Jupyter server and a notebook far from the cluster, and their only wire to it."""

    def __init__(self, bench: Workbench, wire: Relay, near: Path) -> None:
        self.bench = bench
        self.wire = wire
        self._near = near
        self.sockets: list[Socket] = []

    def kubectl(self, *args: str) -> str:
        """Run kubectl on another wire."""
        return kubectl(*args, kubeconfig=self._near)

    def get(self, path: str) -> str:
        """Return a page below our prefix."""
        with urllib.request.urlopen(self.bench.server.url + path, timeout=30) as answer:
            return str(answer.read().decode())

    def pane(self, name: str) -> Socket:
        """Open a plot as a browser does: the page, then its websocket with its token."""
        page = self.get(f"clusters/{name}/dashboard/individual-task-stream")
        found = re.search(r'"token":"([^"]+)"', page)
        assert found, page[:500]
        path = f"clusters/{name}/dashboard/individual-task-stream/ws"
        pane = self._open(path, ("bokeh", found[1]))
        until("Bokeh greets", lambda: any('"ACK"' in str(it) for it in pane.messages), SOON)
        return pane

    def readings(self, name: str) -> Socket:
        """Look at a card."""
        watch = json.dumps({"watch": [name]})
        return self._open("api/metrics", (), watch)

    def _open(self, path: str, protocols: tuple[str, ...], first: str = "") -> Socket:
        self.sockets.append(Socket(self.bench.server.url + path, protocols, first))
        return self.sockets[-1]

    def until_up(self, name: str, limit: float = SOON) -> Socket:
        """Return a pane once dashboards are back."""
        path = f"clusters/{name}/dashboard/status"

        def back() -> bool:
            return self.bench.server.status_of(path) == 200

        until("the dashboard is back", back, limit)
        return self.pane(name)


@pytest.fixture(scope="module")
def wire(team: Team) -> Iterator[Relay]:
    config = json.loads(team.kubeconfig.read_text())
    where = urlsplit(config["clusters"][0]["cluster"]["server"])
    assert where.hostname
    relay = Relay(where.hostname, where.port or 443)
    relay.up()
    yield relay
    relay.cut()


def through(wire: Relay, kubeconfig: Path, folder: Path) -> Path:
    """Return a kubeconfig whose API server is at the other end of a wire."""
    config = json.loads(kubeconfig.read_text())
    config["clusters"][0]["cluster"] = {
        "server": f"https://127.0.0.1:{wire.port}",
        "insecure-skip-tls-verify": True,
    }
    path = folder / "kubeconfig"
    path.touch(mode=0o600)
    path.write_text(json.dumps(config))
    return path


@pytest.fixture(scope="module")
def sockets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the server's near ends of forwards are."""
    return tmp_path_factory.mktemp("sockets")


def forwards(folder: Path) -> list[Path]:
    """Return the folders of near ends."""
    return list(folder.glob("dask-k8s-*"))


@pytest.fixture(scope="module")
def laptop(
    wire: Relay,
    team: Team,
    dask_image: str,
    sockets: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Laptop]:
    folder = tmp_path_factory.mktemp("laptop")
    far = team._replace(kubeconfig=through(wire, team.kubeconfig, folder))
    bench = Workbench(far, dask_image, folder)
    bench.start(TMPDIR=str(sockets))
    try:
        yield Laptop(bench, wire, team.kubeconfig)
        bench.server.end(signal.SIGTERM)
        assert not forwards(sockets)
    finally:
        print(bench.server.text[-3000:])
        bench.team = team
        bench.close()


@pytest.fixture(autouse=True)
def closed_browser(laptop: Laptop) -> Iterator[None]:
    """End the websockets of a test."""
    yield
    while laptop.sockets:
        laptop.sockets.pop().close()


@pytest.fixture(scope="module")
def kernel(laptop: Laptop) -> Iterator[Kernel]:
    """A notebook that has run what *Connect* puts into it.

    It ends soon although its Client is about to reconnect.
    """
    laptop.bench.create("demo", workers=1)
    with pytest.MonkeyPatch.context() as settings:
        # Our code has more patience than the settings of Dask.
        name = "DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT"
        settings.setenv(name, f"{CLIENT_TRIES}s")
        kernel = laptop.bench.kernel()
    code = laptop.bench.export("demo", "client")
    print(code)
    assert 'KubeCluster.from_name("demo"' in code
    assert "port_forward_cluster_ip=True" in code
    kernel.run(code)
    yield kernel
    laptop.wire.cut()
    begin = time.monotonic()
    kernel.shut_down()
    assert time.monotonic() - begin < SOON
    laptop.wire.up()


COMPUTE = """
import time
from concurrent.futures import CancelledError
while True:
    while client.status != "running":
        time.sleep(0.1)
    try:
        print(client.submit(sum, [20, 22], pure=False).result(timeout=60))
        break
    except CancelledError as error:
        print(error)
"""


def compute(kernel: Kernel) -> str:
    """Compute on the workers, again where Dask says so; returns what was said."""
    begin = time.monotonic()
    said = kernel.run(COMPUTE)
    assert said.endswith("42\n")
    print(f"  the Client computes after {time.monotonic() - begin:.1f} s")
    return said


def test_all_goes_through_the_api_server(
    laptop: Laptop, kernel: Kernel, sockets: Path
) -> None:
    assert "demo is reached by forward." in laptop.bench.server.text
    assert len(forwards(sockets)) == 1
    address = str(kernel.value("client.scheduler.address"))
    assert address.startswith("tcp://localhost:")
    compute(kernel)
    assert laptop.bench.done("GET", "clusters/demo/metrics")["workers"] == 1
    checks = {it["id"]: it for it in laptop.bench.done("GET", "doctor")["checks"]}
    assert checks["rbac.pods/portforward"]["verdict"] == "ok"
    assert "answers through the API server." in checks["scheduler.http"]["message"]


def test_a_wire_that_is_cut(laptop: Laptop, kernel: Kernel) -> None:
    pane, readings = laptop.pane("demo"), laptop.readings("demo")

    def read(key: str) -> Callable[[], Any]:
        return lambda: readings.messages and json.loads(readings.messages[-1])[key]

    until("readings", read("metrics"), SOON)
    laptop.wire.cut()
    assert pane.over.wait(SOON), "the pane is not told"
    until("readings say why there are none", read("reason"), SOON)
    assert "does not answer" in read("reason")()
    assert laptop.bench.server.status_of("clusters/demo/dashboard/status") == 503
    status = laptop.bench.server.until("status", lambda it: it["missing"] == ["api"], SOON)
    print(f"  {status['trouble']}")
    time.sleep(2 * CLIENT_TRIES)
    laptop.wire.up()
    begin = time.monotonic()
    laptop.until_up("demo")
    print(f"  the pane is back after {time.monotonic() - begin:.1f} s")
    until("readings again", read("metrics"), SOON)
    assert not readings.over.is_set()
    compute(kernel)


def test_a_laptop_that_slept(laptop: Laptop, kernel: Kernel) -> None:
    """What was open is dead, and nobody has said so."""
    pane = laptop.pane("demo")
    begin = time.monotonic()
    laptop.wire.freeze()
    laptop.until_up("demo")
    print(f"  a new pane after {time.monotonic() - begin:.1f} s")
    assert "re-run your work" in compute(kernel)
    assert pane.over.wait(DEAD), "the pane does not learn that its connection is dead"
    print(f"  the old one knew after {time.monotonic() - begin:.1f} s")


def test_a_new_scheduler_pod(laptop: Laptop, kernel: Kernel) -> None:
    # A second try may find the scheduler of the first one on its way.
    laptop.bench.running("demo")
    pane = laptop.until_up("demo", DEAD)
    which = ("get", "pods", "-l", "dask.org/component=scheduler", "-o", "name")
    old = laptop.kubectl(*which).strip()
    begin = time.monotonic()
    laptop.kubectl("delete", old, "--wait=false")
    assert pane.over.wait(DEAD)
    until("a new pod", lambda: laptop.kubectl(*which).strip() not in ("", old), DEAD)
    laptop.bench.running("demo")
    # How long a pod takes to start is not ours.
    laptop.until_up("demo", DEAD)
    print(f"  a pane of the new one after {time.monotonic() - begin:.1f} s")
    compute(kernel)
    # The cell may be run again, too.
    kernel.run(laptop.bench.export("demo", "client"))
    compute(kernel)


@pytest.mark.whole_cluster
def test_an_api_server_that_starts_anew(
    laptop: Laptop, kernel: Kernel, testbed: Path
) -> None:
    def do(what: str) -> None:
        subprocess.run([testbed, "api-server", what], check=True, timeout=120)

    pane = laptop.pane("demo")
    try:
        do("stop")
        assert pane.over.wait(SOON)
        time.sleep(10)
    finally:
        do("start")
    begin = time.monotonic()
    laptop.until_up("demo")
    print(f"  the pane is back after {time.monotonic() - begin:.1f} s")
    compute(kernel)
