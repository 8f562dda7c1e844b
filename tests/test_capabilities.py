from __future__ import annotations

import datetime
import itertools
from typing import get_args

import pytest

from jupyter_dask_k8s import capabilities
from jupyter_dask_k8s.capabilities import LIFETIME, Capabilities
from jupyter_dask_k8s.containment import Trusted, is_contained
from jupyter_dask_k8s.errors import PageExpired
from jupyter_dask_k8s.store import Entry, Store

from .test_store import make_cluster

MINE, THEIRS, NOBODYS = (make_cluster(owner=it) for it in ("alice", "mallory", ""))


def test_whose_dashboards_are_contained() -> None:
    contained = {
        (trusted, it.owner)
        for trusted, it in itertools.product(get_args(Trusted), (MINE, THEIRS, NOBODYS))
        if is_contained(it, "alice", trusted)
    }
    assert contained == {("own", "mallory"), ("own", ""), ("unowned", "mallory")}
    # That it is shared says nothing of who runs code in it.
    assert is_contained(make_cluster(owner="mallory", shared=True), "alice", "unowned")


class Ground:
    """Capabilities for the clusters ``one`` and ``two``, and a clock that is moved."""

    def __init__(self) -> None:
        self.now = 0.0
        self.all = Capabilities(lambda: self.now)
        self.store = Store(lambda hint: None)
        self.one, self.two = make_cluster("one"), make_cluster("two")
        for it in (self.one, self.two):
            self.store.put(Entry(it))

    def opens(self, secret: str) -> str | None:
        """Return the name of the cluster that a secret opens."""
        try:
            return self.all.find(secret, self.store).cluster.name
        except PageExpired:
            return None


@pytest.fixture
def ground() -> Ground:
    return Ground()


def test_each_opens_its_own_cluster(ground: Ground) -> None:
    one, two, again = (ground.all.issue(it) for it in (ground.one, ground.two, ground.one))
    assert [ground.opens(it) for it in (one, two, again)] == ["one", "two", "one"]
    assert len({one, two, again}) == 3
    assert ground.opens("") is None
    assert ground.opens(one[:-1]) is None


@pytest.mark.parametrize(
    "later",
    [
        {"created": datetime.datetime(2026, 1, 2, tzinfo=datetime.timezone.utc)},
        {"owner": "mallory"},
        {"backend": "kubernetes"},
    ],
)
def test_another_cluster_of_the_name_inherits_nothing(
    ground: Ground, later: dict[str, object]
) -> None:
    secret = ground.all.issue(ground.one)
    ground.store.put(Entry(make_cluster("one", phase="Pending")))
    assert ground.opens(secret) == "one"
    ground.store.put(Entry(make_cluster("one", **later)))
    assert ground.opens(secret) is None
    ground.store.remove("one")
    assert ground.opens(secret) is None


def test_they_last_as_long_as_they_are_used(ground: Ground) -> None:
    used, unused = ground.all.issue(ground.one), ground.all.issue(ground.one)
    for _ in range(3):
        ground.now += LIFETIME - 1
        assert ground.opens(used) == "one"
    assert ground.opens(unused) is None
    ground.now += LIFETIME + 1
    assert ground.opens(used) is None


def test_an_open_websocket_is_a_use(ground: Ground) -> None:
    secret = ground.all.issue(ground.one)
    with ground.all.hold(secret), ground.all.hold(secret):
        assert ground.all.sockets(secret) == 2
        ground.now += 10 * LIFETIME
        assert ground.opens(secret) == "one"
    ground.now += LIFETIME
    assert ground.opens(secret) == "one"
    assert ground.all.sockets(secret) == 0
    ground.now += LIFETIME + 1
    with pytest.raises(PageExpired), ground.all.hold(secret):
        pass


def test_there_are_only_so_many(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(capabilities, "MOST", 3)
    held = ground.all.issue(ground.one)
    with ground.all.hold(held):
        secrets = []
        for _ in range(4):
            ground.now += 1
            secrets.append(ground.all.issue(ground.one))
        assert len(ground.all) == 3
        assert ground.opens(held) == "one"
        assert [ground.opens(it) for it in secrets] == [None, None, "one", "one"]
    ground.now += LIFETIME + 1
    ground.all.issue(ground.one)
    assert len(ground.all) == 1
