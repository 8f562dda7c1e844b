"""Worker groups over REST: what holds for every backend."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import sys
from pathlib import Path
from typing import Any

from jupyter_dask_k8s.pytest_plugin import DaskAPI

from .test_clusters import SMALL, Connect, create, default

HIGHMEM = {"name": "highmem", "workers": 1, "resources": SMALL}


def groups(cluster: Any) -> dict[str, tuple[int, int]]:
    """Return desired and ready of each group."""
    return {it["name"]: (it["desired"], it["ready"]) for it in cluster["groups"]}


def group(cluster: Any, name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(it for it in cluster["groups"] if it["name"] == name)
    return found


async def test_a_groups_life(dask_api: DaskAPI, connect: Connect) -> None:
    await create(dask_api, "demo", workers=1)
    response = await dask_api.raw(
        "POST", "api/clusters/demo/groups", {**HIGHMEM, "env": {"COLOUR": "green"}}
    )
    assert response.code == 201, response.body
    assert response.headers["Location"].endswith("api/clusters/demo/groups/highmem")
    assert groups(json.loads(response.body))["highmem"][0] == 1
    cluster = await dask_api.running("demo")
    assert groups(cluster) == {"default": (1, 1), "highmem": (1, 1)}
    assert group(cluster, "highmem")["worker_resources"] == {"highmem": 1.0}
    assert default(cluster)["worker_resources"] == {}

    async with connect(cluster) as client:
        work = {"resources": {"highmem": 1}, "pure": False}
        futures = [
            client.submit(lambda: os.environ.get("COLOUR"), **work) for _ in range(4)
        ]
        assert await client.gather(futures) == ["green"] * 4
        # Each group has its own variables.
        seen = await client.run(lambda: os.environ.get("COLOUR"))
        assert sorted(seen.values(), key=str) == [None, "green"]

    status, answer = await dask_api("PATCH", "clusters/demo/groups/highmem", {"workers": 2})
    assert status == 200, answer
    assert groups(answer)["highmem"][0] == 2
    cluster = await dask_api.running("demo")
    assert groups(cluster) == {"default": (1, 1), "highmem": (2, 2)}
    # The same over the cluster itself.
    status, answer = await dask_api(
        "PATCH", "clusters/demo", {"group": "highmem", "workers": 0}
    )
    assert status == 200, answer
    cluster = await dask_api.running("demo")
    assert groups(cluster) == {"default": (1, 1), "highmem": (0, 0)}

    status, answer = await dask_api("DELETE", "clusters/demo/groups/highmem")
    assert status == 200, answer
    gone = await dask_api.until("demo", lambda it: list(groups(it)) == ["default"])
    assert groups(gone) == {"default": (1, 1)}
    status, answer = await dask_api("DELETE", "clusters/demo/groups/highmem")
    assert (status, answer["reason"]) == (404, "GroupNotFound")


async def test_data_survives_scaling_a_group(dask_api: DaskAPI, connect: Connect) -> None:
    await create(dask_api, "demo", workers=1, groups=[{**HIGHMEM, "workers": 2}])
    cluster = await dask_api.running("demo")
    assert groups(cluster) == {"default": (1, 1), "highmem": (2, 2)}
    async with connect(cluster) as client:
        futures = await client.scatter(list(range(30)))
        for path, body in (
            ("clusters/demo/groups/highmem", {"workers": 1}),
            ("clusters/demo/groups/default", {"workers": 0}),
        ):
            status, answer = await dask_api("PATCH", path, body)
            assert status == 200, answer
        cluster = await dask_api.running("demo")
        assert groups(cluster) == {"default": (0, 0), "highmem": (1, 1)}
        assert await client.gather(futures) == list(range(30))


async def test_the_autoscaler_leaves_other_groups_alone(
    dask_api: DaskAPI, connect: Connect
) -> None:
    adapt = {"minimum": 0, "maximum": 1}
    cluster = await create(dask_api, "demo", adapt=adapt, groups=[HIGHMEM])
    assert any("autoscaler" in it for it in cluster["warnings"])
    async with connect(cluster) as client:
        # A lambda travels by value: workers in pods have no module of this name.
        where = {"resources": {"highmem": 1}, "pure": False}
        place = await client.submit(lambda: (socket.gethostname(), os.getpid()), **where)
        # An autoscaler without work ends workers after some seconds.
        for _ in range(8):
            await asyncio.sleep(1)
            again = client.submit(lambda: (socket.gethostname(), os.getpid()), **where)
            assert await again == place
    status, answer = await dask_api("PATCH", "clusters/demo/groups/highmem", {"workers": 0})
    # A hand on another group does not end the autoscaler.
    assert (status, answer["adapt"]) == (200, adapt)
    status, answer = await dask_api("PATCH", "clusters/demo", {"adapt": None})
    assert (status, answer["warnings"]) == (200, [])


BAD: list[tuple[dict[str, Any], str]] = [
    ({}, "name"),
    ({"name": "A"}, "name"),
    ({"name": "x" * 54}, "name"),
    ({"name": "default"}, "name"),
    ({"name": "gpu", "workers": -1}, "workers"),
    ({"name": "gpu", "workers": 10**9}, "workers"),
    ({"name": "gpu", "resources": {"memory": "plenty"}}, "resources.memory"),
    ({"name": "gpu", "resources": {"threads": 10**9}}, "resources.threads"),
    ({"name": "gpu", "env": {"A=B": "1"}}, "env"),
    ({"name": "gpu", "adapt": {"maximum": 1}}, "adapt"),
]


async def test_bad_groups(dask_api: DaskAPI) -> None:
    await create(dask_api, "bad-groups", workers=0)
    for body, field in BAD:
        status, answer = await dask_api("POST", "clusters/bad-groups/groups", body)
        assert status == 422, answer
        assert answer["details"]["field"] == field
        # The same inside of a new cluster.
        status, answer = await dask_api(
            "POST", "clusters", {"name": "other", "workers": 0, "groups": [body]}
        )
        assert status == 422, answer
        assert answer["details"]["field"].startswith("groups")
        assert answer["details"]["field"].endswith(field)
    _, cluster = await dask_api("GET", "clusters/bad-groups")
    assert list(groups(cluster)) == ["default"]
    assert (await dask_api("GET", "clusters/other"))[0] == 404


async def test_names_of_groups(dask_api: DaskAPI) -> None:
    body = {"name": "demo", "workers": 0, "resources": SMALL}
    status, answer = await dask_api(
        "POST", "clusters", {**body, "groups": [{**HIGHMEM, "workers": 0}]}
    )
    assert status == 201, answer
    assert [it["name"] for it in answer["groups"]] == ["default", "highmem"]
    await dask_api.running("demo")
    status, answer = await dask_api("POST", "clusters/demo/groups", HIGHMEM)
    assert (status, answer["reason"]) == (409, "GroupTaken")
    assert answer["details"]["field"] == "name"
    status, answer = await dask_api("DELETE", "clusters/demo/groups/default")
    assert status in (409, 422), answer
    assert "default" in answer["message"]
    for method, data in (("PATCH", {"workers": 1}), ("DELETE", None)):
        status, answer = await dask_api(method, "clusters/demo/groups/absent", data)
        assert (status, answer["reason"]) == (404, "GroupNotFound")
        status, answer = await dask_api(method, "clusters/absent/groups/default", data)
        assert (status, answer["reason"]) == (404, "ClusterNotFound")
    status, answer = await dask_api("POST", "clusters/absent/groups", HIGHMEM)
    assert (status, answer["reason"]) == (404, "ClusterNotFound")
    status, answer = await dask_api(
        "PATCH", "clusters/demo", {"group": "highmem", "adapt": {"maximum": 1}}
    )
    assert (status, answer["details"]["field"]) == (422, "group")
    two = {**body, "name": "other", "groups": [HIGHMEM, HIGHMEM]}
    status, answer = await dask_api("POST", "clusters", two)
    assert status in (409, 422), answer
    assert answer["details"]["field"].endswith("name")
    assert (await dask_api("GET", "clusters/other"))[0] == 404


async def test_all_groups_count_together(dask_api: DaskAPI) -> None:
    _, answer = await dask_api("GET", "status")
    most = answer["limits"]["max_workers"]
    await dask_api("POST", "clusters", {"name": "demo", "workers": 0, "resources": SMALL})
    await dask_api("POST", "clusters/demo/groups", {**HIGHMEM, "workers": 0})
    adapt = {"adapt": {"maximum": most}}
    assert (await dask_api("PATCH", "clusters/demo", adapt))[0] == 200
    status, answer = await dask_api("PATCH", "clusters/demo/groups/highmem", {"workers": 1})
    assert (status, answer["details"]["field"]) == (422, "workers")
    assert str(most) in answer["message"]


async def test_exported_programs_have_the_groups(dask_api: DaskAPI, tmp_path: Path) -> None:
    await create(dask_api, "demo", workers=1, groups=[HIGHMEM])
    status, answer = await dask_api("GET", "clusters/demo/export?as=python")
    assert status == 200, answer
    work = (
        "\nif __name__ == '__main__':"
        "\n    future = client.submit(sum, [4, 5], resources={'highmem': 1})"
        "\n    print('answer', future.result(timeout=120))\n"
    )
    (tmp_path / "program.py").write_text(answer["content"] + work)
    process = await asyncio.create_subprocess_exec(
        sys.executable, tmp_path / "program.py", stdout=asyncio.subprocess.PIPE
    )
    output, _ = await asyncio.wait_for(process.communicate(), 180)
    assert b"answer 9" in output
