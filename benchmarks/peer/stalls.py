"""For how long Jupyter does not answer, at worst, while clusters are used.

``python -m benchmarks.peer.stalls [rounds]`` asks ``GET /api/status`` without a pause, from a
process of its own, at rest, at the first create, during a computation of many tiny tasks and
while ten clusters come and go at once. A processor that others need delays any answer: how
much shows a JupyterLab with neither extension beside another one that does the same work.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import Awaitable
from typing import Any, Protocol

import aiohttp

from benchmarks.responsiveness import probed

from .clusters import OurClusters, PeerClusters
from .labs import OURS, PEER, compile_ours, lab
from .table import median, percentile, ratio, rounds, table

TASKS = 50_000
AT_ONCE = 10
REST = 3.0

COMPUTE = f"""
import sys
from distributed import Client
def tiny(number):
    return number + 1
with Client(sys.argv[1]) as client:
    futures = client.map(tiny, range({TASKS}))
    assert len(client.gather(futures)) == {TASKS}
"""


class Clusters(Protocol):
    """One way to make clusters."""

    async def create(self, name: str) -> str: ...
    async def address(self, name: str) -> str: ...
    async def delete(self, name: str) -> None: ...


async def compute(address: str) -> None:
    """Compute in a process of its own, as a notebook does."""
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", COMPUTE, address)
    assert await process.wait() == 0


async def come_and_go(clusters: Clusters, number: int) -> None:
    name = await clusters.create(f"c{number}")
    await clusters.address(name)
    await clusters.delete(name)


async def stalls(clusters: Clusters, url: str) -> dict[str, list[float]]:
    """Return the seconds of all answers of ``url`` in each situation."""
    found: dict[str, list[float]] = {}

    async def watch(what: str, work: Awaitable[Any]) -> Any:
        task = asyncio.ensure_future(work)
        found[what] = await probed(url, task)
        await asyncio.sleep(1)
        return task.result()

    async def first() -> str:
        name = await clusters.create("first")
        await clusters.address(name)
        return name

    await watch("at rest", asyncio.sleep(REST))
    name = await watch("the first create", first())
    address = await clusters.address(name)
    await watch(f"{TASKS:,} tiny tasks", compute(address))
    await clusters.delete(name)
    lives = [come_and_go(clusters, it) for it in range(AT_ONCE)]
    await watch(f"{AT_ONCE} creates and deletes at once", asyncio.gather(*lives))
    return found


async def measure(name: str) -> dict[str, list[float]]:
    async with contextlib.AsyncExitStack() as stack:
        session = await stack.enter_async_context(aiohttp.ClientSession())
        if name == "peer":
            one = stack.enter_context(lab(PEER, environ=PeerClusters.ENVIRON))
            return await stalls(PeerClusters(session, one.url), one.url)
        one = stack.enter_context(lab(OURS))
        clusters = OurClusters(session, one.url)
        await clusters.ready()
        if name == "ours":
            return await stalls(clusters, one.url)
        # The same work beside a JupyterLab that has nothing to do with it.
        other = stack.enter_context(lab(OURS, enabled=False))
        return await stalls(clusters, other.url)


def main() -> None:
    compile_ours()
    worst: dict[str, dict[str, list[float]]] = {}
    for _ in rounds(3):
        for name in ("neither", "ours", "peer"):
            for what, seconds in asyncio.run(measure(name)).items():
                at = worst.setdefault(what, {}).setdefault(name, [])
                at.append(1000 * max(seconds))
                p99 = 1000 * percentile(seconds, 0.99)
                print(f"  {what}, {name}: {at[-1]:.1f}, p99 {p99:.1f} ms", file=sys.stderr)
    rows = []
    for what, by_name in worst.items():
        ours, peer, neither = (median(by_name[it]) for it in ("ours", "peer", "neither"))
        figures = (f"{it:.0f}" for it in (ours, peer, neither))
        rows.append((what, *figures, ratio(ours, peer)))
    columns = ("ours", "dask-labextension", "neither", "ours / peer")
    table("worst GET /api/status, ms", columns, rows)


if __name__ == "__main__":
    main()
