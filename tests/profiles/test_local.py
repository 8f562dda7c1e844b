"""Profiles on local processes: the documented ones, and a default that is not there."""

from __future__ import annotations

from typing import Any

import pytest
from traitlets.config import Config

from jupyter_dask_k8s.backends.local.backend import LocalBackend
from jupyter_dask_k8s.backends.local.machine import Machine
from jupyter_dask_k8s.errors import InvalidField
from jupyter_dask_k8s.models import ClusterCreate
from jupyter_dask_k8s.pytest_plugin import DaskAPI
from jupyter_dask_k8s.scheduler import SchedulerClient
from jupyter_dask_k8s.store import Store

from .test_docs import ROOT, block

STANDARD: dict[str, Any] = {"bounds": {"workers": {"maximum": 2}}}


def backend(config: Config) -> LocalBackend:
    store = Store(lambda event: None)
    made = LocalBackend(store, SchedulerClient(), lambda: None, config=config)
    made._machine_read = Machine(cpus=16, memory=2**38)
    return made


def test_the_documented_configuration() -> None:
    config = Config()
    text = (ROOT / "docs/profiles.md").read_text()
    exec(block(text, "python", "c.Backend.profiles"), {"c": config})
    local = backend(config)
    answer = local.book.answer()
    assert answer.troubles == []
    assert answer.default == "standard"
    assert [it.name for it in answer.profiles] == ["standard", "standard-adaptive"]
    standard = answer.profiles[0]
    assert standard.defaults.resources is not None
    assert standard.defaults.resources.memory == "8 GiB"
    local.check_profile(local.book.resolve(ClusterCreate()), {})
    with pytest.raises(InvalidField):
        local.book.resolve(ClusterCreate(workers=11))


def test_packages_are_told() -> None:
    profiles = {"it": {"defaults": {"packages": ["polars"]}}}
    local = backend(Config({"Backend": {"profiles": profiles}}))
    (trouble,) = local.book.answer().troubles
    assert "packages" in trouble


@pytest.fixture(
    params=[
        {},
        {"standard": {"bounds": {"workers": {"maximum": -1}}}},
        {"standard": {**STANDARD, "backend": "kubernetes"}},
    ],
    ids=["absent", "broken", "elsewhere"],
)
def jp_server_config(
    request: pytest.FixtureRequest, jp_server_config: dict[str, Any]
) -> dict[str, Any]:
    own = {"profiles": request.param, "default_profile": "standard"}
    return {**jp_server_config, "Backend": own}


async def test_no_profile_stands_in_for_the_default(dask_api: DaskAPI) -> None:
    _, answer = await dask_api("GET", "profiles")
    assert answer["default"] == ""
    assert any("“standard”" in it and "default" in it for it in answer["troubles"])
    for path in ("clusters", "preview"):
        for body in ({}, {"profile": "default"}, {"workers": 9}):
            status, answer = await dask_api("POST", path, body)
            assert (status, answer["details"]["field"]) == (422, "profile"), answer
            assert "“standard”, which the administrator set as default" in answer["message"]
    assert await dask_api("GET", "clusters") == (200, {"clusters": []})
    status, answer = await dask_api("POST", "preview", {"profile": "small", "workers": 1})
    assert status == 200, answer
