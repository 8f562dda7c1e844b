"""What the way through Jupyter costs a dashboard: ours, jupyter-server-proxy, and none.

``python -m benchmarks.peer.proxy [rounds]`` starts a cluster with ours whose real scheduler
has a few more pages (``upstream.py``). The very same pages are asked for at the scheduler
itself, through our dashboard proxy, and through jupyter-server-proxy, which
``dask-labextension`` uses, in a JupyterLab of its own. One connection, one question after
the other.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
import dask

from .clusters import OurClusters
from .labs import OURS, PEER, Lab, compile_ours, lab
from .table import median, ratio, rounds, table
from .wire import Connection, request_for

SMALL_ASKED, SCRIPT_ASKED, LARGE_ASKED = 500, 30, 4
ECHOES, ANSWERS, DOCUMENTS = 1000, 30, 5
ROUTES = "distributed.scheduler.http.routes"


@dataclass(frozen=True)
class Way:
    """One way to the scheduler."""

    base: str
    server: Lab | None


@contextlib.asynccontextmanager
async def ways() -> AsyncIterator[dict[str, Way]]:
    import distributed  # noqa: F401  # its defaults

    routes = [*dask.config.get(ROUTES), "benchmarks.peer.upstream"]
    environ = {
        "DASK_DISTRIBUTED__SCHEDULER__HTTP__ROUTES": str(routes),
        "PYTHONPATH": str(Path(__file__).parents[2]),
    }
    async with contextlib.AsyncExitStack() as stack:
        session = await stack.enter_async_context(aiohttp.ClientSession())
        our_lab = stack.enter_context(lab(OURS, environ=environ))
        peer_lab = stack.enter_context(lab(PEER))
        clusters = OurClusters(session, our_lab.url)
        await clusters.ready()
        name = await clusters.create("demo")
        await clusters.address(name)
        port = await dashboard_port(session, f"{clusters.list_url}/{name}")
        yield {
            "direct": Way(f"http://127.0.0.1:{port}/", None),
            "ours": Way(clusters.page(name, ""), our_lab),
            "peer": Way(f"{peer_lab.url}proxy/{port}/", peer_lab),
        }
        await clusters.delete(name)


async def dashboard_port(session: aiohttp.ClientSession, url: str) -> int:
    async with session.get(url) as answer:
        link = (await answer.json())["dashboard_link"]
    return int(urlsplit("http://" + link.split("/")[2]).port or 0)


def ask(way: Way, page: str, times: int) -> tuple[float, float]:
    """Return the median of the seconds that an answer takes, and MB a second."""
    connection = Connection(way.base)
    request = request_for(way.base + page, Accept_Encoding="identity")
    connection.ask(request)  # the first one loads what it needs
    seconds, sizes = [], []
    for _ in range(times):
        head, size, took = connection.ask(request)
        assert head.startswith(b"HTTP/1.1 200"), head
        seconds.append(took)
        sizes.append(size)
    connection.close()
    return median(seconds), median(sizes) / median(seconds) / 1e6


def echo(way: Way, page: str, times: int, messages: int = 1) -> float:
    """Return the median of the seconds that a message and what it comes back as take."""
    connection = Connection(way.base)
    connection.upgrade(f"{way.base}{page}/ws")
    seconds = [connection.echo(b"as long as a click" * 5, messages) for _ in range(times)]
    connection.close()
    return median(seconds)


def document(way: Way, times: int) -> float:
    """Return the median of the seconds until the document of a plot is here."""
    from bokeh.client import pull_session

    seconds = []
    for _ in range(times):
        begin = time.perf_counter()
        session = pull_session(url=f"{way.base}individual-task-stream")
        seconds.append(time.perf_counter() - begin)
        session.close()
    return median(seconds)


@contextlib.contextmanager
def growth(server: Lab | None) -> Iterator[Callable[[], float]]:
    """Watch a server's memory; what is yielded returns the most MiB that were added."""
    ended, most = threading.Event(), [0.0]
    before = server.memory if server else 0.0

    def watch() -> None:
        while server and not ended.is_set():
            most[0] = max(most[0], server.memory - before)
            time.sleep(0.005)

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield lambda: most[0]
    finally:
        ended.set()
        thread.join()


def visit(way: Way) -> dict[str, float]:
    """Return all figures of one way."""
    small, _ = ask(way, "individual-small", SMALL_ASKED)
    _, script = ask(way, "individual-script", SCRIPT_ASKED)
    with growth(way.server) as grown:
        _, large = ask(way, "individual-large", LARGE_ASKED)
    return {
        "small JSON, ms": 1000 * small,
        "1.27 MB script, MB/s": script,
        "64 MiB, MB/s": large,
        "64 MiB, MiB of memory": grown(),
        "websocket echo, ms": 1000 * echo(way, "individual-echo", ECHOES),
        "… answer of three messages, ms": 1000 * echo(way, "individual-answer", ANSWERS, 3),
        "… document of a plot, ms": 1000 * document(way, DOCUMENTS),
    }


async def measure() -> None:
    found: dict[str, dict[str, list[float]]] = {}
    async with ways() as them:
        for _ in rounds(7):
            for name, way in them.items():
                for what, figure in (await asyncio.to_thread(visit, way)).items():
                    found.setdefault(what, {}).setdefault(name, []).append(figure)
    rows = []
    for what, by_name in found.items():
        direct, ours, peer = (median(by_name[it]) for it in ("direct", "ours", "peer"))
        figures = (f"{it:.2f}" if it < 10 else f"{it:.0f}" for it in (direct, ours, peer))
        rows.append((what, *figures, ratio(ours, direct), ratio(peer, direct)))
    columns = ("direct", "ours", "jupyter-server-proxy", "ours / direct", "peer / direct")
    table("a dashboard's pages", columns, rows)


def main() -> None:
    compile_ours()
    asyncio.run(measure())


if __name__ == "__main__":
    main()
