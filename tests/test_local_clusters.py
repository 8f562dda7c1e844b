"""What is special about clusters of local processes, over REST."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import psutil
from distributed import Client

from jupyter_dask_k8s.pytest_plugin import DaskAPI

from .contract.test_clusters import SMALL, create, default


def hosts() -> list[psutil.Process]:
    """Return the host processes of this test's server."""
    children = psutil.Process().children(recursive=True)
    return [it for it in children if "jupyter_dask_k8s.backends.local.host" in it.cmdline()]


async def test_status_says_what_and_why(dask_api: DaskAPI) -> None:
    status, answer = await dask_api("GET", "status")
    assert status == 200
    assert answer["state"] == "ready"
    assert answer["backend"] == "local"
    assert answer["limits"]["max_workers"] >= 4
    assert set(answer["versions"]) == {"jupyter_dask_k8s", "dask", "distributed"}


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


async def test_processes_end_with_their_cluster(dask_api: DaskAPI) -> None:
    for name in ("one", "two"):
        await dask_api("POST", "clusters", {"name": name, "workers": 1, "resources": SMALL})
    await dask_api.running("one")
    assert hosts()
    for name in ("one", "two"):
        assert (await dask_api("DELETE", f"clusters/{name}"))[0] == 204
    for name in ("one", "two"):
        await dask_api.gone(name)
    assert hosts() == []
