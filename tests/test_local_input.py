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
        ({"node_selector": {"disk": "ssd"}}, "node_selector"),
        ({"tolerations": [{"key": "gpu"}]}, "tolerations"),
        ({"packages": ["polars"]}, "packages"),
        ({"lifetime": {"kind": "notebook"}}, "lifetime.kind"),
        (
            {"workers": 0, "groups": [{"name": "gpu", "resources": {"gpus": 1}}]},
            "groups[0].resources.gpus",
        ),
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


async def test_memory_of_all_groups_is_counted_together(dask_api: DaskAPI) -> None:
    _, status = await dask_api("GET", "status")
    half = f"{status['limits']['memory'] // 2**20 // 2 + 1}MiB"
    size = {"resources": {"memory": half}}
    more = {"name": "more", "workers": 1, **size}
    body = {"name": "demo", "workers": 1, **size, "groups": [more]}
    code, answer = await dask_api("POST", "clusters", body)
    assert (code, answer["details"]["field"]) == (422, "groups[0].workers")
    assert "of the other groups" in answer["message"]
    code, answer = await dask_api("POST", "clusters", {**body, "workers": 0})
    assert code == 201, answer
    code, answer = await dask_api("PATCH", "clusters/demo", {"workers": 1})
    assert (code, answer["details"]["field"]) == (422, "workers")
    code, answer = await dask_api("PATCH", "clusters/demo", {"adapt": {"maximum": 1}})
    assert (code, answer["details"]["field"]) == (422, "adapt.maximum")
