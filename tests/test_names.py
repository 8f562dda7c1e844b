from __future__ import annotations

import re
from types import SimpleNamespace

import pytest

from jupyter_dask_k8s.models import MAX_NAME_LENGTH, NAME_PATTERN
from jupyter_dask_k8s.names import make_name, owner_of


@pytest.mark.parametrize(
    ("owner", "stem"),
    [
        ("alice", "alice"),
        ("alice@example.com", "alice-example-com"),
        ("Zoë Ünal", "zo-nal"),
        ("42", "dask-42"),
        ("", "dask"),
        ("--", "dask"),
        ("x" * 100, "x" * 47),
    ],
)
def test_made_names_are_valid(owner: str, stem: str) -> None:
    name = make_name(owner)
    assert re.fullmatch(NAME_PATTERN, name)
    assert len(name) <= MAX_NAME_LENGTH
    assert name.rpartition("-")[0] == stem


def test_made_names_differ() -> None:
    assert len({make_name("alice") for _ in range(100)}) == 100


def test_the_owner_is_jupyters_identity() -> None:
    assert owner_of(SimpleNamespace(username="bob", name="Bob")) == "bob"


def test_an_anonymous_identity_gives_way_to_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    anonymous = SimpleNamespace(username="3f2a", name="Anonymous Ganymede")
    monkeypatch.setenv("JUPYTERHUB_USER", "carol")
    monkeypatch.delenv("NB_USER", raising=False)
    assert owner_of(anonymous) == "carol"
    monkeypatch.setenv("NB_USER", "jovyan")
    assert owner_of(anonymous) == "jovyan"
