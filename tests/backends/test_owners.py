"""Limits of owners: whose clusters count."""

from __future__ import annotations

import datetime
from typing import Any

import msgspec
import pytest

from jupyter_dask_k8s.backends.owners import Allowance, Owners, Use
from jupyter_dask_k8s.errors import OwnerLimit
from jupyter_dask_k8s.models import Cluster, Lifetime, WorkerGroup
from jupyter_dask_k8s.store import Entry, Store


def cluster(name: str, owner: str, **changes: Any) -> Cluster:
    picture = Cluster(
        name=name,
        namespace="team-a",
        backend="kubernetes",
        owner=owner,
        shared=False,
        phase="Running",
        reason="",
        scheduler_address=None,
        dashboard_path="",
        dashboard_link=None,
        groups=[WorkerGroup(name="default", desired=3, ready=3)],
        adapt=None,
        lifetime=Lifetime(kind="keep"),
        created=datetime.datetime.now(datetime.timezone.utc),
    )
    return msgspec.structs.replace(picture, **changes)


@pytest.fixture
def owners() -> Owners:
    store = Store(lambda event: None)
    for it in (
        cluster("mine", "alice"),
        cluster("hers", "berta"),
        cluster("nobodys", ""),
        cluster("dask-cluster", "", shared=True),
        cluster("ours", "alice", shared=True),
    ):
        store.put(Entry(it))
    return Owners(store, "kubernetes")


ONE = Allowance(clusters=1, workers=4)


@pytest.mark.parametrize(
    ("owner", "name", "use", "sentence"),
    [
        ("alice", "new", Use(1, 1), "alice has 1 cluster; 1 more would be 2"),
        ("alice", "mine", Use(1, 5), "alice has 1 cluster with 3 workers; 2 more would be"),
        ("alice", "mine", Use(1, 4), ""),
        # Shared clusters belong to the platform, and what nobody owns to nobody.
        ("alice", "ours", Use(1, 9), ""),
        ("", "dask-cluster", Use(1, 9), ""),
        ("", "nobodys", Use(1, 9), ""),
    ],
)
def test_whose_clusters_count(
    owners: Owners, owner: str, name: str, use: Use, sentence: str
) -> None:
    if not sentence:
        with owners.reserve(owner, name, use, ONE):
            pass
        return
    with pytest.raises(OwnerLimit, match=sentence), owners.reserve(owner, name, use, ONE):
        pass
