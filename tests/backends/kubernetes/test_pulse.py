"""What an open watch does not tell: a server that hangs, rights that are gone."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from jupyter_dask_k8s.backends.kubernetes import pulse

from .fake_kubernetes import FakeKubernetes, run_backend, until

LIST = "GET apis/kubernetes.dask.org/v1/namespaces/team-a/daskclusters"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pulse, "PAUSE", 0.05)
    monkeypatch.setattr(pulse, "LIMIT", 0.3)


async def test_one_question_for_each_reading(jp_asyncio_loop: Any) -> None:
    fake = FakeKubernetes()
    async with run_backend(fake) as backend:
        before = fake.asked.count(LIST)
        await asyncio.sleep(0.3)
        assert fake.asked.count(LIST) == before
        backend.look()
        await until(lambda: fake.asked.count(LIST) > before)
        await asyncio.sleep(0.3)
        assert fake.asked.count(LIST) == before + 1


async def test_nobody_looks(jp_asyncio_loop: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is wrong is asked again only as long as somebody may want to know."""
    monkeypatch.setattr(pulse, "LOOKED", 0.2)
    fake = FakeKubernetes()
    async with run_backend(fake) as backend:
        fake.forbidden = {"list daskclusters"}
        backend.look()
        await until(lambda: backend.missing == ["permission"])
        await asyncio.sleep(0.4)
        after = fake.asked.count(LIST)
        await asyncio.sleep(0.3)
        assert fake.asked.count(LIST) == after


async def begun(fake: FakeKubernetes) -> int:
    """Return how many watches there are once all have begun."""
    count = -1
    while count != len(fake.watches):
        count = len(fake.watches)
        await asyncio.sleep(0.3)
    return count


async def test_a_server_that_hangs(jp_asyncio_loop: Any) -> None:
    fake = FakeKubernetes()
    async with run_backend(fake) as backend:
        watches = await begun(fake)
        fake.awake.clear()
        backend.look()
        await until(lambda: backend.missing == ["api"])
        assert backend.trouble.endswith("does not answer in time.")
        assert backend.stale_since is not None
        fake.awake.set()
        await until(lambda: not backend.missing)
        assert not backend.trouble
        assert not backend.stale_since
        # Wires that hung may be dead now: what is watched is watched anew.
        await until(lambda: len(fake.watches) == 2 * watches)


async def test_a_machine_that_slept(
    jp_asyncio_loop: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody tells that connections were forgotten meanwhile."""
    fake = FakeKubernetes()
    async with run_backend(fake) as backend:
        watches = await begun(fake)
        backend.look()
        await asyncio.sleep(0.3)
        assert len(fake.watches) == watches
        monkeypatch.setattr(pulse, "JUMP", -1.0)  # any time is a jump
        backend.look()
        await until(lambda: len(fake.watches) == 2 * watches)


async def test_rights_that_are_taken_away(jp_asyncio_loop: Any) -> None:
    """The watches go on for minutes, and the next ones would be refused."""
    fake = FakeKubernetes()
    async with run_backend(fake) as backend:
        fake.forbidden = {
            f"{verb} {kind}"
            for verb in ("list", "watch")
            for kind in ("daskclusters", "pods", "services")
        }
        backend.look()
        await until(lambda: backend.missing == ["permission"])
        assert "may not list daskclusters.kubernetes.dask.org" in backend.trouble
        for kind in ("daskclusters", "pods", "services"):
            fake.break_watches(kind)
        words = "may not list or watch daskclusters, pods and services in team-a."
        await until(lambda: words in backend.trouble)
        fake.forbidden = set()
        # Long before the half minute after which each watch asks again.
        await until(lambda: not backend.missing, 20)


async def test_resources_that_are_taken_away(jp_asyncio_loop: Any) -> None:
    fake = FakeKubernetes()
    async with run_backend(fake) as backend:
        backend.look()
        fake.missing = {"daskclusters", "daskworkergroups"}
        for kind in fake.missing:
            fake.break_watches(kind)
        await until(lambda: backend.missing == ["operator"])
        assert backend.trouble.count("has no Dask operator") == 1
        fake.missing = set()
        await until(lambda: not backend.missing, 20)
        assert backend.operator is True
