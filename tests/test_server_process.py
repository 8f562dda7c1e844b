"""A real ``jupyter server`` process: its end takes all clusters along, however it comes."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

LIMIT = 10.0
"""Seconds in which everything has to be gone."""


class Server:
    """A Jupyter server of its own, as Kubeflow runs it: base URL, no token."""

    base_url = "/notebook/team-a/alice-nb/"

    def __init__(self, folder: Path) -> None:
        environment = {
            key: value for key, value in os.environ.items() if not key.startswith("JUPYTER")
        }
        self.log = (folder / "log").open("w+")
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-m", "jupyter_server", "--allow-root", "--no-browser"),
                *(
                    "--port=0",
                    "--IdentityProvider.token=",
                    f"--ServerApp.root_dir={folder}",
                ),
                f"--ServerApp.base_url={self.base_url}",
                "--ServerApp.disable_check_xsrf=True",
                "--ServerApp.jpserver_extensions={'jupyter_dask_k8s': True}",
                "--DaskK8sApp.backend=local",
            ],
            env=environment | {"JUPYTER_DATA_DIR": str(folder / "data")},
            stdout=self.log,
            stderr=self.log,
            cwd=folder,
        )
        self.url = self._wait_for_url() + "dask-k8s/api"

    def _wait_for_url(self) -> str:
        end = time.monotonic() + 60
        while time.monotonic() < end:
            self.log.seek(0)
            text = self.log.read()
            found = re.search(rf"http://127\.0\.0\.1:\d+{self.base_url}", text)
            if found and "Dask clusters:" in text:
                return found[0]
            assert self.process.poll() is None, text
            time.sleep(0.1)
        raise AssertionError(text)

    def ask(self, path: str, body: Any = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        with urllib.request.urlopen(f"{self.url}/{path}", data, timeout=30) as answer:
            return json.load(answer)

    def start_clusters(self) -> list[psutil.Process]:
        """Start two clusters with two workers each and return all their processes."""
        for name in ("one", "two"):
            self.ask("clusters", {"name": name, "workers": 2})
        end = time.monotonic() + 60
        while time.monotonic() < end:
            clusters = self.ask("clusters")["clusters"]
            if sum(cluster["groups"][0]["ready"] for cluster in clusters) == 4:
                processes: list[psutil.Process] = psutil.Process(self.process.pid).children(
                    recursive=True
                )
                assert len(processes) >= 6
                return processes
            time.sleep(0.1)
        raise AssertionError(clusters)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    server = Server(tmp_path)
    yield server
    server.process.kill()
    server.process.wait()
    server.log.close()


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_no_process_is_left(server: Server, how: signal.Signals) -> None:
    processes = server.start_clusters()
    begin = time.monotonic()
    server.process.send_signal(how)
    _, left = psutil.wait_procs(processes, timeout=LIMIT)
    print(
        f"\n{how.name}: {len(processes)} processes gone in {time.monotonic() - begin:.1f} s"
    )
    assert left == []


def test_no_process_is_left_when_workers_are_busy(server: Server) -> None:
    """Workers that hold the interpreter's lock in one long call hear nothing."""
    processes = server.start_clusters()
    address = server.ask("clusters/one")["scheduler_address"]
    program = (
        "import re, time\n"
        "from distributed import Client, fire_and_forget\n"
        f"client = Client({address!r})\n"
        "slow = lambda n: re.match(r'(a*)*b', 'a' * 40)\n"
        "fire_and_forget(client.map(slow, range(4), pure=False))\n"
        "time.sleep(1)\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)
    server.process.kill()
    _, left = psutil.wait_procs(processes, timeout=LIMIT)
    assert left == []
