"""What is missing, and since when: for the panel and for programs."""

from __future__ import annotations

import datetime
from typing import Any

from .fake_kubernetes import FakeKubernetes, run_backend, until

LIST_PODS = "GET api/v1/namespaces/team-a/pods"
WATCH = "GET apis/kubernetes.dask.org/v1/namespaces/team-a/daskclusters"


async def test_all_is_well(jp_asyncio_loop: Any) -> None:
    async with run_backend(FakeKubernetes()) as backend:
        assert (backend.stale_since, backend.missing) == (None, [])


async def test_a_permission(jp_asyncio_loop: Any) -> None:
    fake = FakeKubernetes()
    # Of what we can do without nothing is said.
    fake.forbidden = {"list deployments", "list configmaps", "list resourcequotas"}
    async with run_backend(fake) as backend:
        assert backend.missing == ["permission"]
        assert backend.stale_since is not None


async def test_an_api_that_breaks_and_comes_back(jp_asyncio_loop: Any) -> None:
    fake = FakeKubernetes()
    async with run_backend(fake) as backend:
        before = datetime.datetime.now(datetime.timezone.utc)
        fake.down = True
        for plural in ("daskclusters", "pods"):
            fake.break_watches(plural)
        await until(lambda: backend.missing == ["api"])
        since = backend.stale_since
        assert since is not None
        assert since >= before
        await until(lambda: fake.asked.count(LIST_PODS) + fake.asked.count(WATCH) > 3)
        # It is the first failure that counts, not the last.
        assert backend.stale_since == since
        fake.down = False
        await until(lambda: not backend.missing)
        assert backend.stale_since is None


async def test_an_operator(jp_asyncio_loop: Any) -> None:
    fake = FakeKubernetes()
    fake.missing = {"daskclusters", "daskworkergroups", "daskautoscalers", "daskjobs"}
    async with run_backend(fake, synced=False) as backend:
        await until(lambda: backend.missing)
        assert backend.missing == ["operator"]
        assert backend.operator is False
