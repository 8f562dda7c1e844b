"""The truth is in Kubernetes: what a server that was killed finds when it comes back."""

from __future__ import annotations

import contextlib
import json
import signal
import socket
import threading
import time
import urllib.error
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.server_process import Server

from .conftest import Team, kubectl
from .relay import Relay
from .server import OPTIONS, wipe

MakeServer = Callable[..., Server]


@pytest.fixture
def make_server(
    team: Team, kubeconfig: Path, dask_image: str, tmp_path: Path
) -> Iterator[MakeServer]:
    """Start servers that work as the team; clean up at last."""
    servers: list[Server] = []

    def make(user: str = "alice", **options: Any) -> Server:
        folder = tmp_path / f"server-{len(servers)}"
        folder.mkdir()
        settings = [f"--{key}={value}" for key, value in OPTIONS.items()]
        server = Server(
            folder,
            "--DaskK8sApp.backend=kubernetes",
            f"--KubernetesBackend.image={dask_image}",
            *settings,
            KUBECONFIG=str(team.kubeconfig),
            NB_USER=user,
            **options,
        )
        servers.append(server)
        server.until("status", lambda it: it is not None and it["state"] == "ready")
        return server

    yield make
    for server in servers:
        server.close()
    wipe(team, kubeconfig)


def owners(answer: Any) -> dict[str, str]:
    return {it["name"]: it["owner"] for it in answer["clusters"]}


def test_a_killed_server_finds_everything_again(make_server: MakeServer) -> None:
    server = make_server("alice")
    server.ask("clusters", {"name": "mine", "workers": 1})
    running = server.until(
        "clusters/mine", lambda it: it and it["phase"] == "Running" and not it["reason"]
    )
    server.end(signal.SIGKILL)

    server = make_server("bob")
    found = server.until("clusters/mine", lambda it: it and it["phase"] == "Running")
    found = server.until("clusters/mine", lambda it: it and it["scheduler_address"])
    for it in (found, running):
        # Each server hears of the clock a moment later.
        it["lifetime"].pop("ends")
    # Its dashboard is somebody else's for Bob.
    assert (running.pop("contained"), found.pop("contained")) == (False, True)
    assert found == running
    assert found["owner"] == "alice"
    server.ask("clusters", {"name": "other", "workers": 0})
    assert owners(server.ask("clusters")) == {"mine": "alice", "other": "bob"}
    # The dashboard is reached again, too.
    server.until("clusters/mine/metrics", lambda it: it is not None and it["workers"] == 1)
    assert server.status_of("clusters/mine/dashboard/status") == 200


@pytest.mark.parametrize("pause", [0.02, 0.3, 1.0])
def test_a_create_under_way_makes_one_cluster(
    make_server: MakeServer, team: Team, kubeconfig: Path, pause: float
) -> None:
    """Whenever the server is killed, asking again leads to exactly one."""
    wish = {"name": "demo", "workers": 0}
    server = make_server()

    def ask() -> None:
        with contextlib.suppress(OSError):  # nobody is left to answer
            server.ask("clusters", wish)

    thread = threading.Thread(target=ask)
    thread.start()
    time.sleep(pause)
    server.end(signal.SIGKILL)
    thread.join(30)

    server = make_server()
    refusal = {}
    try:
        server.ask("clusters", wish)
    except urllib.error.HTTPError as error:
        refusal = json.load(error)
    assert refusal.get("reason") in (None, "NameTaken")
    assert list(owners(server.ask("clusters"))) == ["demo"]
    listed = kubectl(
        *("get", "daskclusters", "-n", team.namespace, "-o", "name"), kubeconfig=kubeconfig
    )
    assert len(listed.split()) == 1


def test_an_end_under_way_goes_on(make_server: MakeServer) -> None:
    server = make_server()
    server.ask("clusters", {"name": "demo", "workers": 1})
    server.until("clusters/demo", lambda it: it["phase"] == "Running")
    server.ask("clusters/demo", method="DELETE")
    server.end(signal.SIGKILL)
    server = make_server()
    server.until("clusters", lambda it: it == {"clusters": []}, 60)


def test_a_server_starts_although_kubernetes_is_away(tmp_path: Path, team: Team) -> None:
    """Jupyter answers at once, and says what it waits for."""
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        port = nobody.getsockname()[1]
        config = json.loads(team.kubeconfig.read_text())
        config["clusters"][0]["cluster"] = {"server": f"https://127.0.0.1:{port}"}
        (tmp_path / "kubeconfig").write_text(json.dumps(config))
        path = str(tmp_path / "kubeconfig")
        server = Server(tmp_path, "--DaskK8sApp.backend=kubernetes", KUBECONFIG=path)
        try:
            status = server.until("status", lambda it: it and it["trouble"], 20)
            assert status["state"] == "starting"
            assert "cannot be reached" in status["trouble"]
            with pytest.raises(urllib.error.HTTPError) as caught:
                server.ask("clusters")
            assert caught.value.code == 503
            assert "cannot be reached" in json.load(caught.value)["message"]
        finally:
            server.close()
        # Without being told, a cluster that is not there is no reason to do nothing.
        (tmp_path / "auto").mkdir()
        server = Server(tmp_path / "auto", "--DaskK8sApp.backend=auto", KUBECONFIG=path)
        try:
            status = server.until("status", lambda it: it and it["state"] == "ready", 20)
            assert status["backend"] == "local"
            assert "cannot be reached" in status["reason"]
        finally:
            server.close()


def test_auto_finds_kubernetes(make_server: MakeServer, tmp_path: Path, team: Team) -> None:
    server = Server(tmp_path, "--DaskK8sApp.backend=auto", KUBECONFIG=str(team.kubeconfig))
    try:
        status = server.until("status", lambda it: it and it["state"] == "ready", 30)
        assert (status["backend"], status["namespace"]) == ("kubernetes", team.namespace)
        assert str(team.kubeconfig) in status["reason"]
        assert status["operator"] is True
        known = server.until("status", lambda it: "kubernetes" in it["versions"], 20)
        assert known["versions"]["kubernetes"].startswith("v1.")
    finally:
        server.close()


def test_a_cut_wire_mends_by_itself(
    team: Team, kubeconfig: Path, dask_image: str, tmp_path: Path
) -> None:
    """The list stays, says that it may be stale, and is right again without being asked."""
    config = json.loads(team.kubeconfig.read_text())
    where = urlsplit(config["clusters"][0]["cluster"]["server"])
    assert where.hostname
    relay = Relay(where.hostname, where.port or 443)
    relay.up()
    config["clusters"][0]["cluster"] = {
        "server": f"https://127.0.0.1:{relay.port}",
        "insecure-skip-tls-verify": True,
    }
    (tmp_path / "kubeconfig").write_text(json.dumps(config))
    server = Server(
        tmp_path,
        "--DaskK8sApp.backend=kubernetes",
        f"--KubernetesBackend.image={dask_image}",
        KUBECONFIG=str(tmp_path / "kubeconfig"),
    )
    try:
        server.until("status", lambda it: it and it["state"] == "ready", 30)
        server.ask("clusters", {"name": "before", "workers": 0})
        server.until("clusters/before", lambda it: it["phase"] == "Running")
        relay.cut()
        status = server.until("status", lambda it: it["trouble"], 10)
        assert status["state"] == "ready"
        assert "cannot be reached" in status["trouble"]
        assert list(owners(server.ask("clusters"))) == ["before"]
        with pytest.raises(urllib.error.HTTPError) as caught:
            server.ask("clusters/before", method="DELETE")
        assert caught.value.code == 503
        # Meanwhile somebody else deletes it.
        kubectl(
            "delete", "daskcluster", "before", "-n", team.namespace, kubeconfig=kubeconfig
        )
        relay.up()
        begin = time.monotonic()
        server.until("status", lambda it: not it["trouble"], 20)
        server.until("clusters", lambda it: it == {"clusters": []}, 20)
        print(f"right again {time.monotonic() - begin:.1f} s after the wire was mended")
    finally:
        server.close()
        relay.cut()
        wipe(team, kubeconfig)
