"""GPUs as NVML tells of them, through real workers to the monitor and the card.

On a machine with a GPU (and the package nvidia-ml-py) this is real NVML; a stand-in takes
its place otherwise, and everything else is the same.
"""

from __future__ import annotations

from typing import Any

import pytest

from jupyter_dask_k8s.pytest_plugin import DaskAPI

from .contract.test_clusters import create
from .contract.test_monitor import Viewer
from .nvml import put_nvml

SECOND = {"CUDA_VISIBLE_DEVICES": "1"}


async def look(jp_ws_fetch: Any) -> Viewer:
    viewer = Viewer(await jp_ws_fetch("dask-k8s", "api", "metrics"))
    await viewer.wish(monitor=["demo"])
    return viewer


async def test_gpus_of_workers(
    dask_api: DaskAPI, jp_ws_fetch: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    nvml = put_nvml(monkeypatch)
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    devices = min(2, nvml.nvmlDeviceGetCount())
    await create(dask_api, "demo", workers=2)
    if devices == 2:
        body = {"name": "second", "workers": 1, "env": SECOND}
        body["resources"] = {"threads": 1, "memory": "512 MiB"}
        status, answer = await dask_api("POST", "clusters/demo/groups", body)
        assert status == 201, answer
        await dask_api.running("demo")
    viewer = await look(jp_ws_fetch)

    def complete(sample: dict[str, Any]) -> bool:
        told = sample["columns"]["gpu_memory"]
        return len(told) == devices + 1 and None not in told

    sample = await viewer.until(complete)
    handles = [nvml.nvmlDeviceGetHandleByIndex(it) for it in range(devices)]
    memory = [nvml.nvmlDeviceGetMemoryInfo(it) for it in handles]
    print(f"{devices} devices of {nvml.__name__}: {sample['gpu']}")
    gpu = sample["gpu"]
    # Both workers of the first group have the same device: it counts once.
    assert gpu["count"] == devices
    assert gpu["memory_total"] == sum(it.total for it in memory)
    assert 0 < gpu["memory"] < gpu["memory_total"]
    assert 0 <= gpu["utilization"] <= 100
    assert all(0 <= it <= 100 for it in sample["columns"]["gpu_use"])

    name = nvml.nvmlDeviceGetName(handles[0])
    facts = viewer.workers.values()
    names = {it["name"]: it["gpu"] for it in facts}
    assert names["default-0"] == (name if isinstance(name, str) else name.decode())
    by_name = {it["name"]: it["gpu_device"] for it in facts}
    assert by_name["default-0"] == by_name["default-1"]
    assert len(set(by_name.values())) == devices
    for worker, used in zip(
        sample["columns"]["ids"], sample["columns"]["gpu_memory"], strict=True
    ):
        total = viewer.workers[worker]["gpu_memory_total"]
        assert total in {it.total for it in memory}
        assert 0 <= used * 2**20 <= total

    # The card, and the plots.
    _, metrics = await dask_api("GET", "clusters/demo/metrics")
    assert (metrics["gpu"]["count"], metrics["gpu"]["memory_total"]) == (
        devices,
        gpu["memory_total"],
    )
    _, answer = await dask_api("GET", "clusters/demo/plots")
    (plot,) = (it for it in answer["plots"] if it["path"] == "individual-gpu-memory")
    assert (plot["useful"], plot["empty_reason"]) == (True, "")
    viewer.close()


async def test_parts_of_a_gpu(
    dask_api: DaskAPI, jp_ws_fetch: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """MIG: NVML tells of memory, not of use. With the stand-in only."""
    if put_nvml(monkeypatch).__name__ != "standin_nvml":
        pytest.skip("There is a GPU here, and its mode is not ours to change.")
    monkeypatch.setenv("STANDIN_MIG", "1")
    await create(dask_api, "demo", workers=1)
    viewer = await look(jp_ws_fetch)
    sample = await viewer.until(lambda it: it["columns"]["gpu_memory"] not in ([], [None]))
    assert sample["columns"]["gpu_use"] == [None]
    assert sample["gpu"]["utilization"] is None
    assert sample["gpu"]["memory"] > 0
    viewer.close()
