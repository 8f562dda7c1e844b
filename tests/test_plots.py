"""Why plots would show nothing: of schedulers without bokeh, of clusters without GPUs."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from jupyter_dask_k8s.models import Cluster, GPUMetrics, WorkerGroup
from jupyter_dask_k8s.plots import why_no_gpu
from jupyter_dask_k8s.pytest_plugin import DaskAPI

from .test_store import make_cluster


async def test_a_scheduler_without_bokeh_says_so(
    dask_api: DaskAPI, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "bokeh").mkdir()
    (tmp_path / "bokeh" / "__init__.py").write_text("raise ImportError('no bokeh')\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=os.pathsep)
    await dask_api("POST", "clusters", {"name": "demo", "workers": 1})
    await dask_api.running("demo")
    status, answer = await dask_api("GET", "clusters/demo/plots")
    assert (status, answer.get("reason")) == (404, "NoDashboard"), answer
    assert answer["message"].startswith("“demo” has no dashboard: bokeh is missing here.")
    assert "bokeh>=" in answer["message"]


def on_kubernetes(**group: int) -> Cluster:
    values: dict[str, Any] = {"name": "default", "desired": 1, "ready": 1, **group}
    return make_cluster(backend="kubernetes", groups=[WorkerGroup(**values)])


def test_which_gpu_is_missing() -> None:
    gpu = GPUMetrics(count=1, memory=0, memory_total=1, utilization=0)
    assert why_no_gpu(on_kubernetes(gpus=1), gpu) == ""
    assert "asks for a GPU" in why_no_gpu(on_kubernetes(gpus=0), None)
    assert "not ready yet" in why_no_gpu(on_kubernetes(gpus=1, ready=0), None)
    assert "missing in their image" in why_no_gpu(on_kubernetes(gpus=1), None)
    assert "finds none here" in why_no_gpu(make_cluster("demo"), None)
