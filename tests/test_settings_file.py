"""Settings in a file of our own, as administrators mount one into notebooks."""

from __future__ import annotations

import json
from pathlib import Path

from .server_process import Server


def test_settings_of_a_file_of_our_own(tmp_path: Path) -> None:
    settings = {
        "DaskK8sApp": {"backend": "local"},
        "LocalBackend": {"max_workers": 3},
    }
    folder = tmp_path / "config"
    folder.mkdir()
    (folder / "jupyter_dask_k8s_config.json").write_text(json.dumps(settings))
    server = Server(tmp_path, JUPYTER_CONFIG_DIR=str(folder))
    try:
        status = server.until("status", lambda it: it and it["state"] == "ready", 30)
        assert "as configured" in status["reason"]
        assert status["limits"]["max_workers"] == 3
    finally:
        server.close()
