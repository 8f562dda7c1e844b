"""How one makes, sees and deletes a cluster with our API, and with the peer's."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import aiohttp

WORKERS, THREADS, MEMORY = 1, 4, "2 GiB"


class OurClusters:
    """Each request is answered at once; what comes of it is in the list."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self._session = session
        self.list_url = f"{url}dask-k8s/api/clusters"

    async def ready(self) -> None:
        """Wait until there is a list."""
        while await self._status(self.list_url) != 200:  # noqa: ASYNC110
            await asyncio.sleep(0.1)

    async def create(self, name: str) -> str:
        """Return under which name it is known."""
        resources = {"threads": THREADS, "memory": MEMORY}
        body = {"name": name, "workers": WORKERS, "resources": resources}
        async with self._session.post(self.list_url, data=json.dumps(body)) as answer:
            assert answer.status == 201, await answer.text()
        return name

    async def address(self, name: str) -> str:
        """Wait until it runs, and return its scheduler's address."""
        while True:
            cluster = await self._read(name)
            if cluster["phase"] != "Pending":
                assert cluster["phase"] == "Running", cluster
                return str(cluster["scheduler_address"])
            await asyncio.sleep(0.25)

    async def delete(self, name: str) -> None:
        """Wait until it is gone."""
        url = f"{self.list_url}/{name}"
        async with self._session.delete(url) as answer:
            assert answer.status == 204, await answer.text()
        while await self._status(url) != 404:  # noqa: ASYNC110
            await asyncio.sleep(0.25)

    def page(self, name: str, path: str) -> str:
        """Return the URL of a page of its dashboard."""
        base = self.list_url.replace("/api/clusters", "/clusters")
        return f"{base}/{name}/dashboard/{path}"

    async def _read(self, name: str) -> Any:
        async with self._session.get(f"{self.list_url}/{name}") as answer:
            return await answer.json()

    async def _status(self, url: str) -> int:
        async with self._session.get(url) as answer:
            return answer.status


class PeerClusters:
    """Each request is answered when it is done."""

    ENVIRON = {  # noqa: RUF012
        "DASK_LABEXTENSION__FACTORY__KWARGS": str(
            {
                "n_workers": WORKERS,
                "threads_per_worker": THREADS,
                "memory_limit": MEMORY,
                "dashboard_address": "127.0.0.1:0",
            }
        )
    }

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self._session = session
        self.list_url = f"{url}dask/clusters"

    async def create(self, name: str) -> str:
        """Return under which name it is known."""
        async with self._session.put(self.list_url) as answer:
            assert answer.status == 200, await answer.text()
            return str((await answer.json())["id"])

    async def address(self, name: str) -> str:
        """Return its scheduler's address."""
        async with self._session.get(f"{self.list_url}/{name}") as answer:
            return str((await answer.json())["scheduler_address"])

    async def delete(self, name: str) -> None:
        """Delete it, which takes as long as it takes."""
        async with self._session.delete(f"{self.list_url}/{name}") as answer:
            assert answer.status == 204, await answer.text()

    def page(self, name: str, path: str) -> str:
        """Return the URL of a page of its dashboard."""
        base = self.list_url.replace("/clusters", "/dashboard")
        return f"{base}/{name}/{path}"
