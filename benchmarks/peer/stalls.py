"""For how long Jupyter does not answer, at worst, while clusters are used.

``python -m benchmarks.peer.stalls [rounds]`` asks ``GET /api/status`` without a pause, at
rest, at the first create, during a computation of many tiny tasks and while ten clusters
come and go at once. A processor that others need delays any answer: how much shows a
JupyterLab with neither extension beside another one that does the same work, and the
most that the server itself computed in an answer.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

import aiohttp

from .clusters import OurClusters, PeerClusters
from .labs import OURS, PEER, Lab, compile_ours, lab
from .probe import Answers, probed
from .table import median, percentile, ratio, rounds, table

TASKS = 50_000
AT_ONCE = 10
REST = 3.0

ENVIRON = {"DASK_DISTRIBUTED__SCHEDULER__WORKER_SATURATION": "inf"}
"""All tasks go to the worker at once: with Dask's queue it takes minutes."""

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

    async def create(self, name: str) -> str:
        """Return under which name it is known."""
        ...

    async def address(self, name: str) -> str:
        """Wait until it runs, and return its scheduler's address."""
        ...

    async def delete(self, name: str) -> None:
        """Wait until it is gone."""
        ...


async def compute(address: str) -> None:
    """Compute in a process and a session of its own, as a notebook does."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", COMPUTE, address, start_new_session=True
    )
    assert await process.wait() == 0


async def come_and_go(clusters: Clusters, number: int) -> None:
    name = await clusters.create(f"c{number}")
    await clusters.address(name)
    await clusters.delete(name)


async def stalls(clusters: Clusters, asked: Lab) -> dict[str, Answers]:
    """Return the answers of a JupyterLab in each situation."""
    found: dict[str, Answers] = {}

    async def watch(what: str, work: Awaitable[Any]) -> Any:
        task = asyncio.ensure_future(work)
        found[what] = await probed(asked, task)
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


async def measure(name: str) -> dict[str, Answers]:
    """Take a new JupyterLab through all situations."""
    async with contextlib.AsyncExitStack() as stack:
        session = await stack.enter_async_context(aiohttp.ClientSession())
        if name == "peer":
            one = stack.enter_context(lab(PEER, environ=ENVIRON | PeerClusters.ENVIRON))
            return await stalls(PeerClusters(session, one.url), one)
        one = stack.enter_context(lab(OURS, environ=ENVIRON))
        clusters = OurClusters(session, one.url)
        await clusters.ready()
        if name == "ours":
            return await stalls(clusters, one)
        # The same work beside a JupyterLab that has nothing to do with it.
        return await stalls(clusters, stack.enter_context(lab(OURS, enabled=False)))


def main() -> None:
    compile_ours()
    found: dict[str, dict[str, list[Answers]]] = {}
    for _ in rounds(3):
        for name in ("neither", "ours", "peer"):
            for what, answers in asyncio.run(measure(name)).items():
                found.setdefault(what, {}).setdefault(name, []).append(answers)
                print(f"  {what}, {name}: {max(answers.wall):.1f} ms", file=sys.stderr)
    show("worst GET /api/status, ms", found, lambda it: max(it.wall))
    show("most own work in an answer, ms", found, lambda it: max(it.own))
    show("99 of 100 are faster than", found, lambda it: percentile(it.wall, 0.99))


def show(
    title: str,
    found: dict[str, dict[str, list[Answers]]],
    figure: Callable[[Answers], float],
) -> None:
    """Print a table of medians over all rounds."""
    rows = []
    for what, by_name in found.items():
        medians = {name: median(list(map(figure, all_))) for name, all_ in by_name.items()}
        ours, peer, neither = (medians[name] for name in ("ours", "peer", "neither"))
        figures = (f"{it:.1f}" for it in (ours, peer, neither))
        rows.append((what, *figures, ratio(ours, peer)))
    table(title, ("ours", "dask-labextension", "neither", "ours / peer"), rows)


if __name__ == "__main__":
    main()
