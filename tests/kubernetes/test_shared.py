"""Clusters that the platform provides: to be used and scaled within bounds, and no more."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from .workbench import Workbench, bench, count, empty_bench

__all__ = ["bench", "empty_bench"]

REFUSED = (403, 422)


@pytest.fixture(scope="module")
def commons(bench: Workbench) -> str:
    """A shared cluster of one to three workers."""
    path = provide(bench, "commons", "dask-k8s/shared=true")
    bounds = ("dask-k8s/min-workers=1", "dask-k8s/max-workers=3")
    bench.kubectl("annotate", "--overwrite", "-f", path, *bounds)
    bench.until("commons", lambda it: it and it["bounds"])
    bench.running("commons")
    return "commons"


def provide(bench: Workbench, name: str, label: str = "") -> Path:
    """Do what a platform does for each namespace."""
    text = bench.manifest("simple.yaml").read_text()
    text = text.replace("simple", name).replace("replicas: 2", "replicas: 1")
    path = bench.manifest("simple.yaml").with_name(f"{name}.yaml")
    path.write_text(text)
    bench.kubectl("create", "-f", path)
    if label:
        bench.kubectl("label", "-f", path, label)
    return path


def test_its_card(bench: Workbench, commons: str) -> None:
    seen = bench.done("GET", f"clusters/{commons}")
    assert seen["shared"]
    assert seen["bounds"] == {"minimum": 1, "maximum": 3}
    assert count(seen) == (1, 1)


def test_attaching(bench: Workbench, commons: str) -> None:
    assert "shutdown_on_close=False" in bench.export(commons, "kubecluster")
    with bench.client(commons) as client:
        client.wait_for_workers(1, timeout=60)
        assert client.submit(sum, [20, 22]).result(timeout=30) == 42


def test_scaling_within_bounds(bench: Workbench, commons: str) -> None:
    bench.done("PATCH", f"clusters/{commons}", {"workers": 2})
    assert count(bench.running(commons)) == (2, 2)
    bench.done("PATCH", f"clusters/{commons}", {"workers": 1})
    assert count(bench.running(commons)) == (1, 1)


@pytest.mark.parametrize(
    ("body", "number"),
    [
        ({"workers": 0}, "1"),
        ({"workers": 4}, "3"),
        ({"adapt": {"minimum": 1, "maximum": 5}}, "3"),
        ({"adapt": {"minimum": 0, "maximum": 2}}, "1"),
    ],
)
def test_scaling_beyond(bench: Workbench, commons: str, body: Any, number: str) -> None:
    status, answer = bench.ask("PATCH", f"clusters/{commons}", body)
    assert status in REFUSED, answer
    assert number in answer["message"]
    seen = bench.done("GET", f"clusters/{commons}")
    assert (seen["adapt"], count(seen)) == (None, (1, 1))


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("DELETE", "", None),
        ("PATCH", "", {"lifetime": {"kind": "idle", "seconds": 60}}),
        ("POST", "/groups", {"name": "more", "workers": 1}),
        ("DELETE", "/groups/default", None),
    ],
)
def test_the_rest_is_not_ours(
    bench: Workbench, commons: str, method: str, path: str, body: Any
) -> None:
    status, answer = bench.ask(method, f"clusters/{commons}{path}", body)
    assert status == 403, answer
    assert commons in answer["message"]
    assert count(bench.running(commons)) == (1, 1)
    assert "deletionTimestamp" not in bench.get("daskcluster", commons)["metadata"]


def test_the_one_named_dask_cluster(bench: Workbench) -> None:
    provide(bench, "dask-cluster")
    seen = bench.running("dask-cluster")
    assert (seen["shared"], seen["bounds"]) == (True, None)
    status, answer = bench.ask("DELETE", "clusters/dask-cluster")
    assert status == 403, answer
    bench.done("PATCH", "clusters/dask-cluster", {"workers": 2})
    assert count(bench.running("dask-cluster")) == (2, 2)
