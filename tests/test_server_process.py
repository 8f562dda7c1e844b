"""A real ``jupyter server`` process: its end takes all clusters along, however it comes."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from .server_process import Server

LIMIT = 10.0
"""Seconds in which everything has to be gone."""


def start_clusters(server: Server) -> list[psutil.Process]:
    """Start two clusters with two workers each and return all their processes."""
    for name in ("one", "two"):
        server.ask("clusters", {"name": name, "workers": 2})
    end = time.monotonic() + 60
    while time.monotonic() < end:
        clusters = server.ask("clusters")["clusters"]
        if sum(cluster["groups"][0]["ready"] for cluster in clusters) == 4:
            processes: list[psutil.Process] = psutil.Process(server.process.pid).children(
                recursive=True
            )
            assert len(processes) >= 6
            return processes
        time.sleep(0.1)
    raise AssertionError(clusters)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    server = Server(tmp_path, "--DaskK8sApp.backend=local")
    yield server
    server.close()


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_no_process_is_left(server: Server, how: signal.Signals) -> None:
    processes = start_clusters(server)
    begin = time.monotonic()
    server.process.send_signal(how)
    _, left = psutil.wait_procs(processes, timeout=LIMIT)
    print(
        f"\n{how.name}: {len(processes)} processes gone in {time.monotonic() - begin:.1f} s"
    )
    assert left == []


def test_no_process_is_left_when_workers_are_busy(server: Server) -> None:
    """Workers that hold the interpreter's lock in one long call hear nothing."""
    processes = start_clusters(server)
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
