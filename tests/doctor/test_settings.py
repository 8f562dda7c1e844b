"""Settings that nothing reads, and settings that name what is not there."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from traitlets.config import Config

from jupyter_dask_k8s.backends.local.checkup import _directory
from jupyter_dask_k8s.doctor.settings import _known, unread
from jupyter_dask_k8s.pytest_plugin import DaskAPI

from .test_local import run

WRONG: dict[str, Any] = {
    "DaskK8sApp": {"bakend": "kubernetes"},
    "LocalBackend": {
        "defualt_memory": "1 GiB",
        "default_profile": "smal",
        "directory": "/nowhere/at/all",
    },
}


@pytest.fixture
def jp_server_config(jp_server_config: dict[str, Any]) -> dict[str, Any]:
    config = copy.deepcopy(jp_server_config)
    for section, options in WRONG.items():
        config.setdefault(section, {}).update(options)
    return config


def check_all(answer: Any) -> None:
    """Check what is found where all settings of `WRONG` are there."""
    found = {it["id"]: it for it in answer["checks"]}
    settings = found["settings"]
    assert settings["verdict"] == "warning"
    assert settings["message"] == (
        "There is no setting c.DaskK8sApp.bakend: it changes nothing. "
        "The nearest is c.DaskK8sApp.backend. "
        "There is no setting c.LocalBackend.defualt_memory: it changes nothing. "
        "The nearest is c.LocalBackend.default_memory."
    )
    assert settings["remedy"].splitlines() == [
        'c.DaskK8sApp.backend = "kubernetes"  # instead of c.DaskK8sApp.bakend',
        'c.LocalBackend.default_memory = "1 GiB"  # instead of '
        "c.LocalBackend.defualt_memory",
    ]
    profiles = found["local.profiles"]
    assert profiles["verdict"] == "warning"
    assert "“smal”" in profiles["message"]
    assert "(LocalBackend.default_profile)" in profiles["message"]
    assert profiles["remedy"] == 'c.LocalBackend.default_profile = "small"'
    directory = found["local.directory"]
    assert directory["verdict"] == "failed"
    assert (
        "/nowhere/at/all (LocalBackend.directory), which is not there"
        in (directory["message"])
    )


async def test_settings_of_the_server(dask_api: DaskAPI) -> None:
    _, answer = await dask_api("GET", "doctor")
    check_all(answer)


def test_settings_that_the_command_line_reads(tmp_path: Path) -> None:
    """From the files that a server reads; nothing but them says so."""
    path = tmp_path / "jupyter_server_config.json"
    path.write_text(json.dumps(WRONG))
    done = run(tmp_path, "doctor", "--backend=local", "--json")
    assert done.returncode == 1
    check_all(json.loads(done.stdout))


@pytest.mark.parametrize(
    ("section", "options", "nearest"),
    [
        ("KubernetesBakend", {"context": "a"}, "c.KubernetesBackend"),
        ("daskk8sapp", {"backend": "local"}, None),
        ("SomeApp", {"bakend": "local"}, None),
        # Of whichever backend it is, and so of both.
        ("DaskK8sApp", {"default_memory": "1 GiB"}, "c.Backend.default_memory"),
        ("LocalBackend", {"grace_seconds": 3}, "c.KubernetesBackend.grace_seconds"),
        ("KubernetesBackend", {"log_dirctory": "/"}, "c.KubernetesJobs.log_directory"),
        ("Backend", {"max_worker": 3}, "c.Backend.max_workers"),
        ("Backend", {"qqqqqq": 3}, ""),
        ("Backend", {"max_workers": 3, "context": "a", "profiles": {}}, None),
        ("KubernetesBackend", {"KubernetesJobs": {"wait_seconds": 3}}, None),
        ("DaskK8sApp", {"config_file": "a", "log_level": 10}, None),
    ],
)
def test_what_was_perhaps_meant(
    section: str, options: dict[str, Any], nearest: str | None
) -> None:
    found = list(unread(Config({section: options}), _known()))
    assert [it.nearest for it in found] == ([] if nearest is None else [nearest])


def test_a_directory_that_is_none(tmp_path: Path) -> None:
    assert _directory(tmp_path).verdict == "ok"
    file = tmp_path / "file"
    file.touch()
    found = _directory(file)
    assert found.verdict == "failed"
    assert "which is no directory" in found.message
