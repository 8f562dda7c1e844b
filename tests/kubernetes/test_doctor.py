"""The doctor finds what is wrong, and what it says to do mends it."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.server_process import Server

from .conftest import MakeKubeconfig, Team, kubectl, until
from .server import LIMIT, OPTIONS
from .workbench import SMALL, Workbench, bench, empty_bench

__all__ = ["bench", "empty_bench"]

BARE = "bare"
"""A service account that may do nothing."""

OPERATOR = ("--namespace", "dask-operator", "deployment/dask-kubernetes-operator")


@pytest.fixture
def bare(team: Team, kubeconfig: Path, namespace_kubeconfig: MakeKubeconfig) -> Path:
    """The kubeconfig of somebody without any right."""
    space = ("-n", team.namespace)
    kubectl("create", "serviceaccount", BARE, *space, kubeconfig=kubeconfig)
    return namespace_kubeconfig(team.namespace, BARE)


@pytest.fixture
def bare_server(bare: Path, dask_image: str, tmp_path: Path) -> Iterator[Server]:
    """A server with the rights of that account."""
    server = Server(
        tmp_path,
        "--DaskK8sApp.backend=kubernetes",
        f"--KubernetesBackend.image={dask_image}",
        *(f"--{key}={value}" for key, value in OPTIONS.items()),
        KUBECONFIG=str(bare),
        NB_USER="alice",
    )
    yield server
    server.close()


def checks(server: Server) -> dict[str, dict[str, Any]]:
    return {it["id"]: it for it in server.ask("doctor")["checks"]}


def doctor(
    kubeconfig: Path, folder: Path, *options: str
) -> tuple[int, dict[str, dict[str, Any]]]:
    """Run the doctor on the command line; returns its exit status and its checks."""
    kept = {key: it for key, it in os.environ.items() if not key.startswith("JUPYTER")}
    done = subprocess.run(
        [
            *(sys.executable, "-m", "jupyter_dask_k8s", "doctor", "--json"),
            *("--backend=kubernetes", *options),
        ],
        env=kept | {"KUBECONFIG": str(kubeconfig), "JUPYTER_CONFIG_DIR": str(folder)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.stdout, done.stderr
    found = json.loads(done.stdout)["checks"]
    return done.returncode, {it["id"]: it for it in found}


def wrong(found: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return what of Kubernetes is not as it should be."""
    return {
        id: it
        for id, it in found.items()
        if it["verdict"] in ("failed", "warning") and not id.startswith("jupyter.")
    }


def test_its_yaml_gives_all_rights(
    bare_server: Server, team: Team, kubeconfig: Path
) -> None:
    found = wrong(checks(bare_server))
    for id, it in found.items():
        print(it["verdict"], id, it["message"])
    assert {it["remedy_kind"] for it in found.values()} == {"yaml"}
    assert {"rbac.daskclusters", "rbac.pods", "rbac.resourcequotas"} <= set(found)
    user = f"system:serviceaccount:{team.namespace}:{BARE}"
    assert found["rbac.pods"]["message"].startswith(f"{user} may not get, list, watch pods")
    assert bare_server.ask("status")["missing"] == ["permission"]

    remedy = "\n---\n".join(it["remedy"] for it in found.values())
    program = kubectl_with_text(kubeconfig, remedy)
    assert "created" in program
    until("all is well", lambda: not wrong(checks(bare_server)), 30)

    # These rights are enough for what they are for. What was hidden from us is looked
    # for again every half a minute.
    bare_server.until("status", lambda it: it and it["state"] == "ready", 60)
    bare_server.until("status", lambda it: it and it["missing"] == [], 60)
    body = {"name": "demo", "workers": 1, "resources": SMALL}
    bare_server.ask("clusters", body)
    bare_server.until(
        "clusters/demo",
        lambda it: it and it["phase"] == "Running" and not it["reason"],
        LIMIT,
    )
    found = checks(bare_server)
    for id in ("scheduler.http", "scheduler.websocket", "versions", "operator"):
        print(id, found[id]["message"])
        assert found[id]["verdict"] in ("ok", "warning"), found[id]
    assert found["scheduler.websocket"]["verdict"] == "ok"
    bare_server.ask("clusters/demo", method="DELETE")
    bare_server.until("clusters/demo", lambda it: it is None)


def kubectl_with_text(kubeconfig: Path, text: str) -> str:
    """Apply YAML as the administrator."""
    program = os.environ.get("TESTBED_KUBECTL") or "kubectl"
    done = subprocess.run(
        [program, f"--kubeconfig={kubeconfig}", "apply", "--filename", "-"],
        input=text,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_what_a_user_sees(bench: Workbench) -> None:
    found = {it["id"]: it for it in bench.done("GET", "doctor")["checks"]}
    for it in found.values():
        print(it["verdict"], it["id"], it["message"])
    assert wrong(found) == {}
    assert found["crds.fields"]["verdict"] == "ok"
    assert found["api"]["message"].startswith("Kubernetes v1.")
    assert bench.team.service_account in found["identity"]["message"]


def test_a_quota_without_room(bench: Workbench, kubeconfig: Path, tmp_path: Path) -> None:
    space = ("-n", bench.team.namespace)
    hard = "--hard=limits.memory=100Mi,pods=1"
    kubectl("create", "quota", "tight", hard, *space, kubeconfig=kubeconfig)
    try:

        def look() -> dict[str, Any]:
            found = bench.done("GET", "doctor")["checks"]
            return next(it for it in found if it["id"] == "quota")

        until("the quota is seen", lambda: look()["verdict"] == "warning", 20)
        remedy = look()["remedy"]
        print(look()["message"], remedy, sep="\n")
        kubectl(*shlex.split(remedy)[1:], kubeconfig=kubeconfig)
        until("there is room", lambda: look()["verdict"] == "ok", 20)
    finally:
        kubectl("delete", "quota", "tight", *space, kubeconfig=kubeconfig)


@pytest.mark.whole_cluster
def test_an_operator_that_was_stopped(team: Team, kubeconfig: Path, tmp_path: Path) -> None:
    """The administrator may see the operator's Deployment."""
    namespace = f"--namespace={team.namespace}"
    status, found = doctor(kubeconfig, tmp_path, namespace)
    assert found["operator"]["verdict"] == "ok", found["operator"]
    kubectl("scale", *OPERATOR, "--replicas=0", kubeconfig=kubeconfig)
    try:
        status, found = doctor(kubeconfig, tmp_path, namespace)
        print(found["operator"]["message"], found["operator"]["remedy"], sep="\n")
        assert (status, found["operator"]["verdict"]) == (1, "failed")
        kubectl(*shlex.split(found["operator"]["remedy"])[1:], kubeconfig=kubeconfig)
    finally:
        kubectl("scale", *OPERATOR, "--replicas=1", kubeconfig=kubeconfig)
        wait = ("rollout", "status", *OPERATOR, "--timeout=90s")
        kubectl(*wait, kubeconfig=kubeconfig, timeout=100)
    _, found = doctor(kubeconfig, tmp_path, namespace)
    assert found["operator"]["verdict"] == "ok"
