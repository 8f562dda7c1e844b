"""A cluster's life over REST, with real Dask processes."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import textwrap
from pathlib import Path
from typing import Any

import psutil
import pytest
from distributed import Client

from jupyter_dask_k8s.pytest_plugin import DaskAPI

SMALL = {"threads": 1, "memory": "512 MiB"}


def hosts() -> list[psutil.Process]:
    """Return the host processes of this test's server."""
    children = psutil.Process().children(recursive=True)
    return [it for it in children if "jupyter_dask_k8s.backends.local.host" in it.cmdline()]


def default(cluster: Any) -> dict[str, Any]:
    group: dict[str, Any] = cluster["groups"][0]
    return group


async def create(api: DaskAPI, name: str, **options: Any) -> dict[str, Any]:
    status, answer = await api(
        "POST", "clusters", {"name": name, "resources": SMALL, **options}
    )
    assert status == 201, answer
    return await api.running(name)


async def test_status_says_what_and_why(dask_api: DaskAPI) -> None:
    status, answer = await dask_api("GET", "status")
    assert status == 200
    assert answer["state"] == "ready"
    assert answer["backend"] == "local"
    assert answer["limits"]["max_workers"] >= 4
    assert set(answer["versions"]) == {"jupyter_dask_k8s", "dask", "distributed"}


async def test_a_whole_life(dask_api: DaskAPI) -> None:
    response = await dask_api.raw(
        "POST", "api/clusters", {"name": "demo", "workers": 1, "resources": SMALL}
    )
    assert response.code == 201
    assert response.headers["Location"].endswith("/dask-k8s/api/clusters/demo")
    created = json.loads(response.body)
    assert created["phase"] == "Pending"
    assert created["reason"]

    cluster = await dask_api.running("demo")
    assert default(cluster) | {"memory": None} == {
        "name": "default",
        "desired": 1,
        "ready": 1,
        "threads": 1,
        "memory": None,
        "cpu": None,
        "gpus": 0,
        "image": None,
    }
    assert cluster["scheduler_address"].startswith("tcp://127.0.0.1:")
    assert cluster["dashboard_path"] == "dask-k8s/clusters/demo/dashboard/status"

    async with Client(cluster["scheduler_address"], asynchronous=True) as client:
        assert await client.submit(sum, [1, 2, 3]) == 6
        assert await client.submit(os.getpid) != os.getpid()

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
    assert hosts() == []


async def test_data_survives_scaling_down(dask_api: DaskAPI) -> None:
    cluster = await create(dask_api, "demo", workers=3)
    async with Client(cluster["scheduler_address"], asynchronous=True) as client:
        futures = await client.scatter(list(range(30)))
        await dask_api("PATCH", "clusters/demo", {"workers": 1})
        assert default(await dask_api.running("demo"))["ready"] == 1
        assert await client.gather(futures) == list(range(30))


async def test_adaptive_follows_the_work(dask_api: DaskAPI) -> None:
    adapt = {"minimum": 0, "maximum": 2}
    cluster = await create(dask_api, "demo", adapt=adapt)
    assert cluster["adapt"] == adapt
    assert default(cluster)["desired"] == 0
    async with Client(cluster["scheduler_address"], asynchronous=True) as client:
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

    await create(dask_api, "demo", workers=1, lifetime={"kind": "idle", "seconds": 2})
    jp_serverapp.event_logger.add_listener(
        schema_id="https://schema.jupyter.org/jupyter_dask_k8s/clusters/v1", listener=listen
    )
    await dask_api.gone("demo")
    await asyncio.sleep(0.1)
    assert heard[-1]["action"] == "removed"
    assert "no work for 2 seconds" in heard[-1]["reason"]


async def test_a_lifetime_can_change(dask_api: DaskAPI) -> None:
    await create(dask_api, "demo", lifetime={"kind": "idle", "seconds": 3600})
    status, answer = await dask_api(
        "PATCH", "clusters/demo", {"lifetime": {"kind": "keep"}}
    )
    assert status == 200
    assert answer["lifetime"] == {"kind": "keep", "seconds": None, "idle_since": None}
    await dask_api("PATCH", "clusters/demo", {"lifetime": {"kind": "idle", "seconds": 1}})
    await dask_api.gone("demo")


async def test_a_killed_worker_is_replaced(dask_api: DaskAPI) -> None:
    cluster = await create(dask_api, "demo", workers=1)
    async with Client(cluster["scheduler_address"], asynchronous=True) as client:
        pid = await client.submit(os.getpid)
        os.kill(pid, signal.SIGKILL)
        await dask_api.until("demo", lambda it: default(it)["ready"] == 0)
        assert default(await dask_api.running("demo"))["ready"] == 1
        assert await client.submit(os.getpid, pure=False) != pid


async def test_a_dead_scheduler_fails_the_cluster(dask_api: DaskAPI) -> None:
    await create(dask_api, "demo", workers=1)
    (host,) = hosts()
    workers = host.children(recursive=True)
    host.kill()
    failed = await dask_api.until("demo", lambda it: it["phase"] == "Failed")
    assert "SIGKILL" in failed["reason"]
    assert failed["scheduler_address"] is None
    psutil.wait_procs(workers, timeout=10)
    assert not any(worker.is_running() for worker in workers)
    status, answer = await dask_api("GET", "clusters/demo/metrics")
    assert status == 503
    assert "SIGKILL" in answer["message"]
    status, answer = await dask_api("PATCH", "clusters/demo", {"workers": 2})
    assert (status, answer["reason"]) == (409, "ClusterNotReady")
    assert (await dask_api("DELETE", "clusters/demo"))[0] == 204
    await dask_api.gone("demo")


async def test_a_cluster_shut_down_from_a_notebook_leaves_the_list(
    dask_api: DaskAPI,
) -> None:
    cluster = await create(dask_api, "demo", workers=1)
    async with Client(cluster["scheduler_address"], asynchronous=True) as client:
        await client.shutdown()
    await dask_api.gone("demo")
    assert hosts() == []


async def test_workers_see_the_environment_and_the_folder(
    dask_api: DaskAPI, jp_root_dir: Path
) -> None:
    (jp_root_dir / "own_module.py").write_text("ANSWER = 42\n")
    cluster = await create(dask_api, "demo", workers=1, env={"COLOUR": "green"})

    def look() -> tuple[str, str, int]:
        import own_module  # type: ignore[import-not-found]

        return os.getcwd(), os.environ["COLOUR"], own_module.ANSWER

    async with Client(cluster["scheduler_address"], asynchronous=True) as client:
        assert await client.submit(look) == (str(jp_root_dir), "green", 42)


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
        code = answer["content"] + "\nprint(client.submit(sum, [4, 5]).result())"
        program = "if __name__ == '__main__':\n" + textwrap.indent(code, "    ")
        (tmp_path / "program.py").write_text(program)
        process = await asyncio.create_subprocess_exec(
            sys.executable, tmp_path / "program.py", stdout=asyncio.subprocess.PIPE
        )
        output, _ = await asyncio.wait_for(process.communicate(), 60)
        assert output.strip() == b"9"
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
    assert hosts() == []
