"""How tasks end."""

from __future__ import annotations

import asyncio

import pytest

from jupyter_dask_k8s import tasks


def test_tasks_end_however_they_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "AGAIN", 0.05)
    asked = 0

    async def deaf() -> None:
        """Lose the first cancellation, as `asyncio.wait_for` does at times."""
        nonlocal asked
        while True:
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                asked += 1
                if asked > 1:
                    raise

    async def broken() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            raise ValueError("nobody hears this")

    async def run() -> None:
        running = [asyncio.create_task(it()) for it in (deaf, broken)]
        running.append(asyncio.create_task(asyncio.sleep(0)))
        await asyncio.sleep(0.01)
        await asyncio.wait_for(tasks.end(running), 5)
        assert all(it.done() for it in running)
        await tasks.end([])

    asyncio.run(run())
    assert asked == 2
