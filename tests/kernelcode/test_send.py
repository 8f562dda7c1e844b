from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from .conftest import Cluster
from .kernel import Kernel

pytestmark = pytest.mark.timeout(300)

TASK = """
import sys
sys.path[:] = [{folder!r}] + [it for it in sys.path if it != {folder!r}]
for name in [it for it in sys.modules if it.partition(".")[0] in {modules!r}]:
    del sys.modules[name]
from distributed import Client
import {module} as sent

with Client({address!r}, set_as_default=False) as client:
    client.wait_for_workers({workers}, timeout=30)
    workers = list(client.scheduler_info(n_workers=-1)["workers"])
    done = [client.submit(sent.value, workers=[it], pure=False) for it in workers]
    print(set(client.gather(done)))
"""


def compute(kernel: Kernel, address: str, folder: Path, module: str, workers: int) -> str:
    """Let every worker run a function of a module that the kernel has in a folder."""
    modules = [module.partition(".")[0]]
    words: dict[str, Any] = {"address": address, "folder": str(folder), "module": module}
    return kernel.run(TASK.format(**words, modules=modules, workers=workers))


def write(path: Path, value: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"def value():\n    return {value!r}\n")


def test_a_package_that_changes(kernel: Kernel, cluster: Cluster, tmp_path: Path) -> None:
    package = tmp_path / "docs" / "my_package"
    write(package / "__init__.py", 1)
    write(package / "tests" / "part.py", "part")
    (package / ".git").mkdir()
    (package / ".git" / "config").write_text("secret")
    way = kernel.connect(cluster.address)
    said = kernel.ask("send", path=str(package), **way)
    assert said["result"]["modules"] == ["my_package"]
    assert (said["result"]["failed"], said["result"]["later"]) == (0, "")
    assert said["result"]["total"] == 3
    assert compute(kernel, cluster.address, package.parent, "my_package", 2) == "{1}\n"
    part = compute(kernel, cluster.address, package.parent, "my_package.tests.part", 2)
    assert part == "{'part'}\n"

    write(package / "__init__.py", 2)
    assert "result" in kernel.ask("send", path=str(package), **way)
    assert compute(kernel, cluster.address, package.parent, "my_package", 2) == "{2}\n"

    cluster.scale(3)
    assert compute(kernel, cluster.address, package.parent, "my_package", 3) == "{2}\n"


def test_a_folder_of_modules(kernel: Kernel, cluster: Cluster, tmp_path: Path) -> None:
    folder = tmp_path / "my code"
    write(folder / "one_of_mine.py", "one")
    write(folder / "pack_of_mine" / "__init__.py", "pack")
    (folder / "data").mkdir()
    (folder / "notes.txt").write_text("no module")
    said = kernel.ask("send", path=str(folder), **kernel.connect(cluster.address))
    assert said["result"]["modules"] == ["one_of_mine", "pack_of_mine"]
    assert compute(kernel, cluster.address, folder, "one_of_mine", 2) == "{'one'}\n"
    cluster.scale(3)
    assert compute(kernel, cluster.address, folder, "pack_of_mine", 3) == "{'pack'}\n"


def test_a_module(kernel: Kernel, cluster: Cluster, tmp_path: Path) -> None:
    write(tmp_path / "helpers_of_mine.py", "help")
    path = str(tmp_path / "helpers_of_mine.py")
    said = kernel.ask("send", path=path, **kernel.connect(cluster.address))
    assert said["result"]["modules"] == ["helpers_of_mine"]
    assert compute(kernel, cluster.address, tmp_path, "helpers_of_mine", 2) == "{'help'}\n"
    cluster.scale(3)
    assert compute(kernel, cluster.address, tmp_path, "helpers_of_mine", 3) == "{'help'}\n"


def test_what_cannot_be_sent(kernel: Kernel, tmp_path: Path) -> None:
    big = tmp_path / "big"
    write(big / "__init__.py", 1)
    with (big / "data.bin").open("wb") as file:
        file.truncate(51 * 2**20)
    (tmp_path / "empty").mkdir()
    (tmp_path / "a-script.py").write_text("")
    way = kernel.connect("tcp://127.0.0.1:9")
    for name, why in (
        ("big", "too big to send: more than 50 MiB"),
        ("empty", "nothing in empty that Python can import"),
        ("a-script.py", "no Python module"),
        ("nowhere", "no file or folder"),
    ):
        said = kernel.ask("send", path=str(tmp_path / name), **way)
        assert why in said["error"], name
