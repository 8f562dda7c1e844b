"""A cluster's life over REST: what holds for every backend.

Here it runs against local processes; tests/kubernetes runs the same tests against
Kubernetes.
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
import sys
import time
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import pytest
from distributed import Client

from jupyter_dask_k8s.pytest_plugin import DaskAPI

SMALL = {"threads": 1, "memory": "512 MiB"}

Connect = Callable[[dict[str, Any]], AbstractAsyncContextManager[Client]]


def default(cluster: Any) -> dict[str, Any]:
    group: dict[str, Any] = cluster["groups"][0]
    return group


async def create(api: DaskAPI, name: str, **options: Any) -> dict[str, Any]:
    status, answer = await api(
        "POST", "clusters", {"name": name, "resources": SMALL, **options}
    )
    assert status == 201, answer
    return await api.running(name)


async def test_a_whole_life(dask_api: DaskAPI, connect: Connect) -> None:
    response = await dask_api.raw(
        "POST", "api/clusters", {"name": "demo", "workers": 1, "resources": SMALL}
    )
    assert response.code == 201
    assert response.headers["Location"].endswith("/dask-k8s/api/clusters/demo")
    created = json.loads(response.body)
    assert created["phase"] == "Pending"
    assert created["reason"]

    cluster = await dask_api.running("demo")
    group = default(cluster)
    assert (group["name"], group["desired"], group["ready"]) == ("default", 1, 1)
    assert (group["threads"], group["gpus"]) == (1, 0)
    assert group["memory"].startswith("512")
    assert cluster["scheduler_address"].startswith("tcp://")
    assert cluster["dashboard_path"] == "dask-k8s/clusters/demo/dashboard/status"

    async with connect(cluster) as client:
        assert await client.submit(sum, [1, 2, 3]) == 6
        # A lambda travels by value: workers in pods have no module of this name.
        place = (socket.gethostname(), os.getpid())
        assert await client.submit(lambda: (socket.gethostname(), os.getpid())) != place

    status, metrics = await dask_api("GET", "clusters/demo/metrics")
    assert status == 200
    assert metrics["workers"] == metrics["threads"] == 1
    assert metrics["memory_limit"] == 512 * 2**20
    assert metrics["finished"] >= 2
    assert metrics["gpu"] is None or metrics["gpu"]["memory_total"] > 0

    status, answer = await dask_api("PATCH", "clusters/demo", {"workers": 3})
    assert status == 200
    assert default(answer)["desired"] == 3
    assert default(await dask_api.running("demo"))["ready"] == 3

    status, answer = await dask_api("DELETE", "clusters/demo")
    assert (status, answer) == (204, None)
    await dask_api.gone("demo")


async def test_data_survives_scaling_down(dask_api: DaskAPI, connect: Connect) -> None:
    cluster = await create(dask_api, "demo", workers=3)
    async with connect(cluster) as client:
        futures = await client.scatter(list(range(30)))
        await dask_api("PATCH", "clusters/demo", {"workers": 1})
        assert default(await dask_api.running("demo"))["ready"] == 1
        assert await client.gather(futures) == list(range(30))


async def test_adaptive_follows_the_work(dask_api: DaskAPI, connect: Connect) -> None:
    adapt = {"minimum": 0, "maximum": 2}
    cluster = await create(dask_api, "demo", adapt=adapt)
    assert cluster["adapt"] == adapt
    assert default(cluster)["desired"] == 0
    async with connect(cluster) as client:
        assert await client.submit(sum, [1, 2]) == 3
    # By hand: the autoscaler goes first.
    status, answer = await dask_api("PATCH", "clusters/demo", {"workers": 1})
    assert status == 200
    assert answer["adapt"] is None
    assert default(await dask_api.running("demo"))["ready"] == 1
    status, answer = await dask_api("PATCH", "clusters/demo", {"adapt": {"maximum": 2}})
    assert answer["adapt"] == {"minimum": 0, "maximum": 2}
    status, answer = await dask_api("PATCH", "clusters/demo", {"adapt": None})
    assert (status, answer["adapt"]) == (200, None)


async def test_a_name_is_made_from_the_owner(
    dask_api: DaskAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    status, cluster = await dask_api("POST", "clusters", {"workers": 0})
    assert status == 201
    assert cluster["name"].rpartition("-")[0]


async def test_a_cluster_without_work_ends(dask_api: DaskAPI, jp_serverapp: Any) -> None:
    heard: list[dict[str, Any]] = []

    async def listen(logger: Any, schema_id: str, data: dict[str, Any]) -> None:
        heard.append(data)

    await create(dask_api, "demo", workers=1, lifetime={"kind": "idle", "seconds": 8})
    jp_serverapp.event_logger.add_listener(
        schema_id="https://schema.jupyter.org/jupyter_dask_k8s/clusters/v1", listener=listen
    )
    await dask_api.gone("demo")
    for _ in range(100):
        if heard[-1]["action"] == "removed":
            break
        await asyncio.sleep(0.05)
    assert "no work for 8 seconds" in heard[-1]["reason"]


async def test_a_lifetime_can_change(dask_api: DaskAPI) -> None:
    await create(dask_api, "demo", lifetime={"kind": "idle", "seconds": 3600})
    status, answer = await dask_api(
        "PATCH", "clusters/demo", {"lifetime": {"kind": "keep"}}
    )
    assert status == 200
    lifetime = answer["lifetime"]
    assert (lifetime["kind"], lifetime["seconds"]) == ("keep", None)
    assert lifetime["idle_since"] is lifetime["ends"] is None
    await dask_api("PATCH", "clusters/demo", {"lifetime": {"kind": "idle", "seconds": 1}})
    await dask_api.gone("demo")


async def test_plots_are_those_of_the_scheduler(dask_api: DaskAPI) -> None:
    await create(dask_api, "demo", workers=1)
    status, answer = await dask_api("GET", "clusters/demo/plots")
    assert status == 200
    plots = {plot["path"]: plot for plot in answer["plots"]}
    assert answer["plots"][0]["title"] == "Task Stream"
    assert plots["individual-workers-memory"]["useful"]
    assert len(plots) > 20
    _, metrics = await dask_api("GET", "clusters/demo/metrics")
    gpu = plots["individual-gpu-memory"]
    assert gpu["useful"] == (metrics["gpu"] is not None)
    assert bool(gpu["empty_reason"]) == (metrics["gpu"] is None)


async def test_exported_programs_run(dask_api: DaskAPI, tmp_path: Path) -> None:
    await create(dask_api, "demo", workers=1)
    for kind in ("client", "python"):
        status, answer = await dask_api("GET", f"clusters/demo/export?as={kind}")
        assert status == 200
        work = "print('answer', client.submit(sum, [4, 5]).result())"
        # As it is; what is done with it needs the usual guard.
        guard = f"if __name__ == '__main__':\n    {work}\n"
        (tmp_path / "program.py").write_text(f"{answer['content']}\n{guard}")
        process = await asyncio.create_subprocess_exec(
            sys.executable, tmp_path / "program.py", stdout=asyncio.subprocess.PIPE
        )
        output, _ = await asyncio.wait_for(process.communicate(), 180)
        assert b"answer 9" in output
    status, answer = await dask_api("GET", "clusters/demo/export?as=poem")
    assert (status, answer["details"]["field"]) == (422, "as")


async def test_many_at_once(dask_api: DaskAPI) -> None:
    names = [f"c{number}" for number in range(6)]
    answers = await asyncio.gather(
        *(
            dask_api("POST", "clusters", {"name": name, "workers": 0, "resources": SMALL})
            for name in names
        )
    )
    assert [status for status, _ in answers] == [201] * 6
    # Half of them go before they have started.
    for name in names[3:]:
        assert (await dask_api("DELETE", f"clusters/{name}"))[0] == 204
    for name in names[:3]:
        await dask_api.running(name)
        assert (await dask_api("DELETE", f"clusters/{name}"))[0] == 204
    for name in names:
        await dask_api.gone(name)


async def test_readings_while_work_goes_on(dask_api: DaskAPI, connect: Connect) -> None:
    def work(seconds: float) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            pass

    cluster = await create(dask_api, "demo", workers=1)
    async with connect(cluster) as client:
        futures = client.map(work, [0.1] * 30, pure=False)
        processing = 0
        while not all(future.done() for future in futures):
            status, metrics = await dask_api("GET", "clusters/demo/metrics")
            assert status == 200, metrics
            processing = max(processing, metrics["tasks"].get("processing", 0))
            await asyncio.sleep(0.05)
        assert processing > 0
        _, metrics = await dask_api("GET", "clusters/demo/metrics")
        assert metrics["tasks"]["memory"] == metrics["finished"] == 30
        del futures
        failing = client.submit(lambda: 1 / 0)
        await failing.exception()
        _, metrics = await dask_api("GET", "clusters/demo/metrics")
        assert metrics["tasks"]["erred"] == 1


async def test_of_one_name_only_the_cluster_that_is_meant_is_deleted(
    dask_api: DaskAPI,
) -> None:
    """Somebody is asked whether to delete a cluster, and meanwhile it is made anew."""
    first = await create(dask_api, "demo", workers=0)
    assert first["uid"]
    assert (await dask_api("GET", "clusters"))[1]["clusters"][0]["uid"] == first["uid"]
    await dask_api("DELETE", "clusters/demo")
    await dask_api.gone("demo")
    second = await create(dask_api, "demo", workers=0)
    assert second["uid"] != first["uid"]

    status, answer = await dask_api("DELETE", f"clusters/demo?uid={first['uid']}")
    assert (status, answer["reason"]) == (409, "Replaced")
    assert answer["details"] == {"name": "demo"}
    assert answer["message"] == (
        "“demo” is not the cluster that you saw any more: that one is gone, and a new one "
        "has its name. Nothing was deleted."
    )
    _, left = await dask_api("GET", "clusters/demo")
    assert left["uid"] == second["uid"]
    assert left["phase"] != "Stopping"

    status, _ = await dask_api("DELETE", f"clusters/demo?uid={second['uid']}")
    assert status == 204
    await dask_api.gone("demo")
    status, _ = await dask_api("DELETE", f"clusters/demo?uid={second['uid']}")
    assert status == 404


async def test_a_name_is_free_again_when_its_cluster_is_gone(
    dask_api: DaskAPI, connect: Connect
) -> None:
    await create(dask_api, "demo", workers=1)
    await dask_api("DELETE", "clusters/demo")
    body = {"name": "demo", "workers": 1, "resources": SMALL}
    status, answer = await dask_api("POST", "clusters", body)
    # Nothing of the former one may become part of the new one.
    assert (status, answer["reason"]) == (409, "NameTaken")
    assert "“demo” is still stopping. Try again in a moment" in answer["message"]
    await dask_api.gone("demo")
    for _ in range(100):
        status, answer = await dask_api("POST", "clusters", body)
        if status == 201:
            break
        await asyncio.sleep(0.1)
    assert status == 201, answer
    async with connect(await dask_api.running("demo")) as client:
        assert await client.submit(sum, [1, 2]) == 3
