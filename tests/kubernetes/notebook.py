"""JupyterLab in a pod, as Kubeflow's notebook controller runs it."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from .conftest import Team, kubectl
from .server import OPTIONS

NAME = "alice-nb"
HOME = "/home/dask"
PORT = 8888
MEMORY = "512Mi"

SETTINGS = f"{HOME}/.jupyter/lab/user-settings"
NO_NEWS = (
    "mkdir -p {folder}/@jupyterlab/apputils-extension && "
    'echo \'{{"fetchNews": "false"}}\' '
    "> {folder}/@jupyterlab/apputils-extension/notification.jupyterlab-settings"
)
"""No question about news in the corner of our pictures."""


@pytest.fixture(scope="session")
def notebook_image() -> str:
    """An image with JupyterLab and this package (scripts/kubernetes.sh makes one)."""
    found = os.environ.get("NOTEBOOK_IMAGE")
    if not found:
        pytest.skip("no image of a notebook with this package: set NOTEBOOK_IMAGE")
    return found


def prefix(team: Team) -> str:
    """Return the path at which Kubeflow's gateway shows the notebook."""
    return f"/notebook/{team.namespace}/{NAME}"


def notebook_pod(team: Team, image: str, *options: str) -> dict[str, Any]:
    """Return the ``spec`` of a notebook's pod; ``options`` are those of Jupyter."""
    settings = [f"--{key}={value}" for key, value in OPTIONS.items()]
    return {
        "serviceAccountName": team.service_account,
        "terminationGracePeriodSeconds": 5,
        "securityContext": {"runAsUser": 1000, "fsGroup": 100},
        "containers": [
            {
                "name": NAME,
                "image": image,
                "env": [
                    {"name": "NB_PREFIX", "value": prefix(team)},
                    {"name": "HOME", "value": HOME},
                    {"name": "NB_USER", "value": "alice"},
                ],
                "workingDir": HOME,
                "command": [
                    *("sh", "-c", f'{NO_NEWS.format(folder=SETTINGS)}; exec "$@"', "sh"),
                    *("jupyter", "lab", "--ip=0.0.0.0", f"--port={PORT}"),
                    *("--no-browser", "--ServerApp.base_url=$(NB_PREFIX)/"),
                    "--IdentityProvider.token=",
                    "--ServerApp.allow_remote_access=True",
                    *settings,
                    *options,
                ],
                "ports": [{"containerPort": PORT, "name": "notebook-port"}],
                "readinessProbe": {
                    "httpGet": {"path": f"{prefix(team)}/api", "port": PORT},
                    "periodSeconds": 1,
                },
                "resources": {
                    "limits": {"memory": MEMORY},
                    "requests": {"memory": "256Mi", "cpu": "100m"},
                },
            }
        ],
    }


def wait_for_pod(name: str, team: Team, kubeconfig: Path) -> None:
    """Return once Jupyter answers in a pod."""
    kubectl(
        *("wait", f"pod/{name}", "-n", team.namespace, "--for=condition=Ready"),
        "--timeout=180s",
        kubeconfig=kubeconfig,
        timeout=200,
    )


@contextlib.contextmanager
def forwarded(name: str, team: Team, kubeconfig: Path) -> Iterator[str]:
    """Forward a port to a notebook's pod; gives JupyterLab's URL."""
    program = os.environ.get("TESTBED_KUBECTL") or shutil.which("kubectl")
    assert program
    forward = subprocess.Popen(
        [
            *(program, f"--kubeconfig={kubeconfig}", "-n", team.namespace),
            *("port-forward", "--address=127.0.0.1", f"pod/{name}", f":{PORT}"),
        ],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert forward.stdout is not None
        found = re.search(r"127\.0\.0\.1:(\d+)", forward.stdout.readline())
        assert found, "kubectl forwards no port"
        yield f"http://127.0.0.1:{found[1]}{prefix(team)}/"
    finally:
        forward.kill()
        forward.wait()
        if forward.stdout:
            forward.stdout.close()


def last_words(name: str, team: Team, kubeconfig: Path) -> str:
    """Return the end of a pod's log."""
    what = ("logs", name, "-n", team.namespace, "--tail=40")
    return kubectl(*what, kubeconfig=kubeconfig, check=False)
