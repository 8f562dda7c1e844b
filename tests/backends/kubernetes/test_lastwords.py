"""The last words of containers, from an API server that counts what is asked."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from aiohttp import web

from jupyter_dask_k8s.backends.kubernetes.lastwords import LastWords
from jupyter_dask_k8s.backends.kubernetes.objects import ContainerStatus, Pod

from .diagnosis.builders import container, ended, pod
from .fake_api import LOG, FakeAPI, serve, status

LINES = "starting\nTraceback (most recent call last):\nImportError: no module\n"


class Logs(FakeAPI):
    def __init__(self) -> None:
        super().__init__()
        self.asked: list[dict[str, str]] = []
        self.answer: web.Response | None = None

    async def handle(self, request: web.Request) -> web.StreamResponse:
        assert request.path.endswith("/pods/demo-worker-abc12/log")
        self.asked.append(dict(request.query))
        return self.answer or web.Response(text=LINES)


@pytest.fixture
def logs() -> Logs:
    return Logs()


def crashed(restarts: int, **state: Any) -> tuple[Pod, ContainerStatus]:
    if not state:
        state = {
            "state": {"waiting": {"reason": "CrashLoopBackOff"}},
            "lastState": ended(1),
        }
    found = pod(containerStatuses=[container(restartCount=restarts, **state)])
    return found, found.status.container_statuses[0]


async def heard(changes: asyncio.Queue[str]) -> str:
    return await asyncio.wait_for(changes.get(), 5)


async def test_read_once_a_restart(logs: Logs) -> None:
    changes: asyncio.Queue[str] = asyncio.Queue()
    async with serve(logs) as api:
        last = LastWords(api, changes.put_nowait, LOG)
        assert last.words(*crashed(3)) == ""
        assert last.words(*crashed(3)) == ""
        assert await heard(changes) == "demo"
        assert last.words(*crashed(3)) == "ImportError: no module"
        assert len(logs.asked) == 1
        assert logs.asked[0]["previous"] == "true"
        assert logs.asked[0]["container"] == "worker"
        # The next time: the words of before are shown until the new ones are known.
        logs.answer = web.Response(text="ValueError: other\n")
        assert last.words(*crashed(4)) == "ImportError: no module"
        await heard(changes)
        assert last.words(*crashed(4)) == "ValueError: other"
        assert len(logs.asked) == 2
        await last.close()


async def test_one_that_has_just_ended(logs: Logs) -> None:
    changes: asyncio.Queue[str] = asyncio.Queue()
    async with serve(logs) as api:
        last = LastWords(api, changes.put_nowait, LOG)
        last.words(*crashed(0, state=ended(1)))
        await heard(changes)
        assert logs.asked[0]["previous"] == "false"
        # It is the same end when the back-off begins.
        assert last.words(*crashed(1)) == "ImportError: no module"
        assert len(logs.asked) == 1
        await last.close()


async def test_a_message_of_the_container_costs_nothing(logs: Logs) -> None:
    async with serve(logs) as api:
        last = LastWords(api, lambda name: None, LOG)
        told = crashed(1, state=ended(1, "Error", "line\nKeyError: 'x'\n"))
        assert last.words(*told) == "KeyError: 'x'"
        assert logs.asked == []
        await last.close()


async def test_logs_that_we_may_not_read(logs: Logs) -> None:
    changes: asyncio.Queue[str] = asyncio.Queue()
    logs.answer = status(403, "Forbidden", 'User "a" cannot get resource "pods/log"')
    async with serve(logs) as api:
        last = LastWords(api, changes.put_nowait, LOG)
        last.words(*crashed(3))
        for _ in range(100):
            if not last._tasks:
                break
            await asyncio.sleep(0.02)
        assert last.words(*crashed(3)) == ""
        assert len(logs.asked) == 1
        assert changes.empty()
        await last.close()
