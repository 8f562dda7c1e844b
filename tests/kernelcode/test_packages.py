from __future__ import annotations

import time
import zipfile
from pathlib import Path
from typing import Any

import pytest

from .conftest import PACKAGE, Cluster
from .kernel import Kernel

pytestmark = pytest.mark.timeout(300)


def differences(said: dict[str, Any], package: str) -> list[tuple[str, int, str | None]]:
    """In which places a package differs: kind, how many, and the version there."""
    return [
        (place["kind"], place["count"], place["differences"][package])
        for place in said["result"]["places"]
        if package in place["differences"]
    ]


def test_what_workers_lack_is_installed_also_for_later_ones(
    kernel: Kernel, cluster: Cluster
) -> None:
    way = kernel.connect(cluster.address)
    said = kernel.ask("compare", **way)
    assert differences(said, PACKAGE) == [("scheduler", 1, None), ("worker", 2, None)]

    said = kernel.ask("install", **way, packages={PACKAGE: "2.0"})
    assert said["result"] == {
        "total": 3,
        "failed": 0,
        "failures": [],
        "stale": 0,
        "later": "",
    }
    assert said["progress"] == {"total": 3, "done": 3, "failed": 0}
    assert differences(kernel.ask("compare", **way), PACKAGE) == []

    cluster.scale(3)
    plugins = "client.run_on_scheduler(lambda dask_scheduler: list(dask_scheduler.plugins))"
    code = f"""
from distributed import Client

with Client({cluster.address!r}, set_as_default=False) as client:
    client.wait_for_workers(3, timeout=30)
    versions = client.run(lambda: __import__("very_small_package").VERSION)
    plugins = [it for it in {plugins} if it.startswith("PipInstall")]
    print(sorted(versions.values()), plugins)
"""
    printed = kernel.run(code)
    assert printed.startswith("['2.0', '2.0', '2.0'] ['PipInstall-")


def test_a_former_version_in_use_asks_for_a_restart(
    kernel: Kernel, cluster: Cluster, tmp_path: Path, index: Path
) -> None:
    with zipfile.ZipFile(index / "very_small_package-1.0-py3-none-any.whl") as wheel:
        wheel.extractall(tmp_path / "installed")
    way = kernel.connect(cluster.address)
    said = kernel.ask("compare", **way)
    assert differences(said, PACKAGE) == [("scheduler", 1, "1.0"), ("worker", 2, "1.0")]
    version = f"""
from distributed import Client

with Client({cluster.address!r}, set_as_default=False) as client:
    client.wait_for_workers(2, timeout=30)
    print(set(client.run(lambda: __import__("very_small_package").VERSION).values()))
"""
    assert kernel.run(version) == "{'1.0'}\n"
    said = kernel.ask("install", **way, packages={PACKAGE: "2.0"}, changed=[PACKAGE])
    assert (said["result"]["failed"], said["result"]["stale"]) == (0, 2)
    assert kernel.run(version) == "{'1.0'}\n"
    assert kernel.ask("restart", **way)["result"] == {"total": 2}
    assert kernel.run(version) == "{'2.0'}\n"


def test_a_version_that_no_index_has(kernel: Kernel, cluster: Cluster) -> None:
    way = kernel.connect(cluster.address)
    said = kernel.ask("install", **way, packages={PACKAGE: "3.0"})
    result = said["result"]
    assert result["failed"] == result["total"] == 3
    [failure] = result["failures"]
    assert failure["cause"] == "version"
    assert "very-small-package==3.0" in failure["line"]
    assert said["progress"]["failed"] == 3
    # Nothing is ordered for workers that come later: they would fail as well.
    assert result["later"] == ""


def test_an_index_that_does_not_answer(
    kernel: Kernel, cluster_without_index: Cluster
) -> None:
    way = kernel.connect(cluster_without_index.address)
    began = time.monotonic()
    said = kernel.ask("install", **way, packages={PACKAGE: "2.0"})
    [failure] = said["result"]["failures"]
    assert failure["cause"] == "index"
    assert failure["names"][0] == "scheduler"
    assert failure["count"] == 3
    assert time.monotonic() - began < 45


def test_the_notebook_keeps_its_names_and_its_client(
    kernel: Kernel, cluster: Cluster
) -> None:
    names = "print(sorted(it for it in globals() if not it.startswith('_')))"
    before = kernel.run(names)
    way = kernel.connect(cluster.address)
    assert "result" in kernel.ask("compare", quick=True, **way)
    assert kernel.run(names) == before
    kernel.run(f"import distributed\nmine = distributed.Client({cluster.address!r})")
    assert "result" in kernel.ask("compare", quick=True, **way)
    # The client that is there is used, and stays open.
    clients = (
        "[it is mine for it in distributed.Client._instances if it.status == 'running']"
    )
    assert kernel.run(f"print({clients})") == "[True]\n"
    counted = kernel.run("print(get_ipython().execution_count)")
    kernel.ask("compare", quick=True, **way)
    assert int(kernel.run("print(get_ipython().execution_count)")) == int(counted) + 1
    kernel.run("mine.close(); del mine, distributed")


def test_what_the_notebook_uses_is_known(kernel: Kernel, cluster: Cluster) -> None:
    kernel.run("import very_small_package\nfrom msgspec import json as fast_json")
    said = kernel.ask("compare", **kernel.connect(cluster.address))
    packages = {it["name"]: it for it in said["result"]["kernel"]["packages"]}
    assert packages[PACKAGE]["used"]
    assert packages["msgspec"]["used"]
    assert not packages["pip"]["used"]
    assert packages["ipykernel"]["tool"]
    assert packages["dask"]["core"]
    assert not packages["numpy"]["tool"]


def test_a_scheduler_that_is_not_there(kernel: Kernel) -> None:
    said = kernel.ask("compare", **kernel.connect("tcp://127.0.0.1:9"))
    assert "“demo”" in said["error"]


def test_a_kernel_without_distributed(kernel: Kernel) -> None:
    hide = "import sys; hidden = sys.modules.pop('distributed', None)"
    kernel.run(f"{hide}; sys.modules['distributed'] = None")
    said = kernel.ask("compare", **kernel.connect("tcp://127.0.0.1:9"))
    kernel.run("del sys.modules['distributed']; sys.modules['distributed'] = hidden")
    assert "cannot use Dask" in said["error"]
    assert said["word"] == "no dask"
