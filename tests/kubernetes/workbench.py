"""What a user has: a Jupyter server with this extension, notebooks, kubectl, a namespace.

One server and one namespace serve all tests of a module, each with clusters of its own.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import subprocess
import urllib.error
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from distributed import Client

from tests.server_process import Server

from .conftest import Team, kubectl, until
from .kernel import Kernel
from .server import OPTIONS

MANIFESTS = Path(__file__).with_name("manifests")
KINDS = "daskjobs,daskautoscalers,daskclusters,daskworkergroups"
PUBLISHED_IMAGE = "ghcr.io/dask/dask:latest"
"""What the manifests say; the tests' image takes its place."""

SMALL = {"threads": 1, "memory": "320 MiB"}
LIMIT = 150.0
"""Seconds that pods may take: these machines are small."""


class Workbench:
    """One server, and kubectl with the same rights."""

    def __init__(self, team: Team, image: str, folder: Path) -> None:
        self.team = team
        self.image = image
        self.folder = folder
        self.servers: list[Server] = []
        self._kernels: list[Kernel] = []
        self.server: Server

    def start(self, **env: str) -> Server:
        """Start a server; options of the backend are those of all these tests."""
        return self.start_with((), **env)

    def start_with(self, options: tuple[str, ...], **env: str) -> Server:
        """Start a server with more options."""
        self.launch(options, **env)
        self.server.until("status", lambda it: it is not None and it["state"] == "ready")
        return self.server

    def launch(self, options: tuple[str, ...] = (), **env: str) -> None:
        """Start a server that may not be able to do anything."""
        folder = self.folder / f"server-{len(self.servers)}"
        folder.mkdir()
        environment: dict[str, Any] = {
            "KUBECONFIG": str(self.team.kubeconfig),
            "NB_USER": "alice",
            **env,
        }
        self.server = Server(
            folder,
            "--DaskK8sApp.backend=kubernetes",
            f"--KubernetesBackend.image={self.image}",
            *(f"--{key}={value}" for key, value in OPTIONS.items()),
            *options,
            **environment,
        )
        self.servers.append(self.server)

    def close(self) -> None:
        """End what was started, and all clusters."""
        for kernel in self._kernels:
            kernel.close()
        for server in self.servers:
            server.close()
        self.kubectl("delete", KINDS, "--all", "--wait=false")
        what = ("get", "deployments", "-o", "name")
        until("the deployments are gone", lambda: not self.kubectl(*what), LIMIT)
        # Pods that others make have half a minute to end; nobody needs to wait for that.
        self.kubectl("delete", "pods", "--all", "--grace-period=0", "--force")

    # --- REST ------------------------------------------------------------------------

    def ask(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """Return status and answer at ``api/{path}``; refusals are answers, too."""
        try:
            return 200, self.server.ask(path, body, method)
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read() or b"null")

    def status(self) -> dict[str, Any]:
        """Return what the server tells of itself, as a panel reads it: with the list."""
        self.ask("GET", "clusters")
        found: dict[str, Any] = self.done("GET", "status")
        return found

    def done(self, method: str, path: str, body: Any = None) -> Any:
        """Return the answer to what must not be refused."""
        status, answer = self.ask(method, path, body)
        assert status == 200, answer
        return answer

    def create(self, name: str, **options: Any) -> dict[str, Any]:
        """Create a cluster of small workers; returns it once it runs."""
        body = {"name": name, "resources": SMALL, **options}
        self.done("POST", "clusters", body)
        return self.running(name)

    def until(
        self, name: str, accept: Callable[[Any], Any], limit: float = LIMIT
    ) -> dict[str, Any]:
        """Return a cluster once ``accept`` is true of it (``None`` when it is gone)."""
        try:
            found = self.server.until(f"clusters/{name}", accept, limit)
        except AssertionError as error:
            raise AssertionError(f"{error}\nserver: {self.server.text[-2000:]}") from None
        return found or {}

    def running(self, name: str) -> dict[str, Any]:
        """Return a cluster once it runs and nothing is missing."""
        return self.until(
            name, lambda it: it and it["phase"] == "Running" and not it["reason"]
        )

    def gone(self, name: str, limit: float = LIMIT) -> None:
        """Return once a cluster is not listed any more."""
        self.until(name, lambda it: it is None, limit)

    def names(self) -> list[str]:
        """Return the names of all listed clusters."""
        return [it["name"] for it in self.done("GET", "clusters")["clusters"]]

    def export(self, name: str, kind: str) -> str:
        """Return a cluster as text."""
        return str(self.done("GET", f"clusters/{name}/export?as={kind}")["content"])

    # --- kubectl ---------------------------------------------------------------------

    def kubectl(self, *args: str | Path, body: Any = None, check: bool = True) -> str:
        """Run kubectl as the team."""
        kubeconfig = self.team.kubeconfig
        return kubectl(*args, kubeconfig=kubeconfig, body=body, check=check, timeout=120)

    def get(self, *what: str) -> Any:
        """Return objects as kubectl gets them; ``None`` where there is none."""
        text = self.kubectl("get", *what, "--ignore-not-found", "-o", "json")
        return json.loads(text) if text else None

    def manifest(self, file: str) -> Path:
        """Return a copy of a manifest of ours with the image that there is here."""
        text = (MANIFESTS / file).read_text().replace(PUBLISHED_IMAGE, self.image)
        copy = self.folder / file
        copy.write_text(text)
        return copy

    # --- notebooks -------------------------------------------------------------------

    def kernel(self) -> Kernel:
        """Start a notebook's kernel, with Dask's settings for this machine.

        The settings say what an administrator would: which image there is, and that
        services are reached by a port forward (dask-kubernetes finds that out, too, but
        takes ten seconds for it).
        """
        env = {
            key: value for key, value in os.environ.items() if not key.startswith("JUPYTER")
        }
        env |= {
            "KUBECONFIG": str(self.team.kubeconfig),
            "DASK_KUBERNETES__IMAGE": self.image,
            "DASK_KUBERNETES__PORT_FORWARD_CLUSTER_IP": "True",
            "PYTHONWARNINGS": "ignore",
        }
        kernel = Kernel(self.folder, env)
        self._kernels.append(kernel)
        return kernel

    @contextlib.contextmanager
    def client(self, name: str) -> Iterator[Client]:
        """Connect to a scheduler through kubectl's port forward."""
        program = os.environ.get("TESTBED_KUBECTL") or shutil.which("kubectl")
        assert program
        forward = subprocess.Popen(
            [
                *(program, f"--kubeconfig={self.team.kubeconfig}", "port-forward"),
                *("--address=127.0.0.1", f"service/{name}-scheduler", ":8786"),
            ],
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            assert forward.stdout is not None
            found = re.search(r"127\.0\.0\.1:(\d+)", forward.stdout.readline())
            assert found, "kubectl forwards no port"
            with Client(f"tcp://127.0.0.1:{found[1]}", timeout=30) as client:
                yield client
        finally:
            forward.kill()
            forward.wait()
            if forward.stdout:
                forward.stdout.close()


def group(cluster: Any, name: str = "default") -> dict[str, Any]:
    """Return a worker group of a cluster; nothing where it is not there."""
    found: dict[str, Any] = next(
        (it for it in (cluster or {}).get("groups", ()) if it["name"] == name), {}
    )
    return found


def count(cluster: Any, name: str = "default") -> tuple[int, int] | None:
    """Return how many workers of a group are ready, and how many are wanted."""
    found = group(cluster, name)
    return (found["ready"], found["desired"]) if found else None


@pytest.fixture(scope="module")
def empty_bench(
    team: Team, dask_image: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Workbench]:
    """A workbench whose servers a test starts."""
    found = Workbench(team, dask_image, tmp_path_factory.mktemp("workbench"))
    try:
        yield found
    finally:
        found.close()


@pytest.fixture(scope="module")
def bench(empty_bench: Workbench) -> Workbench:
    """A workbench with a server."""
    empty_bench.start()
    return empty_bench
