"""The API server gets other certificates while a server of ours runs: nothing is lost.

What is between both here has them signed by authorities of these tests; Kubernetes and its
clusters are real.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.server_process import Server

from .conftest import Team, kubectl, until
from .server import wipe
from .tlsrelay import Authority, TLSRelay

SOON = 15.0
"""Seconds after which all has to be right again."""

REFUSED = 12.0
"""Seconds for which a certificate is not trusted."""

WATCHES = 16
"""More than a server holds; each of them may ask again each four seconds."""


@pytest.fixture
def relay(team: Team) -> Iterator[TLSRelay]:
    config = json.loads(team.kubeconfig.read_text())
    where = urlsplit(config["clusters"][0]["cluster"]["server"])
    assert where.hostname
    relay = TLSRelay(where.hostname, where.port or 443)
    yield relay
    relay.close()


@pytest.fixture
def authority(tmp_path: Path, relay: TLSRelay) -> Authority:
    """The first of all authorities; it has signed what the API server shows."""
    found = Authority(tmp_path, "first")
    relay.serve(found.sign())
    return found


@pytest.fixture
def bundle(tmp_path: Path, authority: Authority) -> Path:
    """The file that tells whom to trust, as a pod has it."""
    path = tmp_path / "bundle.crt"
    path.write_bytes(authority.certificate.read_bytes())
    return path


@pytest.fixture
def server(
    team: Team,
    kubeconfig: Path,
    dask_image: str,
    tmp_path: Path,
    relay: TLSRelay,
    bundle: Path,
) -> Iterator[Server]:
    """A server with one cluster; the way to Kubernetes is the relay."""
    config = json.loads(team.kubeconfig.read_text())
    config["clusters"][0]["cluster"] = {
        "server": f"https://127.0.0.1:{relay.port}",
        "certificate-authority": str(bundle),
    }
    path = tmp_path / "kubeconfig"
    path.touch(mode=0o600)
    path.write_text(json.dumps(config))
    server = Server(
        tmp_path,
        "--DaskK8sApp.backend=kubernetes",
        f"--KubernetesBackend.image={dask_image}",
        KUBECONFIG=str(path),
    )
    try:
        server.until("status", lambda it: it and it["state"] == "ready", 30)
        server.ask("clusters", {"name": "kept", "workers": 0})
        yield server
    finally:
        server.close()
        wipe(team, kubeconfig)


def names(server: Server) -> list[str]:
    return [it["name"] for it in server.ask("clusters")["clusters"]]


def change_elsewhere(team: Team, kubeconfig: Path, name: str) -> None:
    """Make a cluster as others do, by their own way to Kubernetes."""
    space = ("-n", team.namespace)
    found = kubectl(
        "get", "daskcluster", "kept", "-o", "json", *space, kubeconfig=kubeconfig
    )
    spec = json.loads(found)["spec"]
    body: dict[str, Any] = {
        "apiVersion": "kubernetes.dask.org/v1",
        "kind": "DaskCluster",
        "metadata": {"name": name},
        "spec": spec,
    }
    kubectl("create", "-f", "-", *space, kubeconfig=kubeconfig, body=body)


def test_a_new_certificate_of_the_same_authority(
    server: Server, relay: TLSRelay, authority: Authority, team: Team, kubeconfig: Path
) -> None:
    before = relay.greeted
    relay.serve(authority.sign())
    change_elsewhere(team, kubeconfig, "meanwhile")
    begin = time.monotonic()
    until("it is listed", lambda: names(server) == ["kept", "meanwhile"], SOON)
    print(f"\nright again after {time.monotonic() - begin:.1f} s, nothing was lost")
    status = server.until("status", lambda it: not it["missing"], SOON)
    assert status["trouble"] == ""
    server.ask("clusters/kept", method="DELETE")
    print(f"  {relay.greeted - before} connections")
    assert relay.greeted - before < 3 * WATCHES


def test_authorities_that_change(
    server: Server,
    relay: TLSRelay,
    bundle: Path,
    tmp_path: Path,
    team: Team,
    kubeconfig: Path,
) -> None:
    """Not trusted until the file says so, and then without a restart."""
    second = Authority(tmp_path, "second")
    before = relay.greeted
    relay.serve(second.sign())
    status = server.until("status", lambda it: "certificate" in it["trouble"], SOON)
    print(f"\n{status['trouble']}")
    assert status["missing"] == ["api"]
    change_elsewhere(team, kubeconfig, "meanwhile")
    begin = time.monotonic()
    time.sleep(REFUSED)
    assert names(server) == ["kept"], "a certificate that nobody vouches for was trusted"
    asked = relay.greeted - before
    print(f"  {asked} connections were tried in {time.monotonic() - begin:.0f} s in vain")
    assert asked < WATCHES * 8
    bundle.write_bytes(bundle.read_bytes() + second.certificate.read_bytes())
    begin = time.monotonic()
    until("all is listed", lambda: names(server) == ["kept", "meanwhile"], SOON)
    status = server.until("status", lambda it: not it["missing"], SOON)
    assert (status["trouble"], status["stale_since"]) == ("", None)
    print(f"  right {time.monotonic() - begin:.1f} s after the file was; nothing was lost")
    server.ask("clusters/kept", method="DELETE")
