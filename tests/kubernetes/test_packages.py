"""Packages and code come from a real kernel to real pods."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from jupyter_dask_k8s.pytest_plugin import DaskAPI
from tests.kernelcode.conftest import make_wheel
from tests.kernelcode.kernel import Kernel

from .conftest import Team, kubectl
from .notebook import notebook_image  # noqa: F401
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

VERSIONS = """
exec({code!r})
client.wait_for_workers(2, timeout=120)

def version():
    import very_small_package
    return very_small_package.VERSION

print("versions:", list(client.run(version).values()), client.run_on_scheduler(version))
client.close()
"""

PACKAGE = {"very-small-package": "2.0"}


def index_of(image: str) -> dict[str, Any]:
    folder = {"name": "wheels", "mountPath": "/srv/very-small-package"}
    container = {
        "name": "index",
        "image": image,
        "command": ["python", "-m", "http.server", "--directory", "/srv", "8080"],
        "readinessProbe": {"httpGet": {"path": "/", "port": 8080}, "periodSeconds": 1},
        "volumeMounts": [folder],
    }
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "index", "labels": {"app": "index"}},
        "spec": {
            "containers": [container],
            "volumes": [{"name": "wheels", "configMap": {"name": "wheels"}}],
            "terminationGracePeriodSeconds": 0,
        },
    }
    service = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "index"},
        "spec": {
            "selector": {"app": "index"},
            "ports": [{"port": 80, "targetPort": 8080}],
        },
    }
    return {"apiVersion": "v1", "kind": "List", "items": [pod, service]}


@contextlib.contextmanager
def index_pod(folder: Path, image: str, team: Team, admin: Path) -> Iterator[None]:
    """Serve the wheels of a folder as the package index ``http://index/``."""
    space = ("-n", team.namespace)
    wheels = [f"--from-file={it}" for it in folder.glob("*.whl")]
    kubectl("create", "configmap", "wheels", *space, *wheels, kubeconfig=admin)
    kubectl("apply", *space, "-f", "-", kubeconfig=admin, body=index_of(image))
    try:
        ready = ("--for=condition=Ready", "--timeout=90s")
        kubectl("wait", *space, "pod/index", *ready, kubeconfig=admin, timeout=100)
        yield
    finally:
        what = ("configmap/wheels", "pod/index", "service/index")
        kubectl("delete", *space, *what, "--wait=false", kubeconfig=admin)


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


Ask = Callable[..., Any]


@pytest.fixture
def ask(kernel: Kernel, thread: ThreadPoolExecutor, team: Team) -> Ask:
    """Run an action of ours in the kernel, for a cluster; returns its result."""

    async def ask(cluster: dict[str, Any], action: str, **request: Any) -> Any:
        way = {
            "cluster": cluster["name"],
            "namespace": team.namespace,
            "address": cluster["scheduler_address"],
            "code": cluster["code"],
        }
        call = partial(kernel.ask, action, **way, **request)
        said = await asyncio.get_running_loop().run_in_executor(thread, call)
        assert "error" not in said, said
        return said["result"]

    return ask


async def create(api: DaskAPI, name: str, **wish: Any) -> dict[str, Any]:
    """Create a cluster of one worker; returns it with the code that connects to it."""
    body = {"name": name, "workers": 1, **wish}
    status, cluster = await api("POST", "clusters", body)
    assert status == 201, cluster
    cluster = await api.running(name)
    _, export = await api("GET", f"clusters/{name}/export?as=client")
    return {**cluster, "code": export["content"]}


@pytest.mark.timeout(480)
async def test_packages_and_code_of_a_notebook(
    dask_api: DaskAPI,  # noqa: F811
    kernel: Kernel,
    thread: ThreadPoolExecutor,
    ask: Ask,
    tmp_path: Path,
) -> None:
    cluster = await create(dask_api, "pods")
    # Pods have the same Dask, and not what serves notebooks.
    compared = await ask(cluster, "compare")
    assert [(it["kind"], it["count"]) for it in compared["places"]] == [
        ("scheduler", 1),
        ("worker", 1),
    ]
    for place in compared["places"]:
        assert "dask" not in place["differences"]
        assert place["differences"]["ipykernel"] is None
        assert place["environments"] != [compared["kernel"]["environment"]]

    # The image of these tests has no pip: that is said.
    installed = await ask(cluster, "install", packages=PACKAGE)
    assert (installed["failed"], installed["total"]) == (2, 2)
    assert [it["cause"] for it in installed["failures"]] == ["no pip"]

    package = tmp_path / "sent_to_pods"
    package.mkdir()
    (package / "__init__.py").write_text("def value():\n    return 42\n")
    sent = await ask(cluster, "send", path=str(package))
    assert (sent["failed"], sent["later"], sent["modules"]) == (0, "", ["sent_to_pods"])

    async def compute(workers: int) -> str:
        words = {"folder": str(tmp_path), "code": cluster["code"]}
        run = partial(kernel.run, COMPUTE.format(**words, workers=workers), 150)
        return await asyncio.get_running_loop().run_in_executor(thread, run)

    assert "values: [42]" in await compute(1)
    # A pod that comes later has it, too.
    await dask_api("PATCH", "clusters/pods", {"workers": 2})
    assert "values: [42, 42]" in await compute(2)


@pytest.mark.timeout(480)
async def test_packages_of_an_index(
    dask_api: DaskAPI,  # noqa: F811
    kernel: Kernel,
    thread: ThreadPoolExecutor,
    ask: Ask,
    notebook_image: str,  # noqa: F811
    team: Team,
    kubeconfig: Path,
    tmp_path: Path,
) -> None:
    """From an index inside the network, once there is one, also to pods that come later."""
    env = {"PIP_INDEX_URL": "http://index/", "PIP_TRUSTED_HOST": "index"}
    cluster = await create(dask_api, "pods", image=notebook_image, env=env)
    installed = await ask(cluster, "install", packages=PACKAGE)
    assert (installed["failed"], installed["total"]) == (2, 2)
    assert {it["cause"] for it in installed["failures"]} == {"index"}

    make_wheel(tmp_path, "2.0")
    with index_pod(tmp_path, notebook_image, team, kubeconfig):
        installed = await ask(cluster, "install", packages=PACKAGE)
        assert installed["failures"] == []
        assert installed["later"] == ""
        await dask_api("PATCH", "clusters/pods", {"workers": 2})
        run = partial(kernel.run, VERSIONS.format(code=cluster["code"]), 150)
        said = await asyncio.get_running_loop().run_in_executor(thread, run)
        assert "versions: ['2.0', '2.0'] 2.0" in said
