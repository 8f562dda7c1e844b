"""Settings in a file of our own, as administrators mount one into notebooks."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from .server_process import Server


def serve(folder: Path, settings: dict[str, Any]) -> Server:
    """Start a server with a file of ours."""
    place = folder / "config"
    place.mkdir()
    (place / "jupyter_dask_k8s_config.json").write_text(json.dumps(settings))
    return Server(folder, JUPYTER_CONFIG_DIR=str(place))


def test_settings_of_a_file_of_our_own(tmp_path: Path) -> None:
    settings = {
        "DaskK8sApp": {"backend": "local"},
        "LocalBackend": {"max_workers": 3},
    }
    server = serve(tmp_path, settings)
    try:
        status = server.until("status", lambda it: it and it["state"] == "ready", 30)
        assert "as configured" in status["reason"]
        assert status["limits"]["max_workers"] == 3
    finally:
        server.close()


@pytest.mark.parametrize(
    ("option", "value", "remedy"),
    [
        ("default_memory", "plenty", "c.LocalBackend.default_memory = "),
        ("max_workers", 0, ""),
    ],
)
def test_a_setting_that_cannot_be(
    tmp_path: Path, option: str, value: Any, remedy: str
) -> None:
    """The server says so, instead of looking for a backend for ever."""
    settings = {"DaskK8sApp": {"backend": "local"}, "LocalBackend": {option: value}}
    server = serve(tmp_path, settings)
    try:
        status = server.ask("status")
        assert status["state"] == "failed"
        assert option in status["reason"]
        assert "LocalBackend" in status["reason"]
        [first, *_] = server.ask("doctor")["checks"]
        assert (first["id"], first["verdict"]) == ("backend", "failed")
        assert status["reason"] in first["message"]
        # Local processes are no way out of what keeps them from being used.
        assert "c.DaskK8sApp.backend" not in first["remedy"]
        assert first["remedy"].startswith(remedy)
        assert bool(first["remedy"]) == bool(remedy)
    finally:
        server.close()
