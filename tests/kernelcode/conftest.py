from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from .kernel import Kernel

PACKAGE = "very-small-package"


def make_wheel(folder: Path, version: str, name: str = PACKAGE) -> Path:
    """Write a wheel with one module."""
    module = name.replace("-", "_")
    path = folder / f"{module}-{version}-py3-none-any.whl"
    info = f"{module}-{version}.dist-info"
    files = {
        f"{module}.py": f"VERSION = {version!r}\n",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{it},,\n" for it in [*files, f"{info}/RECORD"])
    with zipfile.ZipFile(path, "w") as archive:
        for it, text in {**files, f"{info}/RECORD": record}.items():
            archive.writestr(it, text)
    return path


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that pip takes for an index."""
    folder = tmp_path_factory.mktemp("index")
    for version in ("1.0", "2.0"):
        make_wheel(folder, version)
    return folder


@pytest.fixture(scope="module")
def kernel(tmp_path_factory: pytest.TempPathFactory, index: Path) -> Iterator[Kernel]:
    """A kernel with a package that nobody else has."""
    folder = tmp_path_factory.mktemp("kernel")
    with zipfile.ZipFile(index / "very_small_package-2.0-py3-none-any.whl") as wheel:
        wheel.extractall(folder / "packages")
    kernel = Kernel(folder, PYTHONPATH=str(folder / "packages"))
    yield kernel
    kernel.close()


HOST = """
import sys
from distributed import LocalCluster

if __name__ == "__main__":
    cluster = LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=":0", host="127.0.0.1"
    )
    print(cluster.scheduler_address, flush=True)
    for line in sys.stdin:
        cluster.scale(int(line))
"""


class Cluster:
    """A scheduler and two workers, with an environment of their own."""

    def __init__(self, folder: Path, **env: str) -> None:
        program = folder / "host.py"
        program.write_text(HOST)
        self.log = (folder / "log").open("w")
        self.process = subprocess.Popen(
            [sys.executable, program],
            env=os.environ | env,
            cwd=folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.log,
            text=True,
        )
        assert self.process.stdout is not None
        self.address = self.process.stdout.readline().strip()

    def scale(self, workers: int) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{workers}\n")
        self.process.stdin.flush()

    def close(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()
        self.log.close()


def environment(folder: Path, **env: str) -> dict[str, str]:
    """Let pip install into a folder that workers have on their path."""
    installed = folder / "installed"
    installed.mkdir()
    target = str(installed)
    return {
        "PIP_TARGET": target,
        "PYTHONPATH": target,
        "PIP_CONFIG_FILE": os.devnull,
        # Later workers do without what earlier ones have there.
        "PIP_UPGRADE": "1",
        **env,
    }


@pytest.fixture
def cluster(index: Path, tmp_path: Path) -> Iterator[Cluster]:
    """A cluster with an index."""
    env = environment(tmp_path, PIP_NO_INDEX="1", PIP_FIND_LINKS=str(index))
    cluster = Cluster(tmp_path, **env)
    yield cluster
    cluster.close()


@pytest.fixture
def cluster_without_index(tmp_path: Path) -> Iterator[Cluster]:
    """A cluster whose index does not answer."""
    index = "http://127.0.0.1:9/simple"
    env = environment(tmp_path, PIP_INDEX_URL=index, PIP_EXTRA_INDEX_URL="")
    cluster = Cluster(tmp_path, **env)
    yield cluster
    cluster.close()
