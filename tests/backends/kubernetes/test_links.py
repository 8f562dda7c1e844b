"""Whether workers have come to their scheduler."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from jupyter_dask_k8s.backends.kubernetes import links
from jupyter_dask_k8s.backends.kubernetes.links import LinkWatch
from jupyter_dask_k8s.errors import SchedulerUnavailable
from jupyter_dask_k8s.readings import Readings, WorkerReading
from jupyter_dask_k8s.store import Entry


class Scheduler:
    """Knows so many workers; ``None``: does not answer."""

    def __init__(self, *workers: int | None) -> None:
        self.workers = list(workers)
        self.asked = 0

    async def read(self, client: Any, entry: Any) -> Readings:
        self.asked += 1
        known = self.workers.pop(0) if len(self.workers) > 1 else self.workers[0]
        if known is None:
            raise SchedulerUnavailable("no")
        return Readings([WorkerReading() for _ in range(known)], {}, None)


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(links, "PAUSES", (0.02, 0.05))


def watch(scheduler: Scheduler, monkeypatch: pytest.MonkeyPatch) -> tuple[Any, list[str]]:
    changes: list[str] = []
    monkeypatch.setattr(links, "read_readings", scheduler.read)

    def entry(name: str) -> Entry:
        return None  # type: ignore[return-value]

    return LinkWatch(None, entry, changes.append), changes  # type: ignore[arg-type]


async def until(accept: Any) -> None:
    for _ in range(200):
        if accept():
            return
        await asyncio.sleep(0.01)
    raise AssertionError


async def test_one_question_where_all_is_well(
    soon: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    scheduler = Scheduler(2)
    found, changes = watch(scheduler, monkeypatch)
    found.watch("demo", "a", 2)
    await until(lambda: scheduler.asked == 1)
    found.watch("demo", "a", 2)
    await asyncio.sleep(0.15)
    assert (scheduler.asked, found.missing("demo"), changes) == (1, 0, [])
    await found.close()


async def test_workers_that_never_come(soon: None, monkeypatch: pytest.MonkeyPatch) -> None:
    scheduler = Scheduler(None, 0, 1, 1, 1, 1, 2)
    found, changes = watch(scheduler, monkeypatch)
    found.watch("demo", "a", 2)
    await until(lambda: changes)
    # Told when it was so twice: the first answer might have come too early.
    assert (found.missing("demo"), scheduler.asked) == (1, 3)
    await until(lambda: len(changes) == 2)
    assert (found.missing("demo"), scheduler.asked) == (0, 7)
    await found.close()


async def test_other_workers(soon: None, monkeypatch: pytest.MonkeyPatch) -> None:
    scheduler = Scheduler(0)
    found, changes = watch(scheduler, monkeypatch)
    found.watch("demo", "a", 2)
    await until(lambda: changes)
    found.watch("demo", "", 0)
    assert found.missing("demo") == 0
    assert changes == ["demo", "demo"]
    asked = scheduler.asked
    await asyncio.sleep(0.15)
    assert scheduler.asked == asked
    await found.close()
