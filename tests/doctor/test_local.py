"""The doctor on local processes: over HTTP, and as a program of its own."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest

from jupyter_dask_k8s import models
from jupyter_dask_k8s.backends.local import checkup
from jupyter_dask_k8s.backends.local.machine import Machine
from jupyter_dask_k8s.pytest_plugin import DaskAPI

LOCAL = {
    "backend",
    "settings",
    "local.machine",
    "local.dask",
    "local.ports",
    "local.clusters",
    "local.directory",
    "local.profiles",
    "jupyter.extension",
    "jupyter.labextension",
    "jupyter.events",
}
ELSEWHERE = {"jupyter.extension", "jupyter.labextension"}
"""What depends on how the package is installed where the tests run."""


def verdicts(answer: Any) -> dict[str, str]:
    return {it["id"]: it["verdict"] for it in answer["checks"]}


async def test_over_http(dask_api: DaskAPI) -> None:
    status, answer = await dask_api("GET", "doctor")
    assert status == 200
    msgspec.convert(answer, models.Doctor)
    found = verdicts(answer)
    assert set(found) == LOCAL | {"proxy.base", "proxy.host"}
    wrong = {it for it, verdict in found.items() if verdict != "ok"}
    assert wrong <= ELSEWHERE
    assert found["jupyter.events"] == "ok"


async def test_never_two_at_a_time(dask_api: DaskAPI, monkeypatch: Any) -> None:
    runs = 0
    whole = checkup._dask

    async def counted() -> Any:
        nonlocal runs
        runs += 1
        return await whole()

    monkeypatch.setattr(checkup, "_dask", counted)
    answers = await asyncio.gather(*(dask_api("GET", "doctor") for _ in range(3)))
    assert [status for status, _ in answers] == [200] * 3
    assert runs == 1
    await dask_api("GET", "doctor")
    assert runs == 2


async def test_it_needs_authentication(dask_api: DaskAPI, jp_fetch: Any) -> None:
    response = await jp_fetch(
        *("dask-k8s", "api", "doctor"),
        headers={"Authorization": "token wrong"},
        raise_error=False,
    )
    assert response.code == 403


async def test_what_is_wrong_has_a_remedy() -> None:
    small = checkup._size(Machine(1, 2**28))
    assert (small.verdict, small.kind) == ("warning", "config")
    assert "max_workers = 1" in small.remedy
    full = checkup._room(32, 32)
    assert (full.verdict, full.kind) == ("warning", "config")


async def test_a_dask_that_does_not_load(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkup, "_PROGRAM", "import no_such_module")
    found = await checkup._dask()
    assert found.verdict == "failed"
    assert "no_such_module" in found.message
    assert "pip install" in found.remedy


# --- the command line ----------------------------------------------------------------


def run(folder: Path, *options: str, **env: str) -> subprocess.CompletedProcess[str]:
    """Run the program with no configuration but what the folder has."""
    kept = {key: it for key, it in os.environ.items() if not key.startswith("JUPYTER")}
    kept.pop("KUBECONFIG", None)
    return subprocess.run(
        [sys.executable, "-m", "jupyter_dask_k8s", *options],
        capture_output=True,
        text=True,
        timeout=90,
        cwd=folder,
        env=kept | {"HOME": str(folder), "JUPYTER_CONFIG_DIR": str(folder)} | env,
    )


def test_as_json(tmp_path: Path) -> None:
    done = run(tmp_path, "doctor", "--backend=local", "--json")
    answer = json.loads(done.stdout)
    assert set(verdicts(answer)) == LOCAL
    assert done.returncode == (0 if answer["healthy"] else 1)
    wrong = {it for it, found in verdicts(answer).items() if found == "failed"}
    assert wrong <= ELSEWHERE


def test_a_failure_as_text(tmp_path: Path) -> None:
    """The configuration is that of the server; there is no Kubernetes here."""
    config = tmp_path / "jupyter_server_config.py"
    config.write_text('c.DaskK8sApp.backend = "kubernetes"\n')
    done = run(tmp_path, "doctor")
    assert done.returncode == 1
    assert "✗ Backend: There are no clusters here: No Kubernetes was found" in done.stdout
    assert '    c.DaskK8sApp.backend = "local"' in done.stdout
    assert "failed." in done.stdout.splitlines()[-1]


def test_a_kubernetes_that_was_passed_over(tmp_path: Path) -> None:
    """Nothing is wrong with local processes, but they may not be what one expects."""
    config = tmp_path / "kubeconfig"
    config.write_text("no kubeconfig")
    done = run(tmp_path, "doctor", "--json", KUBECONFIG=str(config))
    answer = json.loads(done.stdout)
    assert verdicts(answer)["backend"] == "warning"
    assert str(config) in answer["checks"][0]["message"]
    assert answer["checks"][0]["remedy"] == "jupyter dask-k8s doctor --backend=kubernetes"


def test_the_servers_start_does_not_load_it() -> None:
    program = (
        "import sys, jupyter_dask_k8s.app\n"
        "print([it for it in sys.modules if '.checkup' in it or '.doctor.' in it])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "['jupyter_dask_k8s.doctor.shared']"


def test_the_servers_start_does_not_load_backends() -> None:
    """They are most of our code: loaded beside the event loop, when one is needed."""
    program = (
        "import sys, jupyter_dask_k8s.app\n"
        "heavy = ('kubernetes.backend', 'local.backend', 'diagnosis', 'aiohttp', 'dask')\n"
        "print([it for it in sys.modules if it.endswith(heavy)])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("backend", ["local", "kubernetes"])
def test_a_setting_that_cannot_be(tmp_path: Path, backend: str) -> None:
    """Where there is no Kubernetes, local processes would be no way out as they are."""
    settings = {"Backend": {"default_memory": "plenty"}}
    (tmp_path / "jupyter_dask_k8s_config.json").write_text(json.dumps(settings))
    done = run(tmp_path, "doctor", f"--backend={backend}", "--json")
    [first, *_] = json.loads(done.stdout)["checks"]
    assert first["verdict"] == "failed"
    mended, *instead = first["remedy"].splitlines()
    assert mended.startswith('c.LocalBackend.default_memory = "')
    assert mended.endswith('B"  # the default')
    if backend == "local":
        assert "setting LocalBackend.default_memory is wrong: “plenty”" in first["message"]
        assert instead == []
    else:
        assert instead == ['c.DaskK8sApp.backend = "local"  # until Kubernetes can be used']


def test_it_cannot_run(tmp_path: Path) -> None:
    done = run(tmp_path, "doctor", "--backend=moon")
    assert done.returncode == 2
    assert "moon" in done.stderr
    assert run(tmp_path).returncode == 2
    assert run(tmp_path, "doctor", "--no-such-option").returncode == 2


@pytest.mark.parametrize(
    ("option", "words"),
    [
        ("--DoctorApp.nonsense=1", "There is no option “--DoctorApp.nonsense”."),
        ("--KubernetesBakend.context=a", "There is no option “--KubernetesBakend.context”"),
        ("--DoctorApp.as_json=maybe", "expected a boolean"),
        ("--DaskK8sApp.backend=moon", "moon"),
        ("--log-level=loud", "loud"),
        ("--config=nowhere.py", "There is no configuration file"),
        ("everything", "“everything” is no option."),
    ],
)
def test_what_it_does_not_understand(option: str, words: str, tmp_path: Path) -> None:
    """Not passed over, and no check that failed."""
    done = run(tmp_path, "doctor", option)
    assert (done.returncode, done.stdout) == (2, "")
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_another_command(tmp_path: Path) -> None:
    done = run(tmp_path, "nurse")
    assert done.returncode == 2
    assert done.stderr == "There is no command “nurse”.\n"


def test_a_broken_configuration(tmp_path: Path) -> None:
    """The server starts without such a file: with other settings than wished."""
    config = tmp_path / "jupyter_server_config.py"
    config.write_text("c.DaskK8sApp.backend = local\n")
    done = run(tmp_path, "doctor")
    assert (done.returncode, done.stdout) == (2, "")
    assert f"The configuration {config} is broken. NameError: name 'local'" in done.stderr
    assert run(tmp_path, "doctor", f"--config={config}").returncode == 2


def test_help(tmp_path: Path) -> None:
    done = run(tmp_path, "doctor", "--help")
    assert done.returncode == 0
    assert "--json" in done.stdout
