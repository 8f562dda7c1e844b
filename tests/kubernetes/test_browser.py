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
from .notebook import (
    NAME,
    NO_NEWS,
    forwarded,
    last_words,
    notebook_image,
    notebook_pod,
    wait_for_pod,
)
from .server import OPTIONS, wipe

ROOT = Path(__file__).parents[2]
LIMIT = 900

__all__ = ["notebook_image"]

pytestmark = pytest.mark.timeout(LIMIT + 120)


@pytest.fixture(scope="session")
def chromium() -> str:
    found = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if not found:
        pytest.skip("no browser: `make setup` brings one, or set CHROMIUM")
    return found


def walk(
    spec: str,
    lab: Lab,
    place: str,
    team: Team,
    chromium: str,
    image: str,
    **more: str,
) -> None:
    """Run one file of ui-tests/kubernetes; ``more`` are variables for it."""
    environment = {
        **lab.environment,
        **more,
        "UI_URL": lab.url,
        "UI_PLACE": place,
        "UI_RESULTS": f"test-results/{spec}-{place}",
        "CHROMIUM": chromium,
        "TEAM": team.namespace,
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


@pytest.fixture
def notebook_url(
    team: Team,
    kubeconfig: Path,
    notebook_image: str,
    dask_image: str,
) -> Iterator[str]:
    """JupyterLab in a pod, through ``kubectl port-forward``."""
    spec = notebook_pod(team, notebook_image, f"--KubernetesBackend.image={dask_image}")
    metadata = {"name": NAME, "labels": {"notebook-name": NAME}}
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec}
    kubectl("apply", "-n", team.namespace, "-f", "-", kubeconfig=kubeconfig, body=pod)
    try:
        wait_for_pod(NAME, team, kubeconfig)
        with forwarded(NAME, team, kubeconfig) as url:
            yield url
    finally:
        print(last_words(NAME, team, kubeconfig))
        kubectl("delete", f"pod/{NAME}", "-n", team.namespace, kubeconfig=kubeconfig)
        wipe(team, kubeconfig)


def test_the_walk_in_a_pod(
    notebook_url: str, team: Team, kubeconfig: Path, chromium: str, dask_image: str
) -> None:
    walk("walk", Lab(notebook_url, dict(os.environ)), "inside", team, chromium, dask_image)
    # An array of twice its memory was computed on the workers, and the pod lived.
    state = kubectl(
        *("get", f"pod/{NAME}", "-n", team.namespace),
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


def test_what_others_do(
    lab: Lab, team: Team, kubeconfig: Path, chromium: str, dask_image: str
) -> None:
    # They may do more than a notebook: `kubectl scale` needs a right of its own.
    others = str(kubeconfig)
    walk("others", lab, "outside", team, chromium, dask_image, OTHERS_KUBECONFIG=others)


def test_a_restart(lab: Lab, team: Team, chromium: str, dask_image: str) -> None:
    walk("restart", lab, "outside", team, chromium, dask_image)
