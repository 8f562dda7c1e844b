from __future__ import annotations

import datetime
from typing import Any

import pytest

from jupyter_dask_k8s.errors import ClusterNotFound
from jupyter_dask_k8s.models import Cluster, ClusterEvent, Lifetime
from jupyter_dask_k8s.store import Entry, Store


def make_cluster(name: str = "demo", **changes: Any) -> Cluster:
    values: dict[str, Any] = {
        "name": name,
        "namespace": None,
        "backend": "local",
        "owner": "alice",
        "shared": False,
        "phase": "Running",
        "reason": "",
        "scheduler_address": "tcp://127.0.0.1:8786",
        "dashboard_path": f"dask-k8s/clusters/{name}/dashboard/status",
        "dashboard_link": "dask-k8s/dashboard/127.0.0.1:8787/status",
        "groups": [],
        "adapt": None,
        "lifetime": Lifetime(kind="keep"),
        "created": datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc),
    }
    return Cluster(**(values | changes))


def test_hints_come_for_real_changes_only() -> None:
    hints: list[ClusterEvent] = []
    store = Store(hints.append)
    store.put(Entry(make_cluster()))
    store.put(Entry(make_cluster()))
    store.put(Entry(make_cluster(phase="Failed")))
    store.put(Entry(make_cluster(phase="Failed"), "http://127.0.0.1:8787"))
    store.remove("demo", "no work")
    store.remove("demo", "no work")
    assert [(hint.action, hint.reason) for hint in hints] == [
        ("added", ""),
        ("changed", ""),
        ("changed", ""),
        ("removed", "no work"),
    ]


def test_unknown_names_are_errors() -> None:
    store = Store(lambda hint: None)
    with pytest.raises(ClusterNotFound):
        store.get("demo")


def test_addresses_of_links() -> None:
    store = Store(lambda hint: None)
    store.put(
        Entry(
            make_cluster(scheduler_address="tcp://demo-scheduler.team-a.svc:8786"),
            "http://10.0.0.7:8787",
            aliases=frozenset(["demo-scheduler"]),
        )
    )
    store.put(Entry(make_cluster("starting", scheduler_address=None)))
    for host in ("10.0.0.7", "demo-scheduler.team-a.svc", "demo-scheduler"):
        entry = store.find_address(host, 8787)
        assert entry is not None
        assert entry.cluster.name == "demo"
    assert store.find_address("10.0.0.7", 8786) is None
    assert store.find_address("10.0.0.8", 8787) is None
