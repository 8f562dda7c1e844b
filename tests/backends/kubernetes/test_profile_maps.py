"""Profiles in ConfigMaps: what is read from them, and what a request waits for."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web

from jupyter_dask_k8s.backends.kubernetes import profiles as module
from jupyter_dask_k8s.backends.kubernetes.objects import ConfigMap, Labels, Meta
from jupyter_dask_k8s.backends.kubernetes.profiles import ProfileMaps, read_maps
from jupyter_dask_k8s.errors import BackendUnavailable
from jupyter_dask_k8s.profiles.definition import Written

from .fake_api import LOG, FakeAPI, serve, status


def config_map(name: str, label: str = "true", **data: str) -> ConfigMap:
    meta = Meta(name=name, namespace="team-a", labels=Labels(profile=label))
    return ConfigMap(metadata=meta, data={k.replace("_", "."): v for k, v in data.items()})


def names(*items: ConfigMap) -> list[str]:
    found, troubles = read_maps({it.metadata.name: it for it in items})
    assert troubles == []
    return [it.name for it in found]


def test_names() -> None:
    assert names(config_map("one", big_yaml="label: Big", small_json="{}")) == [
        "big",
        "small",
    ]
    assert names(config_map("one", profile_yaml="label: Big")) == ["one"]
    assert names(config_map("one", "big", profile_yaml="label: Big")) == ["big"]
    assert names(config_map("one", "", profile_yml="label: Big")) == ["one"]
    assert names(config_map("one", "big", other_yaml="name: own")) == ["own"]


def test_what_is_no_profile_is_told() -> None:
    found, troubles = read_maps(
        {
            "a": config_map("a", big_yaml="label: ["),
            "b": config_map("b", big_yaml="label: B"),
            "c": config_map("c", big_yaml="label: C"),
            "d": ConfigMap(metadata=Meta(name="d", namespace="team-a")),
        }
    )
    assert [(it.name, it.place) for it in found] == [("big", "the ConfigMap team-a/b")]
    broken, twice, empty = troubles
    assert "“big.yaml” of the ConfigMap team-a/a" in broken
    assert "line 1" in broken
    assert "team-a/c" in twice
    assert "team-a/b" in twice
    assert empty == "The ConfigMap team-a/d is empty."


@contextlib.asynccontextmanager
async def run(fake: FakeAPI, platform: str) -> AsyncIterator[tuple[ProfileMaps, Any]]:
    loaded: dict[str, list[Written]] = {}

    def load(source: str, found: list[Written], troubles: list[str]) -> None:
        loaded[source] = found

    async with serve(fake) as api:
        maps = ProfileMaps(api, platform, load, LOG)
        maps.start()
        try:
            yield maps, loaded
        finally:
            await maps.stop()


async def forbidden(request: web.Request) -> web.StreamResponse:
    return status(403, "Forbidden", "configmaps is forbidden")


async def test_what_we_may_not_read_is_not_waited_for(jp_asyncio_loop: Any) -> None:
    fake = FakeAPI()
    fake.on_list = [forbidden, forbidden]
    async with run(fake, "platform") as (maps, loaded):
        await maps.ready()
        assert loaded == {}


async def test_a_request_waits_for_the_first_list(
    jp_asyncio_loop: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "FIRST_LIMIT", 0.2)
    fake = FakeAPI()
    released = asyncio.Event()

    async def slow(request: web.Request) -> web.StreamResponse:
        await released.wait()
        return fake._list(request)

    fake.on_list = [slow]
    async with run(fake, "") as (maps, _):
        with pytest.raises(BackendUnavailable):
            await maps.ready()
        released.set()
        monkeypatch.setattr(module, "FIRST_LIMIT", 10)
        await maps.ready()
