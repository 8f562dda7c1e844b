"""Requests that make no sense for processes of one machine."""

from __future__ import annotations

from typing import Any

import pytest

from jupyter_dask_k8s.pytest_plugin import DaskAPI


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"resources": {"gpus": 1}}, "resources.gpus"),
        ({"image": "ghcr.io/dask/dask:latest"}, "image"),
        ({"worker_command": ["dask-cuda-worker"]}, "worker_command"),
        ({"resources": {"cpu": "2"}}, "resources.cpu"),
    ],
)
async def test_what_only_kubernetes_has(
    dask_api: DaskAPI, body: dict[str, Any], field: str
) -> None:
    status, answer = await dask_api("POST", "clusters", body)
    assert (status, answer["details"]["field"]) == (422, field)
    assert await dask_api("GET", "clusters") == (200, {"clusters": []})


async def test_memory_is_counted_with_arithmetic(dask_api: DaskAPI) -> None:
    _, status = await dask_api("GET", "status")
    half = f"{status['limits']['memory'] // 2**20 // 2 + 1}MiB"
    body = {"workers": 2, "resources": {"memory": half}}
    code, answer = await dask_api("POST", "clusters", body)
    assert code == 422
    assert "2 workers with" in answer["message"]
    assert "this machine has" in answer["message"]
