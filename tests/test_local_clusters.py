"""What is special about clusters of local processes, over REST."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from pathlib import Path

import psutil
from distributed import Client

from jupyter_dask_k8s.backends.local.host import NICENESS
from jupyter_dask_k8s.pytest_plugin import DaskAPI

from .contract.test_clusters import SMALL, create, default


def hosts() -> list[psutil.Process]:
    """Return the host processes of this test's server."""
    children = psutil.Process().children(recursive=True)
    return [it for it in children if "jupyter_dask_k8s.backends.local.host" in it.cmdline()]


def session_niceness(pid: int) -> int | None:
    """Return the niceness of a process' session, where Linux knows one."""
    try:
        return int(Path(f"/proc/{pid}/autogroup").read_text().split()[-1])
    except (OSError, IndexError):
        return None


async def test_status_says_what_and_why(dask_api: DaskAPI) -> None:
    status, answer = await dask_api("GET", "status")
    assert status == 200
    assert answer["state"] == "ready"
    assert answer["backend"] == "local"
    assert answer["limits"]["max_workers"] >= 4
    assert set(answer["versions"]) == {"jupyter_dask_k8s", "dask", "distributed"}


async def test_a_wait_tells_since_when(dask_api: DaskAPI) -> None:
    status, made = await dask_api("POST", "clusters", {"name": "demo", "workers": 1})
    assert status == 201
    assert made["reason"] == "Starting the scheduler."
    assert made["since"] == made["created"]
    cluster = await dask_api.running("demo")
    assert (cluster["reason"], cluster["since"]) == ("", None)
    hosts()[0].kill()
    failed = await dask_api.until("demo", lambda it: it["phase"] == "Failed")
    assert failed["since"] > made["since"]


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


async def test_jupyter_goes_first(dask_api: DaskAPI) -> None:
    await create(dask_api, "demo", workers=1)
    (host,) = hosts()
    assert all(it.nice() > psutil.Process().nice() for it in host.children(recursive=True))
    assert session_niceness(host.pid) in (None, NICENESS)


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


async def test_a_killed_worker_of_a_group_comes_back_to_it(dask_api: DaskAPI) -> None:
    highmem = {"name": "high-mem", "workers": 1, "resources": SMALL}
    cluster = await create(dask_api, "demo", workers=0, groups=[highmem])
    async with Client(cluster["scheduler_address"], asynchronous=True) as client:
        where = {"resources": {"high-mem": 1}, "pure": False}
        pid = await client.submit(os.getpid, **where)
        os.kill(pid, signal.SIGKILL)
        await dask_api.until("demo", lambda it: it["groups"][1]["ready"] == 0)
        assert (await dask_api.running("demo"))["groups"][1]["ready"] == 1
        assert await client.submit(os.getpid, **where) != pid


async def test_a_group_that_comes_again_is_another_one(dask_api: DaskAPI) -> None:
    more = {"name": "more", "workers": 1, "resources": SMALL}
    await create(dask_api, "demo", workers=0, groups=[more])
    assert (await dask_api("DELETE", "clusters/demo/groups/more"))[0] == 200
    wide = {"threads": 2, "memory": "512 MiB"}
    status, answer = await dask_api(
        "POST", "clusters/demo/groups", {**more, "resources": wide}
    )
    assert status == 201, answer
    cluster = await dask_api.until(
        "demo", lambda it: it["reason"] == "" and it["groups"][1]["threads"] == 2
    )
    async with Client(cluster["scheduler_address"], asynchronous=True) as client:
        for _ in range(100):
            threads = list((await client.ncores()).values())
            if threads == [2]:
                break
            await asyncio.sleep(0.1)
        assert threads == [2]
        assert await client.submit(sum, [1, 2], resources={"more": 2}) == 3


async def test_decisions_of_the_autoscaler(dask_api: DaskAPI) -> None:
    more = {"name": "more", "workers": 1, "resources": SMALL}
    adapt = {"minimum": 0, "maximum": 2}
    cluster = await create(dask_api, "demo", adapt=adapt, groups=[more])
    assert cluster["decisions"] == []

    async with Client(cluster["scheduler_address"], asynchronous=True) as client:
        futures = client.map(time.sleep, [0.5] * 60, pure=False)
        up = await dask_api.until("demo", lambda it: default(it)["ready"] == 2)
        latest, first = up["decisions"][0], up["decisions"][-1]
        assert (latest["wanted"], latest["got"]) == (2, 2)
        assert first["before"] == 0
        await client.cancel(futures)
        # Idle workers of the other group must not take busy ones of ours along.
        infos = (await client.scheduler.identity(n_workers=-1))["workers"]
        ours = [it for it, info in infos.items() if info["name"].startswith("default-")]
        busy = [client.submit(time.sleep, 8, workers=[it], pure=False) for it in ours]
        await client.gather(busy)
        assert default((await dask_api("GET", "clusters/demo"))[1])["ready"] == 2
        del busy, futures
        down = await dask_api.until("demo", lambda it: default(it)["ready"] == 0)
        last = down["decisions"][0]
        assert (last["wanted"], last["got"]) == (0, 0)
        assert last["time"] > latest["time"]
        assert down["groups"][1]["ready"] == 1
    _, answer = await dask_api("PATCH", "clusters/demo", {"adapt": None})
    assert answer["decisions"] == []


async def test_clients_of_tasks_are_no_clients(dask_api: DaskAPI) -> None:
    cluster = await create(dask_api, "demo", workers=1)

    def nested() -> int:
        from distributed import worker_client

        with worker_client() as client:
            return int(client.submit(sum, [1, 2]).result())

    async with Client(cluster["scheduler_address"], asynchronous=True) as client:
        assert await client.submit(nested) == 3
        _, metrics = await dask_api("GET", "clusters/demo/metrics")
        assert metrics["clients"] == 1


async def test_a_cluster_of_very_many_groups(dask_api: DaskAPI) -> None:
    """Its process reports on all of them at once, in more than 64 KiB."""
    names = [f"group-with-a-rather-long-name-{number:04}" for number in range(800)]
    groups = [{"name": name, "workers": 0, "resources": SMALL} for name in names]
    body = {"name": "demo", "workers": 0, "groups": groups}
    assert (await dask_api("POST", "clusters", body))[0] == 201
    cluster = await dask_api.running("demo")
    assert len(cluster["groups"]) == 801
    await dask_api("PATCH", f"clusters/demo/groups/{names[-1]}", {"workers": 1})
    cluster = await dask_api.until("demo", lambda it: it["groups"][-1]["ready"] == 1)


async def test_the_hint_for_default_means_no_other_group(dask_api: DaskAPI) -> None:
    groups = [{"name": "default-x", "workers": 1, "resources": SMALL}]
    body = {"name": "demo", "workers": 1, "resources": SMALL, "groups": groups}
    await dask_api("POST", "clusters", body)
    await dask_api.running("demo")
    _, answer = await dask_api("GET", "clusters/demo/export?as=client&group=default")
    program = answer["content"] + "\nprint(len(default['workers']), client.nthreads())\n"
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", program, stdout=asyncio.subprocess.PIPE
    )
    output, _ = await asyncio.wait_for(process.communicate(), 60)
    assert output.startswith(b"1 {")
    assert output.count(b"tcp://") == 2
