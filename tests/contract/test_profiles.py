"""Profiles over REST: their bounds hold whoever asks, on every backend."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from jupyter_dask_k8s.pytest_plugin import DaskAPI

PROFILES: dict[str, Any] = {
    "tight": {
        "label": "Tight",
        "icon": "cpu",
        "defaults": {"workers": 0, "resources": {"threads": 1, "memory": "512 MiB"}},
        "bounds": {
            "workers": {"maximum": 2},
            "resources.memory": {"minimum": "256 MiB", "maximum": "1Gi"},
            "resources.threads": {"maximum": 2},
            "lifetime.kind": {"choices": ["idle"]},
            "lifetime.seconds": {"minimum": 60, "maximum": 3600},
        },
    },
    "fixed": {
        "fields": ["env", "lifetime"],
        "defaults": {
            "workers": 0,
            "resources": {"memory": "512 MiB"},
            "env": {"A": "1"},
            "groups": [{"name": "hm", "workers": 0}],
        },
    },
    "many": {
        "label": "Many",
        "defaults": {
            "workers": 0,
            "resources": {"threads": 1, "memory": "256 MiB"},
            "groups": [{"name": "hm", "workers": 0}],
        },
        "bounds": {
            "workers": {"maximum": 4},
            "resources.memory": {"maximum": "512 MiB"},
        },
    },
    "range": {
        "extends": "tight",
        "bounds": {"workers": {"minimum": 1}, "adapt.maximum": {"maximum": 4}},
        "defaults": {"adapt": {"maximum": 4}},
    },
    "listed": {
        "defaults": {"workers": 1},
        "bounds": {
            "workers": {"choices": ["1", "2"]},
            "lifetime.seconds": {"choices": ["600", "3600"]},
        },
    },
    "broken": {"bounds": {"workers": {"max": 2}}},
}

_GROUP = {"name": "g", "workers": 4}

EMPTY: dict[str, Any] = {"clusters": []}


def with_profiles(config: dict[str, Any]) -> dict[str, Any]:
    """A server's configuration as an administrator has it, for whichever backend."""
    own = {"profiles": PROFILES, "default_profile": "tight"}
    return {**copy.deepcopy(config), "Backend": own}


@pytest.fixture
def jp_server_config(jp_server_config: dict[str, Any]) -> dict[str, Any]:
    return with_profiles(jp_server_config)


async def test_profiles_are_listed(dask_api: DaskAPI) -> None:
    status, answer = await dask_api("GET", "profiles")
    assert status == 200
    profiles = {it["name"]: it for it in answer["profiles"]}
    assert {"small", "adaptive", "tight", "fixed"} <= set(profiles)
    assert (profiles["small"]["source"], profiles["tight"]["source"]) == (
        "package",
        "platform",
    )
    assert answer["default"] == "tight"
    assert answer["form"] == profiles["tight"]["form"]
    assert answer["form"]["properties"]["workers"]["maximum"] == 2
    assert set(profiles["fixed"]["form"]["properties"]) >= {"name", "env", "ends"}
    assert "workers" not in profiles["fixed"]["form"]["properties"]
    (trouble,) = answer["troubles"]
    assert "“broken”" in trouble
    assert "bounds.workers.max" in trouble


@pytest.mark.parametrize("path", ["clusters", "preview"])
@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"workers": 3}, "workers"),
        ({"adapt": {"maximum": 3}}, "adapt.maximum"),
        ({"resources": {"memory": "1025 MiB"}}, "resources.memory"),
        ({"resources": {"memory": "128 MiB"}}, "resources.memory"),
        ({"resources": {"threads": 3}}, "resources.threads"),
        ({"lifetime": {"kind": "keep"}}, "lifetime.kind"),
        ({"lifetime": {"kind": "notebook"}}, "lifetime.kind"),
        ({"lifetime": {"kind": "idle", "seconds": 59}}, "lifetime.seconds"),
        ({"lifetime": {"kind": "idle", "seconds": 3601}}, "lifetime.seconds"),
        (
            {"groups": [{"name": "a", "resources": {"memory": "2Gi"}}]},
            "groups[0].resources.memory",
        ),
        ({"groups": [{"name": "a", "workers": 3}]}, "groups"),
        ({"overlay": {"worker": {}}}, "overlay"),
        ({"profile": "fixed", "workers": 1}, "workers"),
        ({"profile": "fixed", "adapt": {"maximum": 1}}, "adapt.maximum"),
        ({"profile": "fixed", "resources": {"memory": "1Gi"}}, "resources.memory"),
        ({"profile": "fixed", "groups": [{"name": "a"}]}, "groups"),
        ({"profile": "broken"}, "profile"),
        (
            {"profile": "many", "adapt": {"maximum": 4}, "groups": [_GROUP]},
            "groups",
        ),
        ({"profile": "range", "workers": 3}, "workers"),
        ({"profile": "range", "workers": 0}, "workers"),
        ({"profile": "listed", "adapt": {"minimum": 0, "maximum": 3}}, "adapt.maximum"),
        ({"profile": "listed", "groups": [_GROUP]}, "groups"),
        ({"profile": "listed", "lifetime": {"kind": "keep"}}, "lifetime.kind"),
    ],
)
async def test_every_bound_is_refused(
    dask_api: DaskAPI, path: str, body: dict[str, Any], field: str
) -> None:
    status, answer = await dask_api("POST", path, {"name": "demo", **body})
    assert (status, answer["reason"]) == (422, "InvalidField"), answer
    assert answer["details"]["field"] == field
    assert answer["message"].endswith(".")
    assert await dask_api("GET", "clusters") == (200, EMPTY)


async def test_bounds_hold_for_what_runs(dask_api: DaskAPI) -> None:
    status, cluster = await dask_api("POST", "clusters", {"name": "held"})
    assert status == 201, cluster
    assert cluster["profile"] == "tight"
    assert cluster["bounds"] == {"minimum": 0, "maximum": 2}
    assert cluster["groups"][0]["desired"] == 0
    assert cluster["groups"][0]["memory"].startswith("512")
    assert (cluster["lifetime"]["kind"], cluster["lifetime"]["seconds"]) == ("idle", 3600)
    for body, field in (
        ({"workers": 3}, "workers"),
        ({"adapt": {"maximum": 3}}, "adapt.maximum"),
        ({"lifetime": {"kind": "keep"}}, "lifetime.kind"),
        ({"lifetime": {"kind": "idle", "seconds": 3601}}, "lifetime.seconds"),
    ):
        status, answer = await dask_api("PATCH", "clusters/held", body)
        assert (status, answer["details"].get("field")) == (422, field), answer
    for group, field in (
        ({"name": "a", "workers": 3}, "workers"),
        ({"name": "a", "resources": {"memory": "2Gi"}}, "resources.memory"),
    ):
        status, answer = await dask_api("POST", "clusters/held/groups", group)
        assert (status, answer["details"].get("field")) == (422, field), answer
    status, answer = await dask_api(
        "PATCH", "clusters/held", {"lifetime": {"kind": "idle"}}
    )
    assert (status, answer["lifetime"]["seconds"]) == (200, 3600)


async def test_what_is_fixed_stays(dask_api: DaskAPI) -> None:
    body = {"name": "fixed", "profile": "fixed", "env": {"B": "2"}, "workers": 0}
    status, cluster = await dask_api("POST", "clusters", body)
    assert status == 201, cluster
    assert cluster["bounds"] == {"minimum": 0, "maximum": 0}
    for change in ({"workers": 1}, {"adapt": {"maximum": 1}}):
        status, answer = await dask_api("PATCH", "clusters/fixed", change)
        assert status == 422, answer
    # The same as it is anyway is no change.
    same: tuple[dict[str, Any], ...] = ({"workers": 0}, {"adapt": None})
    for body in same:
        status, answer = await dask_api("PATCH", "clusters/fixed", body)
        assert status == 200, answer
    status, answer = await dask_api("POST", "clusters/fixed/groups", {"name": "a"})
    assert status == 422, answer
    status, gone = await dask_api("DELETE", "clusters/fixed/groups/hm")
    assert (status, gone["details"]["field"]) == (422, "group"), gone
    assert gone["message"] == answer["message"]
    status, answer = await dask_api("PATCH", "clusters/fixed/groups/hm", {"workers": 1})
    assert status == 422, answer


async def test_an_autoscaler_counts_with_its_maximum(dask_api: DaskAPI) -> None:
    own = {"threads": 2, "memory": "300 MiB"}
    body = {"name": "demo", "profile": "many", "adapt": {"maximum": 4}, "resources": own}
    status, cluster = await dask_api("POST", "clusters", body)
    assert status == 201, cluster
    status, answer = await dask_api("POST", "clusters/demo/groups", _GROUP)
    assert (status, answer["details"].get("field")) == (422, "workers"), answer
    assert "4 and 4 are 8" in answer["message"]
    status, answer = await dask_api("PATCH", "clusters/demo/groups/hm", {"workers": 3})
    assert (status, answer["details"].get("field")) == (422, "workers"), answer
    assert "4 and 3 are 7" in answer["message"]
    # Groups have the sizes of the cluster, whenever they come.
    more = {"name": "q", "workers": 0}
    status, cluster = await dask_api("POST", "clusters/demo/groups", more)
    assert status == 201, cluster
    default, *others = cluster["groups"]
    assert [it["name"] for it in others] == ["hm", "q"]
    for group in others:
        for size in ("threads", "memory", "cpu"):
            assert group[size] == default[size], group


async def test_a_profiles_own_groups_are_like_its_workers(dask_api: DaskAPI) -> None:
    body = {"name": "demo", "profile": "many"}
    status, cluster = await dask_api("POST", "clusters", body)
    assert status == 201, cluster
    assert [it["name"] for it in cluster["groups"]] == ["default", "hm"]
    assert all(it["memory"].startswith("256") for it in cluster["groups"])


async def test_the_end_of_an_autoscaler_keeps_the_bounds(dask_api: DaskAPI) -> None:
    status, cluster = await dask_api(
        "POST", "clusters", {"name": "demo", "profile": "range"}
    )
    assert (status, cluster["groups"][0]["desired"]) == (201, 0), cluster
    status, answer = await dask_api("PATCH", "clusters/demo", {"adapt": None})
    assert (status, answer["details"].get("field")) == (422, "adapt"), answer
    assert "“workers”" in answer["message"]
    change = {"adapt": None, "workers": 1}
    status, answer = await dask_api("PATCH", "clusters/demo", change)
    assert (status, answer["adapt"]) == (200, None), answer


async def test_a_preview_makes_nothing(dask_api: DaskAPI) -> None:
    body = {"profile": "fixed", "env": {"B": "2"}}
    answers = [await dask_api("POST", "preview", body) for _ in range(2)]
    (status, answer), again = answers
    assert status == 200
    assert (status, answer) == again  # the name is no surprise
    assert answer["kind"] in ("python", "yaml")
    for word in ("A", "1", "B", "2", "512"):
        assert word in answer["content"]
    assert await dask_api("GET", "clusters") == (200, EMPTY)
    await dask_api("POST", "clusters", {"name": "there"})
    status, answer = await dask_api("POST", "preview", {"name": "there"})
    assert (status, answer["reason"]) == (409, "NameTaken")


async def test_no_profile_means_the_default(dask_api: DaskAPI) -> None:
    for number, name in enumerate((None, "default", "tight")):
        body = {"name": f"c{number}", "profile": name}
        status, cluster = await dask_api("POST", "clusters", body)
        assert (status, cluster["profile"]) == (201, "tight")


async def test_profiles_that_follow_the_work(dask_api: DaskAPI) -> None:
    body = {
        "name": "demo",
        "profile": "adaptive",
        "resources": {"threads": 1, "memory": "512 MiB"},
    }
    status, cluster = await dask_api("POST", "clusters", body)
    assert status == 201, cluster
    assert cluster["adapt"]["maximum"] >= 1
