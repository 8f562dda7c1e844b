"""The browser's walks, with JupyterLab in a pod as Kubeflow runs it, and outside.

$NOTEBOOK_IMAGE names an image with JupyterLab and this package (scripts/kubernetes.sh makes
one for the testbed).
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from .conftest import Team, kubectl
from .server import OPTIONS, wipe

ROOT = Path(__file__).parents[2]
NOTEBOOK_MEMORY = "512Mi"
LIMIT = 900

SETTINGS = "/home/dask/.jupyter/lab/user-settings"
NO_NEWS = (
    "mkdir -p {folder}/@jupyterlab/apputils-extension && "
    'echo \'{{"fetchNews": "false"}}\' '
    "> {folder}/@jupyterlab/apputils-extension/notification.jupyterlab-settings"
)
"""No question about news in the corner of our pictures."""

pytestmark = pytest.mark.timeout(LIMIT + 120)


@pytest.fixture(scope="session")
def notebook_image() -> str:
    found = os.environ.get("NOTEBOOK_IMAGE")
    if not found:
        pytest.skip("no image of a notebook with this package: set NOTEBOOK_IMAGE")
    return found


@pytest.fixture(scope="session")
def chromium() -> str:
    found = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if not found:
        pytest.skip("no browser: `make setup` brings one, or set CHROMIUM")
    return found


def walk(spec: str, lab: Lab, place: str, team: Team, chromium: str, image: str) -> None:
    """Run one file of ui-tests/kubernetes."""
    environment = {
        **lab.environment,
        "UI_URL": lab.url,
        "UI_PLACE": place,
        "UI_RESULTS": f"test-results/{spec}-{place}",
        "CHROMIUM": chromium,
        "TEAM": team.namespace,
        "TEAM_KUBECONFIG": str(team.kubeconfig),
        "DASK_IMAGE": image,
        "PYTHON": sys.executable,
    }
    subprocess.run(
        [
            *("node_modules/.bin/playwright", "test", spec),
            *("--config", "ui-tests/kubernetes/playwright.config.ts"),
        ],
        cwd=ROOT,
        env=environment,
        timeout=LIMIT,
        check=True,
    )


# --- inside --------------------------------------------------------------------------


def notebook_pod(team: Team, image: str, dask_image: str) -> dict[str, object]:
    """Return a pod as Kubeflow's notebook controller makes it."""
    prefix = f"/notebook/{team.namespace}/alice-nb"
    settings = [f"--{key}={value}" for key, value in OPTIONS.items()]
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "alice-nb", "labels": {"notebook-name": "alice-nb"}},
        "spec": {
            "serviceAccountName": team.service_account,
            "terminationGracePeriodSeconds": 5,
            "securityContext": {"runAsUser": 1000, "fsGroup": 100},
            "containers": [
                {
                    "name": "alice-nb",
                    "image": image,
                    "env": [
                        {"name": "NB_PREFIX", "value": prefix},
                        {"name": "HOME", "value": "/home/dask"},
                        {"name": "NB_USER", "value": "alice"},
                    ],
                    "workingDir": "/home/dask",
                    "command": [
                        *(
                            "sh",
                            "-c",
                            f'{NO_NEWS.format(folder=SETTINGS)}; exec "$@"',
                            "sh",
                        ),
                        *("jupyter", "lab", "--ip=0.0.0.0", "--port=8888"),
                        *("--no-browser", "--ServerApp.base_url=$(NB_PREFIX)/"),
                        "--IdentityProvider.token=",
                        "--ServerApp.allow_remote_access=True",
                        f"--KubernetesBackend.image={dask_image}",
                        *settings,
                    ],
                    "ports": [{"containerPort": 8888, "name": "notebook-port"}],
                    "readinessProbe": {
                        "httpGet": {"path": f"{prefix}/api", "port": 8888},
                        "periodSeconds": 1,
                    },
                    "resources": {
                        "limits": {"memory": NOTEBOOK_MEMORY},
                        "requests": {"memory": "256Mi", "cpu": "100m"},
                    },
                }
            ],
        },
    }


@pytest.fixture
def notebook_url(
    team: Team, kubeconfig: Path, notebook_image: str, dask_image: str
) -> Iterator[str]:
    """JupyterLab in a pod, through ``kubectl port-forward``."""
    pod = notebook_pod(team, notebook_image, dask_image)
    kubectl("apply", "-n", team.namespace, "-f", "-", kubeconfig=kubeconfig, body=pod)
    program = os.environ.get("TESTBED_KUBECTL") or "kubectl"
    forward = None
    try:
        kubectl(
            *("wait", "pod/alice-nb", "-n", team.namespace, "--for=condition=Ready"),
            "--timeout=180s",
            kubeconfig=kubeconfig,
            timeout=200,
        )
        forward = subprocess.Popen(
            [
                *(program, f"--kubeconfig={kubeconfig}", "-n", team.namespace),
                *("port-forward", "pod/alice-nb", ":8888"),
            ],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert forward.stdout is not None
        found = re.search(r"127\.0\.0\.1:(\d+)", forward.stdout.readline())
        assert found
        yield f"http://127.0.0.1:{found[1]}/notebook/{team.namespace}/alice-nb/"
    finally:
        if forward is not None:
            forward.kill()
            forward.wait()
        print(
            kubectl(
                *("logs", "alice-nb", "-n", team.namespace, "--tail=40"),
                kubeconfig=kubeconfig,
                check=False,
            )
        )
        kubectl("delete", "pod/alice-nb", "-n", team.namespace, kubeconfig=kubeconfig)
        wipe(team, kubeconfig)


def test_the_walk_in_a_pod(
    notebook_url: str, team: Team, kubeconfig: Path, chromium: str, dask_image: str
) -> None:
    walk("walk", Lab(notebook_url, dict(os.environ)), "inside", team, chromium, dask_image)
    # An array of twice its memory was computed on the workers, and the pod lived.
    state = kubectl(
        *("get", "pod/alice-nb", "-n", team.namespace),
        *("-o", "jsonpath={.status.containerStatuses[0].restartCount}"),
        kubeconfig=kubeconfig,
    )
    assert state == "0"


# --- outside -------------------------------------------------------------------------


class Lab(NamedTuple):
    """JupyterLab on this machine; what is needed to start it again, too."""

    url: str
    environment: dict[str, str]


@pytest.fixture
def lab(team: Team, kubeconfig: Path, dask_image: str, tmp_path: Path) -> Iterator[Lab]:
    """JupyterLab on this machine, with the team's kubeconfig."""
    folders = {
        f"JUPYTER{name}_DIR": str(tmp_path / name.strip("_").lower())
        for name in ("_CONFIG", "_DATA", "_RUNTIME", "LAB_SETTINGS", "LAB_WORKSPACES")
    }
    no_news = NO_NEWS.format(folder=folders["JUPYTERLAB_SETTINGS_DIR"])
    subprocess.run(["sh", "-c", no_news], check=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        *(sys.executable, "-m", "jupyterlab", "--allow-root", "--no-browser"),
        *(f"--port={port}", "--ServerApp.port_retries=0", "--IdentityProvider.token="),
        f"--ServerApp.root_dir={tmp_path}",
        f"--KubernetesBackend.image={dask_image}",
        *(f"--{key}={value}" for key, value in OPTIONS.items()),
    ]
    log, again = tmp_path / "log", tmp_path / "pid"
    environment = {**os.environ, **folders, "KUBECONFIG": str(team.kubeconfig)}
    with log.open("w+") as output:
        process = subprocess.Popen(command, env=environment, stdout=output, stderr=output)
    try:
        restart = {
            "UI_PID": str(process.pid),
            "UI_COMMAND": json.dumps(command),
            "UI_LOG": str(log),
            "UI_PID_FILE": str(again),
        }
        yield Lab(wait_for_url(log, process), {**environment, **restart})
    finally:
        process.terminate()
        process.wait(30)
        if again.exists():
            os.kill(int(again.read_text()), signal.SIGTERM)
        print(log.read_text()[-3000:])
        wipe(team, kubeconfig)


def wait_for_url(log: Path, process: subprocess.Popen[bytes]) -> str:
    end = time.monotonic() + 90
    while time.monotonic() < end:
        found = re.search(r"http://127\.0\.0\.1:\d+/", log.read_text())
        if found and "Dask clusters:" in log.read_text():
            return found[0]
        assert process.poll() is None, log.read_text()
        time.sleep(0.2)
    raise AssertionError(log.read_text())


def test_the_walk_outside(lab: Lab, team: Team, chromium: str, dask_image: str) -> None:
    walk("walk", lab, "outside", team, chromium, dask_image)


def test_what_others_do(lab: Lab, team: Team, chromium: str, dask_image: str) -> None:
    walk("others", lab, "outside", team, chromium, dask_image)


def test_a_restart(lab: Lab, team: Team, chromium: str, dask_image: str) -> None:
    walk("restart", lab, "outside", team, chromium, dask_image)
