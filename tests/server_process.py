"""A Jupyter server in a process of its own."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any


class Server:
    """A Jupyter server as Kubeflow runs it: with a base URL and without a token."""

    base_url = "/notebook/team-a/alice-nb/"
    token = ""

    def __init__(self, folder: Path, *options: str, port: int = 0, **env: str) -> None:
        environment = {
            key: value for key, value in os.environ.items() if not key.startswith("JUPYTER")
        }
        self.log = (folder / "log").open("w+")
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-m", "jupyter_server", "--allow-root", "--no-browser"),
                *(f"--port={port}", "--ServerApp.port_retries=0"),
                *(
                    f"--IdentityProvider.token={self.token}",
                    f"--ServerApp.root_dir={folder}",
                ),
                f"--ServerApp.base_url={self.base_url}",
                "--ServerApp.disable_check_xsrf=True",
                "--ServerApp.jpserver_extensions={'jupyter_dask_k8s': True}",
                *options,
            ],
            env=environment | {"JUPYTER_DATA_DIR": str(folder / "data")} | env,
            stdout=self.log,
            stderr=self.log,
            cwd=folder,
        )
        self.url = self._wait_for_url() + "dask-k8s/"

    def _wait_for_url(self) -> str:
        end = time.monotonic() + 60
        while time.monotonic() < end:
            text = self.text
            found = re.search(rf"http://127\.0\.0\.1:\d+{self.base_url}", text)
            if found and ("Dask clusters:" in text or "No Dask backend:" in text):
                return found[0]
            assert self.process.poll() is None, text
            time.sleep(0.1)
        raise AssertionError(text)

    @property
    def text(self) -> str:
        """Return what it has logged."""
        self.log.seek(0)
        return self.log.read()

    def ask(self, path: str, body: Any = None, method: str | None = None) -> Any:
        """Return the JSON at ``api/{path}``; raises `urllib.error.HTTPError`."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url}api/{path}", data, method=method)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.loads(answer.read() or b"null")

    def status_of(self, path: str) -> int:
        """Return the HTTP status at ``dask-k8s/{path}``."""
        try:
            with urllib.request.urlopen(self.url + path, timeout=30) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code

    def until(self, path: str, accept: Callable[[Any], bool], limit: float = 180) -> Any:
        """Return the JSON at ``api/{path}`` once it is as wanted; errors are ``None``."""
        end = time.monotonic() + limit
        while True:
            try:
                answer = self.ask(path)
            except urllib.error.HTTPError as error:
                answer = None
                words = error.read()
            else:
                words = answer
            if accept(answer):
                return answer
            assert time.monotonic() < end, f"waited {limit} s in vain, last: {words!r}"
            time.sleep(0.1)

    def end(self, how: signal.Signals) -> None:
        """End the process and wait for it."""
        self.process.send_signal(how)
        self.process.wait(30)

    def close(self) -> None:
        """Kill it, unless it has ended."""
        self.process.kill()
        self.process.wait()
        self.log.close()
