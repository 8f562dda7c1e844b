"""The same JupyterLab with our extension, with the peer's, and with neither of them."""

from __future__ import annotations

import compileall
import contextlib
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_ROOT = Path(__file__).parents[2]

_NO_COLLECTOR = "import gc; gc.disable(); from jupyterlab.labapp import main; main()"


@dataclass(frozen=True)
class Environment:
    """Where a JupyterLab is installed, and what is added to it there."""

    python: str
    extensions: tuple[str, ...]
    options: tuple[str, ...] = ()


OURS = Environment(sys.executable, ("jupyter_dask_k8s",), ("--DaskK8sApp.backend=local",))
PEER = Environment(
    os.environ.get("PEER_PYTHON", str(_ROOT / ".venv-peer/bin/python")),
    ("dask_labextension", "jupyter_server_proxy"),
)


def compile_ours() -> None:
    """Write our bytecode, as pip does for a package that it installs."""
    compileall.compile_dir(_ROOT / "jupyter_dask_k8s", quiet=1)


@dataclass(frozen=True)
class Lab:
    """A JupyterLab that answers."""

    url: str
    pid: int
    seconds: float
    """How long it took from the command to the first answer."""
    processor: float
    """Of it, the seconds that it had a processor."""
    log: Path = field(repr=False)

    @property
    def memory(self) -> float:
        """MiB that its process has in memory."""
        for line in Path(f"/proc/{self.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
        raise AssertionError("no VmRSS")


@contextlib.contextmanager
def lab(
    where: Environment,
    enabled: bool = True,
    environ: Mapping[str, str] | None = None,
    collector: bool = True,
) -> Iterator[Lab]:
    """Start a JupyterLab with nothing of a person in it; end it at the end.

    ``collector``: whether Python collects garbage there.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        log, port = folder / "log", _free_port()
        begin = time.perf_counter()
        with log.open("w") as output:
            process = subprocess.Popen(
                _command(where, enabled, folder, port, collector),
                env=_environ(folder) | dict(environ or {}),
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=folder,
            )
        try:
            while not _answers(port):
                if process.poll() is not None or time.perf_counter() - begin > 120:
                    raise RuntimeError(log.read_text())
                time.sleep(0.005)
            took = time.perf_counter() - begin
            processor = processor_time(process.pid)
            loaded = [
                it
                for it in where.extensions
                if f"{it} | extension was succ" in log.read_text()
            ]
            assert len(loaded) == enabled * len(where.extensions), log.read_text()
            yield Lab(f"http://127.0.0.1:{port}/", process.pid, took, processor, log)
        finally:
            process.terminate()
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _command(
    where: Environment, enabled: bool, folder: Path, port: int, collector: bool
) -> list[str]:
    extensions = dict.fromkeys(where.extensions, enabled)
    return [
        *(where.python, *(("-m", "jupyterlab") if collector else ("-c", _NO_COLLECTOR))),
        *("--allow-root", "--no-browser"),
        *(f"--port={port}", "--ServerApp.port_retries=0", "--IdentityProvider.token="),
        *(f"--ServerApp.root_dir={folder}", "--ServerApp.disable_check_xsrf=True"),
        f"--ServerApp.jpserver_extensions={extensions}",
        *(where.options if enabled else ()),
    ]


def _environ(folder: Path) -> dict[str, str]:
    kept: dict[str, Any] = {
        key: value
        for key, value in os.environ.items()
        if not key.startswith(("JUPYTER", "DASK", "KUBE"))
    }
    paths = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR")
    return kept | {path: str(folder / path) for path in paths}


def processor_time(pid: int) -> float:
    """Return the seconds that all threads of a process had a processor."""
    clock = (~pid << 3) | 2  # what clock_getcpuclockid(3) returns on Linux
    return time.clock_gettime(clock)


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def _answers(port: int) -> bool:
    """Ask for ``/api`` with nothing but a socket, which costs nothing beside the server."""
    try:
        with socket.create_connection(("127.0.0.1", port), 5) as connection:
            connection.sendall(b"GET /api HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n")
            return connection.recv(64).startswith(b"HTTP/1.1 200")
    except OSError:
        return False
