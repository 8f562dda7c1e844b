"""What nobody may read in a log, an answer or an event: tokens, passwords, kubeconfigs."""

from __future__ import annotations

import json
import re
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from jupyter_dask_k8s.openapi import OPERATIONS
from tests.server_process import Server

CONTEXT = {"cluster": "there", "user": "me", "namespace": "team"}
JUPYTER, VALUE, BEARER, KEY = "jupyter-t0ken", "env-v4lue", "bearer-t0ken", "cert-k3y"


class LoudServer(Server):
    """A server with a token that logs all it can."""

    token = JUPYTER

    def everything(self) -> Iterator[tuple[str, str]]:
        """Ask all that can be asked, also wrongly; yields what was asked and the answer."""
        bodies = (None, {"name": 1}, {"name": "x", "env": {"-": VALUE}}, {"env": VALUE})
        for operation in OPERATIONS:
            path = operation.path.format(name="demo", group="default")
            method = operation.method.upper()
            if method == "DELETE" or operation.path.endswith("/export"):
                continue  # an export is what the user wrote, values and all
            for body in (None,) if method == "GET" else bodies[1:]:
                yield f"{method} {path} {body}", self.send(method, path, body)

    def send(self, method: str, path: str, body: Any = None) -> str:
        """Return the answer, whatever its status."""
        request = urllib.request.Request(
            self.url.removesuffix("/") + path,
            None if body is None else json.dumps(body).encode(),
            {"Authorization": f"token {JUPYTER}"},
            method=method,
        )
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return str(answer.read(1_000_000).decode())
        except urllib.error.HTTPError as error:
            return error.read().decode()

    @property
    def said(self) -> str:
        """Return the log, but for what Jupyter itself tells whoever starts it."""
        return re.sub(r"\S+\?token=\S+|.*Config changed.*", "", self.text)


def check(server: LoudServer) -> None:
    for what, answer in server.everything():
        for secret in (JUPYTER, VALUE, BEARER, KEY):
            assert secret not in answer, what
    for secret in (JUPYTER, VALUE, BEARER, KEY):
        assert secret not in server.said


@pytest.mark.timeout(240)
def test_on_local_processes(tmp_path: Path) -> None:
    options = ("--DaskK8sApp.backend=local", "--log-level=DEBUG")
    server = LoudServer(tmp_path, *options, EXTERNAL_PASSWORD=VALUE)
    try:
        wish = {"name": "demo", "workers": 1, "env": {"PASSWORD": VALUE}}
        server.send("POST", "/api/clusters", wish)
        end = time.monotonic() + 60
        while '"phase":"Running"' not in server.send("GET", "/api/clusters/demo"):
            assert time.monotonic() < end
            time.sleep(0.3)
        check(server)
    finally:
        server.close()


@pytest.mark.timeout(240)
@pytest.mark.parametrize(
    "user", [{"token": BEARER}, {"token": BEARER, "client-key-data": KEY}]
)
def test_on_kubernetes_that_does_not_work(tmp_path: Path, user: dict[str, str]) -> None:
    """Nobody answers there; or the kubeconfig itself is broken."""
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "there",
        "contexts": [{"name": "there", "context": CONTEXT}],
        "clusters": [{"name": "there", "cluster": {"server": "https://127.0.0.1:9"}}],
        "users": [{"name": "me", "user": user}],
    }
    kubeconfig = tmp_path / "kubeconfig"
    kubeconfig.write_text(json.dumps(config))
    server = LoudServer(
        tmp_path,
        "--DaskK8sApp.backend=kubernetes",
        "--log-level=DEBUG",
        KUBECONFIG=str(kubeconfig),
    )
    try:
        end = time.monotonic() + 20
        while "cannot be" not in (status := server.send("GET", "/api/status")):
            assert time.monotonic() < end, status
            time.sleep(0.3)
        print(status)
        check(server)
    finally:
        server.close()
