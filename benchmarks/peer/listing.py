"""How fast clusters are listed when many ask at the same time.

``python -m benchmarks.peer.listing [rounds]`` makes one cluster with ours and one with the
peer, and asks for the list on 32 connections without a pause. Jupyter's own list of kernels
(there is none) in our server shows how much of it is Jupyter.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

import aiohttp

from .clusters import OurClusters, PeerClusters
from .labs import OURS, PEER, compile_ours, lab
from .table import median, percentile, ratio, rounds, table
from .wire import many

AT_ONCE = 32
SECONDS = 5.0
WARM = 1.0


@contextlib.asynccontextmanager
async def servers() -> AsyncIterator[dict[str, str]]:
    """Yield what to ask, by who answers."""
    async with contextlib.AsyncExitStack() as stack:
        session = await stack.enter_async_context(aiohttp.ClientSession())
        our_lab = stack.enter_context(lab(OURS))
        peer_lab = stack.enter_context(lab(PEER, environ=PeerClusters.ENVIRON))
        ours = OurClusters(session, our_lab.url)
        peer = PeerClusters(session, peer_lab.url)
        await ours.ready()
        names = [await ours.create("demo"), await peer.create("demo")]
        await ours.address(names[0])
        await peer.address(names[1])
        yield {
            "ours": ours.list_url,
            "dask-labextension": peer.list_url,
            "Jupyter's list of kernels": f"{our_lab.url}api/kernels",
        }
        await ours.delete(names[0])
        await peer.delete(names[1])


async def measure() -> None:
    found: dict[str, list[tuple[float, float, float]]] = {}
    async with servers() as urls:
        for _ in rounds(7):
            for name, url in urls.items():
                await many(url, AT_ONCE, WARM)
                taken, rate = await many(url, AT_ONCE, SECONDS)
                p50, p99 = 1000 * median(taken), 1000 * percentile(taken, 0.99)
                found.setdefault(name, []).append((p50, p99, rate))
    medians = {
        name: [median(column) for column in zip(*figures, strict=True)]
        for name, figures in found.items()
    }
    rows = [
        (name, f"{p50:.1f} ms", f"{p99:.1f} ms", f"{rate:,.0f}")
        for name, (p50, p99, rate) in medians.items()
    ]
    ours, peer = medians["ours"], medians["dask-labextension"]
    ratios = [ratio(one, other) for one, other in zip(ours, peer, strict=True)]
    table(
        f"the list of clusters, {AT_ONCE} at once",
        ("p50", "p99", "a second"),
        [*rows, ("ours / dask-labextension", *ratios)],
    )


def main() -> None:
    compile_ours()
    asyncio.run(measure())


if __name__ == "__main__":
    main()
