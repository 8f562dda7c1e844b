"""The monitor of a cluster, on every backend."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from typing import Any

from jupyter_dask_k8s.pytest_plugin import DaskAPI
from jupyter_dask_k8s.services import SETTINGS_KEY

from .test_clusters import Connect, create


class Viewer:
    """Takes the frames of a websocket as the front end does."""

    def __init__(self, socket: Any) -> None:
        self._socket = socket
        self.kinds: list[str] = []
        self.workers: dict[int, dict[str, Any]] = {}
        self.samples: list[dict[str, Any]] = []
        self.reason = ""

    async def wish(self, **message: list[str]) -> None:
        await self._socket.write_message(json.dumps({"watch": [], **message}))

    async def take(self, limit: float) -> None:
        message = await asyncio.wait_for(self._socket.read_message(), limit)
        assert message is not None
        frame = json.loads(message)
        self.kinds.append(frame["kind"])
        if frame["kind"] == "metrics":
            return
        if frame["start"]:
            self.workers, self.samples = {}, []
        self.workers |= {it["id"]: it for it in frame["workers"]}
        self.samples += frame["samples"]
        self.reason = frame["reason"]

    async def until(
        self, accept: Callable[[dict[str, Any]], Any], limit: float = 30
    ) -> Any:
        """Return the first sample, from now on, that is as wanted."""
        end = time.monotonic() + limit
        while True:
            seen = len(self.samples)
            await self.take(limit)
            for sample in self.samples[seen:] if seen <= len(self.samples) else []:
                if accept(sample):
                    return sample
            assert time.monotonic() < end, self.samples[-1:]

    def close(self) -> None:
        self._socket.close()


async def test_the_monitor_follows_the_work(
    dask_api: DaskAPI, jp_ws_fetch: Any, jp_serverapp: Any, connect: Connect
) -> None:
    async def look(**message: list[str]) -> Viewer:
        viewer = Viewer(await jp_ws_fetch("dask-k8s", "api", "metrics"))
        await viewer.wish(**message)
        return viewer

    cluster = await create(dask_api, "demo", workers=1)
    viewer = await look(watch=["demo"], monitor=["demo"])
    first = await viewer.until(lambda it: it["memory"] > 2**20)
    assert (first["workers"], first["threads"], first["guessed"]) == (1, 1, False)
    assert first["memory"] < first["memory_limit"] == 512 * 2**20
    assert first["memory"] == first["managed"] + first["unmanaged"]
    (facts,) = viewer.workers.values()
    assert facts["name"]
    assert (facts["threads"], facts["memory_limit"]) == (1, 512 * 2**20)
    assert first["columns"]["ids"] == [facts["id"]]

    async with connect(cluster) as client:
        work = client.map(lambda it: bytes(10**6), range(30), key="make", pure=False)
        await asyncio.wait_for(client.gather(client.map(len, work, key="len")), 60)

        def made(sample: dict[str, Any]) -> dict[str, Any]:
            prefixes = {it["name"]: it for it in sample["prefixes"]}
            made: dict[str, Any] = prefixes.get("make", {"memory": 0})
            return made

        # A worker tells twice a second what it holds.
        busy = await viewer.until(
            lambda it: it["managed"] > 25e6 and made(it)["memory"] == 30
        )
        make = made(busy)
        assert make["finished"] == 30
        assert make["color"].startswith("#")
        assert busy["finished"] >= 60
        assert sum(it["finished"] for it in busy["prefixes"]) == busy["finished"]
        assert busy["columns"]["managed"][0] >= 20
        assert {"metrics", "monitor"} == set(viewer.kinds)
        del work

    # Who opens it late finds what was seen before, and then the same as the other.
    late = await look(monitor=["demo"])
    await late.take(10)
    assert set(late.kinds) == {"monitor"}
    times = [it["time"] for it in late.samples]
    assert times == sorted(times)
    assert first["time"] in times
    assert busy["time"] in times
    assert late.workers == viewer.workers
    fresh = await late.until(lambda it: it["time"] not in times)
    assert await viewer.until(lambda it: it["time"] == fresh["time"]) == fresh

    hub = jp_serverapp.web_app.settings[SETTINGS_KEY].metrics
    assert hub.reading == ["demo"]
    viewer.close()
    late.close()
    for _ in range(100):
        if not hub.reading:
            break
        await asyncio.sleep(0.05)
    assert not hub.reading
