"""Requests that nobody would write, made from our own OpenAPI document.

``FUZZ_CASES`` says how many for each operation.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.server_process import Server

CASES = os.environ.get("FUZZ_CASES", "20")
CONFIG = Path(__file__).with_name("schemathesis.toml")
STREAMS = "/(events|logs)$"
"""What may go on for ever."""


class LockedServer(Server):
    """A server with a token, as the checks of authentication need it."""

    token = "secret"

    def call(self, path: str, body: Any = None) -> Any:
        """Return the JSON at ``api/{path}``."""
        request = urllib.request.Request(
            f"{self.url}api/{path}",
            None if body is None else json.dumps(body).encode(),
            {"Authorization": f"token {self.token}"},
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.loads(answer.read())


@pytest.fixture
def server(tmp_path: Path) -> Iterator[LockedServer]:
    """A server with one cluster of one worker, and not much room for more."""
    server = LockedServer(
        tmp_path,
        "--DaskK8sApp.backend=local",
        "--LocalBackend.max_clusters=2",
        "--LocalBackend.max_workers=2",
    )
    try:
        server.call("clusters", {"name": "demo", "workers": 1})
        end = time.monotonic() + 60
        while server.call("clusters/demo")["phase"] != "Running":
            assert time.monotonic() < end
            time.sleep(0.2)
        yield server
    finally:
        server.close()


@pytest.mark.timeout(3600 if int(CASES) > 50 else 300)
def test_all_operations(server: LockedServer, tmp_path: Path) -> None:
    """No answer is a 500, all are as the document says, none without the token."""
    command = [
        *(sys.executable, "-m", "schemathesis.cli", "--config-file", str(CONFIG)),
        *("run", f"{server.url}api/openapi.json", "--max-examples", CASES),
        *("--header", f"Authorization: token {server.token}"),
        *("--phases", "coverage,fuzzing", "--exclude-path-regex", STREAMS),
        *("--request-timeout", "20"),
    ]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    print(done.stdout[-20_000:], done.stderr[-3000:])
    assert done.returncode == 0
    assert "Traceback" not in server.text
    assert server.call("status")["state"] == "ready"
