"""Packages and code come from a real kernel to real pods."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from jupyter_dask_k8s.pytest_plugin import DaskAPI
from tests.kernelcode.kernel import Kernel

from .conftest import Team
from .server import as_team, dask_api, jp_server_config  # noqa: F401

COMPUTE = """
import sys
sys.path.insert(0, {folder!r})
exec({code!r})
import sent_to_pods
client.wait_for_workers({workers}, timeout=120)
workers = list(client.scheduler_info(n_workers=-1)["workers"])
done = [client.submit(sent_to_pods.value, workers=[it], pure=False) for it in workers]
print("values:", client.gather(done))
client.close()
"""


@pytest.fixture
def thread() -> Iterator[ThreadPoolExecutor]:
    """A thread with an event loop of its own, which clients of kernels run."""

    def begin() -> None:
        asyncio.set_event_loop(asyncio.new_event_loop())

    with ThreadPoolExecutor(1, initializer=begin) as thread:
        yield thread
        thread.submit(lambda: asyncio.get_event_loop().close()).result()


@pytest.fixture
def kernel(tmp_path: Path, team: Team, thread: ThreadPoolExecutor) -> Iterator[Kernel]:
    make = partial(Kernel, tmp_path, KUBECONFIG=str(team.kubeconfig))
    kernel = thread.submit(make).result()
    yield kernel
    thread.submit(kernel.close).result()


@pytest.mark.timeout(480)
async def test_packages_and_code_of_a_notebook(
    dask_api: DaskAPI,  # noqa: F811
    kernel: Kernel,
    thread: ThreadPoolExecutor,
    team: Team,
    tmp_path: Path,
) -> None:
    status, cluster = await dask_api("POST", "clusters", {"name": "pods", "workers": 1})
    assert status == 201, cluster
    cluster = await dask_api.running("pods")
    _, export = await dask_api("GET", "clusters/pods/export?as=client")
    way = {
        "cluster": "pods",
        "namespace": team.namespace,
        "address": cluster["scheduler_address"],
        "code": export["content"],
    }

    async def in_kernel(call: Callable[[], Any]) -> Any:
        return await asyncio.get_running_loop().run_in_executor(thread, call)

    async def ask(action: str, **request: Any) -> dict[str, Any]:
        said = await in_kernel(partial(kernel.ask, action, **way, **request))
        assert "error" not in said, said
        result: dict[str, Any] = said["result"]
        return result

    # Pods have the same Dask, and not what serves notebooks.
    compared = await ask("compare")
    assert [(it["kind"], it["count"]) for it in compared["places"]] == [
        ("scheduler", 1),
        ("worker", 1),
    ]
    for place in compared["places"]:
        assert "dask" not in place["differences"]
        assert place["differences"]["ipykernel"] is None
        assert place["environments"] != [compared["kernel"]["environment"]]

    # The image of these tests has no pip: that is said.
    installed = await ask("install", packages={"very-small-package": "2.0"})
    assert (installed["failed"], installed["total"]) == (2, 2)
    assert [it["cause"] for it in installed["failures"]] == ["no pip"]

    package = tmp_path / "sent_to_pods"
    package.mkdir()
    (package / "__init__.py").write_text("def value():\n    return 42\n")
    sent = await ask("send", path=str(package))
    assert (sent["failed"], sent["later"], sent["modules"]) == (0, "", ["sent_to_pods"])

    words = {"folder": str(tmp_path), "code": export["content"]}
    run = COMPUTE.format(**words, workers=1)
    assert "values: [42]" in await in_kernel(partial(kernel.run, run, 90))

    # A pod that comes later has it, too.
    await dask_api("PATCH", "clusters/pods", {"workers": 2})
    run = COMPUTE.format(**words, workers=2)
    assert "values: [42, 42]" in await in_kernel(partial(kernel.run, run, 150))
