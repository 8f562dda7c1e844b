"""A scheduler that does not answer who reads it: the list of clusters tells that, too."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest

from jupyter_dask_k8s.monitor import silence
from jupyter_dask_k8s.store import SILENT

from ..test_store import make_cluster
from .ground import Ground, stand


@pytest.fixture(autouse=True)
def hurry(monkeypatch: Any) -> None:
    monkeypatch.setattr(silence, "PATIENCE", 0.3)
    monkeypatch.setattr(silence, "PAUSES", (0.1, 0.2))


async def until(ground: Ground, reason: str) -> None:
    """Return once the list says so."""
    for _ in range(500):
        if ground.store.get("demo").reason == reason:
            return
        await asyncio.sleep(0.01)
    raise AssertionError(ground.store.get("demo"))


async def test_a_silence_is_told_until_there_is_an_answer() -> None:
    async with stand() as ground:
        before = ground.store.get("demo")
        card = ground.look(monitor=False)
        await card.until(lambda it: it.messages)
        ground.scheduler.silent = True
        await until(ground, SILENT)
        told = ground.store.get("demo")
        assert (told.phase, told.since is None) == ("Running", False)
        # Its readings do not say it twice.
        assert card.frames[-1]["reason"] == "The scheduler of “demo” does not answer."
        # What the backend finds meanwhile does not hide it.
        ground.put(make_cluster(profile="small"))
        assert ground.store.get("demo").reason == SILENT
        ground.scheduler.silent = False
        await until(ground, "")
        assert ground.store.get("demo") == make_cluster(profile="small")
        assert before.reason == ""


async def test_it_is_told_that_it_is_back_although_nobody_looks() -> None:
    async with stand() as ground:
        card = ground.look(monitor=False)
        ground.scheduler.silent = True
        await until(ground, SILENT)
        ground.turn(card, monitor=False)
        asked, begin = ground.scheduler.asked, time.monotonic()
        await asyncio.sleep(0.5)
        questions = ground.scheduler.asked - asked
        # aiohttp asks once more where a connection that it had kept breaks.
        assert 0 < questions <= 2 + 2 * (time.monotonic() - begin) / 0.1
        assert ground.store.get("demo").reason == SILENT
        ground.scheduler.silent = False
        await until(ground, "")
        # And then nobody asks any more.
        asked = ground.scheduler.asked
        await asyncio.sleep(0.5)
        assert ground.scheduler.asked == asked


async def test_what_is_no_silence() -> None:
    """An answer that is an error; and what its backend knows better."""
    async with stand() as ground:
        ground.look(monitor=False)
        ground.scheduler.broken = True
        await asyncio.sleep(0.8)
        assert ground.store.get("demo").reason == ""
        ground.scheduler.broken, ground.scheduler.silent = False, True
        await until(ground, SILENT)
        ground.put(make_cluster(phase="Stopping", reason="Shutting down."))
        assert ground.store.get("demo").reason == "Shutting down."
        await asyncio.sleep(0.5)
        ground.put(make_cluster())
        assert ground.store.get("demo").reason == ""


async def test_another_cluster_of_the_same_name_is_not_blamed() -> None:
    async with stand() as ground:
        card = ground.look(monitor=False)
        ground.scheduler.silent = True
        await until(ground, SILENT)
        ground.turn(card, monitor=False)
        entry = ground.store.entry("demo")
        ground.store.remove("demo")
        ground.store.put(entry)
        ground.put(make_cluster())
        assert ground.store.get("demo").reason == ""
