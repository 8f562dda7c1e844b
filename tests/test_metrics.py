"""Readings of busy schedulers, with our page and with Dask's own."""

from __future__ import annotations

from typing import Any

from jupyter_dask_k8s.pytest_plugin import DaskAPI
from jupyter_dask_k8s.services import SETTINGS_KEY
from jupyter_dask_k8s.store import Entry


async def test_schedulers_with_dasks_own_pages_only(
    dask_api: DaskAPI, jp_serverapp: Any
) -> None:
    await dask_api("POST", "clusters", {"name": "demo", "workers": 1})
    await dask_api.running("demo")
    store = jp_serverapp.web_app.settings[SETTINGS_KEY].store
    entry = store.entry("demo")
    _, own = await dask_api("GET", "clusters/demo/metrics")
    store.put(Entry(entry.cluster, entry.dashboard))
    status, foreign = await dask_api("GET", "clusters/demo/metrics")
    assert status == 200
    for field in ("workers", "threads", "memory_limit", "finished"):
        assert foreign[field] == own[field]
