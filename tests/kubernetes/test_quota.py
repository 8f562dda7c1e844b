"""A namespace with little room: what fits is made, what does not is refused at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from .conftest import kubectl
from .workbench import SMALL, Workbench, bench, count, empty_bench

__all__ = ["bench", "empty_bench"]

MIB = 2**20
Apply = Callable[[dict[str, Any]], None]

QUOTA = {
    "apiVersion": "v1",
    "kind": "ResourceQuota",
    "metadata": {"name": "team"},
    # A scheduler of 512 MiB, and three workers of 320 MiB.
    "spec": {"hard": {"limits.memory": "1500Mi", "pods": "10"}},
}
LIMIT_RANGE = {
    "apiVersion": "v1",
    "kind": "LimitRange",
    "metadata": {"name": "bounds"},
    "spec": {"limits": [{"type": "Container", "max": {"memory": "600Mi"}}]},
}


@pytest.fixture
def apply(bench: Workbench, kubeconfig: Path) -> Iterator[Apply]:
    """Apply as the administrator; all of it goes again."""
    space = ("-n", bench.team.namespace)

    def run(body: dict[str, Any]) -> None:
        kubectl("apply", *space, "-f", "-", kubeconfig=kubeconfig, body=body)

    yield run
    for kind in ("resourcequota", "limitrange"):
        kubectl("delete", kind, "--all", *space, kubeconfig=kubeconfig)


def until_room(bench: Workbench, accept: Callable[[Any], bool], limit: float) -> Any:
    """Return what is left once it is as wanted."""
    found = bench.server.until(
        "status", lambda it: it is not None and accept(it["limits"]["room"]), limit
    )
    return found["limits"]["room"]


def whole_form(bench: Workbench) -> Any:
    return bench.done("GET", "profiles")["form"]


def test_a_quota(bench: Workbench, apply: Apply) -> None:
    assert "x-room" not in whole_form(bench)
    apply(QUOTA)
    room = until_room(bench, lambda it: it is not None, 5)
    assert (room["memory"], room["pods"]) == (1500 * MIB, 10)
    assert room["sentence"] == (
        "Left of the quota “team”: 1.5 GiB of 1.5 GiB, 10 of 10 pods."
    )
    form = whole_form(bench)
    assert form["x-room"] == {"memory": (1500 - 512) * MIB, "pods": 9}
    assert room["sentence"] in form["properties"]["workers"]["description"]

    # What does not fit is refused, and nothing is made.
    body = {"name": "demo", "workers": 4, "resources": SMALL}
    for path in ("clusters", "preview"):
        status, answer = bench.ask("POST", path, body)
        assert (status, answer["details"]["field"]) == (422, "workers")
        assert answer["message"] == (
            "4 workers with 320 MiB each want 1.2 GiB, the scheduler 512 MiB more; the "
            "quota “team” has 1.5 GiB of 1.5 GiB left. There is room for 3."
        )
    assert bench.names() == []
    assert bench.get("daskclusters") is None

    # What fits by our arithmetic fits by that of Kubernetes.
    assert count(bench.create("demo", workers=3)) == (3, 3)
    until_room(bench, lambda it: it["memory"] == (1500 - 512 - 960) * MIB, 30)
    for change, field in (
        ({"workers": 4}, "workers"),
        ({"adapt": {"minimum": 4, "maximum": 9}}, "adapt.minimum"),
    ):
        status, answer = bench.ask("PATCH", "clusters/demo", change)
        assert (status, answer["details"]["field"]) == (422, field)
        assert answer["message"].startswith("1 more worker wants 320 MiB; the quota")
    group = {"name": "more", "workers": 1, "resources": SMALL}
    assert bench.ask("POST", "clusters/demo/groups", group)[0] == 422

    # Shrinking is never refused, also where the quota is less than what there is.
    lower = {**QUOTA, "spec": {"hard": {"limits.memory": "600Mi"}}}
    apply(lower)
    until_room(bench, lambda it: it["memory"] == 0, 30)
    bench.done("PATCH", "clusters/demo", {"workers": 2})
    # Of an autoscaler only the minimum has to fit.
    bench.done("PATCH", "clusters/demo", {"adapt": {"minimum": 1, "maximum": 9}})
    bench.done("DELETE", "clusters/demo")
    bench.gone("demo")


def test_pods_on_their_way_out_keep_nobody_waiting(bench: Workbench, apply: Apply) -> None:
    apply(QUOTA)
    until_room(bench, lambda it: it is not None and it["memory"] == 1500 * MIB, 60)
    bench.create("first", workers=3)
    until_room(bench, lambda it: it["memory"] < 320 * MIB, 30)
    bench.done("DELETE", "clusters/first")
    assert count(bench.create("second", workers=3)) == (3, 3)
    bench.done("DELETE", "clusters/second")
    bench.gone("second")


def test_a_limit_range(bench: Workbench, apply: Apply) -> None:
    apply(LIMIT_RANGE)
    bench.server.until(
        "profiles",
        lambda it: it and "LimitRange" in it["form"]["properties"]["memory"]["description"],
        10,
    )
    body = {"name": "big", "workers": 1, "resources": {"memory": "1 GiB"}}
    status, answer = bench.ask("POST", "clusters", body)
    assert (status, answer["details"]["field"]) == (422, "resources.memory")
    assert answer["message"] == (
        "Each worker may use 1 GiB; the LimitRange “bounds” allows a container at most "
        "600 MiB."
    )
    assert count(bench.create("fits", workers=1)) == (1, 1)
    bench.done("DELETE", "clusters/fits")
    bench.gone("fits")
