"""What ten viewers of one cluster cost the Jupyter server, beside one.

``python -m benchmarks.metrics_viewers [seconds] [workers]`` starts a server with a local
cluster whose workers are busy, and opens one and then ten websockets that look at its card
and its monitor. Printed is the processor time that the server takes, and the ratio.
"""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import aiohttp

from tests.server_process import Server

from .metrics_sources import processor_time

ROUNDS = 3
"""One and ten in turn, so that the machine's moods come to both."""


class Viewer:
    """Takes all messages, and counts their bytes."""

    def __init__(self, socket: Any) -> None:
        self.size = 0
        self._socket = socket
        self._task = asyncio.create_task(self._take())

    async def _take(self) -> None:
        async for message in self._socket:
            self.size += len(message.data)

    async def close(self) -> None:
        """Look no more."""
        await self._socket.close()
        await self._task


async def watch(url: str, viewers: int, seconds: float, pid: int) -> tuple[float, int]:
    """Return the server's seconds of processor time, and the bytes that one viewer got."""
    wish = json.dumps({"watch": ["bench"], "monitor": ["bench"]})
    async with aiohttp.ClientSession() as session:
        there = []
        for _ in range(viewers):
            socket = await session.ws_connect(f"{url}api/metrics")
            await socket.send_str(wish)
            there.append(Viewer(socket))
        await asyncio.sleep(3)  # the last ten minutes are sent, connections are there
        begin, size = processor_time(pid), there[0].size
        await asyncio.sleep(seconds)
        cost, size = processor_time(pid) - begin, there[0].size - size
        for viewer in there:
            await viewer.close()
    return cost, size


async def load(address: str) -> None:
    """Keep a cluster busy."""
    from distributed import Client

    async with Client(address, asynchronous=True) as client:
        while True:
            work = client.map(lambda _: time.sleep(0.2), range(50), pure=False)
            await client.gather(work)


async def measure(server: Server, address: str, seconds: float) -> None:
    pid = server.process.pid
    busy = asyncio.create_task(load(address))
    costs: dict[int, list[float]] = {0: [], 1: [], 10: []}
    for _ in range(ROUNDS):
        for viewers, taken in costs.items():
            if viewers == 0:
                begin = processor_time(pid)
                await asyncio.sleep(seconds)
                taken.append(processor_time(pid) - begin)
                continue
            cost, size = await watch(server.url, viewers, seconds, pid)
            taken.append(cost)
            print(f"  {viewers:2} viewers: {1000 * cost / seconds:6.2f} ms/s", flush=True)
    busy.cancel()
    mean = {viewers: sum(taken) / len(taken) / seconds for viewers, taken in costs.items()}
    print(f"processor time of the server, {ROUNDS} rounds of {seconds:g} s:")
    for viewers, cost in mean.items():
        print(f"  {viewers:2} viewers {1000 * cost:6.2f} ms a second")
    print(f"one viewer gets {size / seconds:,.0f} bytes a second")
    print(f"ten viewers cost {mean[10] / mean[1]:.2f} times what one does")


def main() -> None:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 20.0
    workers = int(sys.argv[2]) if len(sys.argv) > 2 else 4
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder), "--DaskK8sApp.backend=local")
        try:
            resources = {"threads": 1, "memory": "256 MiB"}
            body = {"name": "bench", "workers": workers, "resources": resources}
            server.until("status", lambda it: it and it["state"] == "ready")
            server.ask("clusters", body)
            cluster = server.until("clusters/bench", lambda it: it["phase"] == "Running")
            asyncio.run(measure(server, cluster["scheduler_address"], seconds))
        finally:
            server.ask("clusters/bench", method="DELETE")
            server.close()


if __name__ == "__main__":
    main()
