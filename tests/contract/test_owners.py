"""Who has what, and how much of it, over REST: what holds for every backend."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from jupyter_dask_k8s.pytest_plugin import DaskAPI
from jupyter_dask_k8s.services import SETTINGS_KEY

from .test_clusters import SMALL

Answer = tuple[int, Any]


@pytest.fixture
def alice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NB_USER", "alice")


@pytest.fixture
def backend(dask_api: DaskAPI, jp_serverapp: Any) -> Any:
    """The backend, whose limits a test may set."""
    return jp_serverapp.web_app.settings[SETTINGS_KEY].backend


async def make(api: DaskAPI, name: str, **options: Any) -> Answer:
    return await api("POST", "clusters", {"name": name, "resources": SMALL, **options})


def check_refusal(answer: Answer, sentence: str) -> None:
    status, body = answer
    assert (status, body.get("reason")) == (403, "OwnerLimit"), body
    assert sentence in body["message"]


async def test_owners_are_shown(
    alice: None, dask_api: DaskAPI, backend: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    backend.owner_max_clusters = 7
    backend.owner_max_gpus = 4
    _, status = await dask_api("GET", "status")
    limits = status["limits"]
    assert (limits["owner_clusters"], limits["owner_gpus"]) == (7, 4)
    assert limits["owner_workers"] is None
    assert (await make(dask_api, "one", workers=0))[1]["owner"] == "alice"
    monkeypatch.setenv("NB_USER", "bob")
    assert (await make(dask_api, "two", workers=0))[1]["owner"] == "bob"


async def test_the_number_of_clusters(
    alice: None, dask_api: DaskAPI, backend: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    backend.owner_max_clusters = 1
    assert (await make(dask_api, "one", workers=0))[0] == 201
    check_refusal(
        await make(dask_api, "two", workers=0),
        "alice has 1 cluster; 1 more would be 2, and the limit is 1.",
    )
    monkeypatch.setenv("NB_USER", "bob")
    assert (await make(dask_api, "three", workers=0))[0] == 201
    _, answer = await dask_api("GET", "clusters")
    assert {it["name"] for it in answer["clusters"]} == {"one", "three"}


async def test_headers_of_gateways_name_nobody(
    alice: None, dask_api: DaskAPI, backend: Any
) -> None:
    """Whoever reaches the server can send them: owners and limits do not follow them."""
    _, mine = await dask_api("GET", "status")
    backend.owner_max_clusters = 1
    for number, name in enumerate(("kubeflow-userid", "X-Forwarded-User", "Remote-User")):
        forged = {name: "bob@example.com"}
        told = await dask_api.raw("GET", "api/status", headers=forged)
        assert json.loads(told.body)["user"] == mine["user"]
        body = {"name": f"demo-{number}", "workers": 0, "resources": SMALL}
        made = await dask_api.raw("POST", "api/clusters", body, forged)
        answer = json.loads(made.body)
        if number == 0:
            assert (made.code, answer["owner"]) == (201, "alice")
        else:
            check_refusal((made.code, answer), "alice has 1 cluster")


async def test_the_number_of_workers(alice: None, dask_api: DaskAPI, backend: Any) -> None:
    backend.owner_max_workers = 2
    assert (await make(dask_api, "one", workers=1))[0] == 201
    check_refusal(
        await make(dask_api, "two", workers=2),
        "alice has 1 cluster with 1 worker; 2 more would be 3, and the limit is 2.",
    )
    check_refusal(
        await dask_api("POST", "preview", {"name": "two", "workers": 2}),
        "2 more would be 3, and the limit is 2.",
    )
    check_refusal(
        await make(dask_api, "two", adapt={"maximum": 2}),
        "2 more would be 3, and the limit is 2. Autoscalers count with their maximum.",
    )
    more = {"name": "more", "workers": 2, "resources": SMALL}
    check_refusal(await make(dask_api, "two", workers=0, groups=[more]), "would be 3")
    await dask_api.running("one")
    check_refusal(
        await dask_api("PATCH", "clusters/one", {"workers": 3}),
        "alice has 1 cluster with 1 worker; 2 more would be 3, and the limit is 2.",
    )
    check_refusal(
        await dask_api("PATCH", "clusters/one", {"adapt": {"maximum": 3}}),
        "2 more would be 3, and the limit is 2.",
    )
    check_refusal(await dask_api("POST", "clusters/one/groups", more), "2 more would be 3")
    status, cluster = await dask_api("POST", "clusters/one/groups", {**more, "workers": 0})
    assert status == 201, cluster
    path = "clusters/one/groups/more"
    check_refusal(await dask_api("PATCH", path, {"workers": 2}), "2 more would be 3")
    _, cluster = await dask_api("GET", "clusters/one")
    assert [it["desired"] for it in cluster["groups"]] == [1, 0]
    assert cluster["adapt"] is None
    # An administrator lowers the limit: what there is stays, and may become less.
    backend.owner_max_workers = 1
    assert (await dask_api("PATCH", path, {"workers": 0}))[0] == 200
    assert (await dask_api("PATCH", "clusters/one", {"workers": 0}))[0] == 200


async def test_requests_of_the_same_moment(
    alice: None, dask_api: DaskAPI, backend: Any
) -> None:
    backend.owner_max_clusters = 2
    answers = await asyncio.gather(
        *(make(dask_api, f"c{number}", workers=0) for number in range(4))
    )
    assert sorted(status for status, _ in answers) == [201, 201, 403, 403]
    _, answer = await dask_api("GET", "clusters")
    assert len(answer["clusters"]) == 2


async def test_a_deleted_cluster_makes_room(
    alice: None, dask_api: DaskAPI, backend: Any
) -> None:
    backend.owner_max_clusters = 1
    assert (await make(dask_api, "one", workers=0))[0] == 201
    await dask_api.running("one")
    assert (await dask_api("DELETE", "clusters/one"))[0] == 204
    await dask_api.gone("one")
    assert (await make(dask_api, "two", workers=0))[0] == 201
