from __future__ import annotations

import json
import os
import secrets
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

collect_ignore = ["testbed"]

MANIFESTS = Path(__file__).parent / "testbed/manifests"
DEPLOY = Path(__file__).parents[2] / "deploy"
SERVICE_ACCOUNT = "default-editor"
EDIT_ROLE = "kubeflow-edit"
TOKEN_SECONDS = 24 * 3600
DELETION_SECONDS = 90


class Team(NamedTuple):
    """What Kubeflow calls a profile: a namespace, and what its notebooks may do there."""

    namespace: str
    service_account: str
    kubeconfig: Path


MakeKubeconfig = Callable[[str, str], Path]


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", "whole_cluster: changes the whole Kubernetes; comes last"
    )


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    # What changes the whole Kubernetes comes last: a failure there harms no other test.
    items.sort(key=lambda it: it.get_closest_marker("whole_cluster") is not None)
    for item in items:
        if item.get_closest_marker("timeout") is None:
            # Pods need their time; a module's first test also makes its namespace.
            item.add_marker(pytest.mark.timeout(300))


def kubectl(
    *args: str | Path,
    kubeconfig: Path,
    body: Any = None,
    check: bool = True,
    timeout: float = 180,
) -> str:
    """What kubectl prints; the body, if there is one, is its standard input.

    What is deleted while the operator makes it takes more than a minute to go (2026.3).
    """
    program = os.environ.get("TESTBED_KUBECTL") or shutil.which("kubectl")
    assert program, (
        "There is no kubectl on the path, and $TESTBED_KUBECTL does not name one."
    )
    p = subprocess.run(
        [program, f"--kubeconfig={kubeconfig}", *map(str, args)],
        input="" if body is None else json.dumps(body),
        capture_output=True,
        text=True,
        timeout=timeout,
    )
    if check and p.returncode:
        raise AssertionError(f"kubectl {' '.join(map(str, args))}: {p.stderr.strip()}")
    return p.stdout


def until(what: str, test: Callable[[], Any], limit: float = 60) -> None:
    end = time.monotonic() + limit
    while not test():
        assert time.monotonic() < end, f"Waited {limit} s in vain for: {what}"
        time.sleep(0.5)


@pytest.fixture(scope="session")
def kubeconfig() -> Path:
    """The administrator's."""
    path = os.environ.get("KUBECONFIG")
    if not path:
        pytest.skip("no cluster: `make test-kubernetes` brings one, or set KUBECONFIG")
    # Only one file: the tests hand it to programs that take one.
    return Path(path.split(os.pathsep)[0])


@pytest.fixture(scope="session")
def dask_image() -> str:
    return os.environ.get("DASK_IMAGE") or "localhost/dask:test"


@pytest.fixture(scope="session")
def namespace_kubeconfig(
    kubeconfig: Path, tmp_path_factory: pytest.TempPathFactory
) -> MakeKubeconfig:
    """Make a kubeconfig for a service account, with a token as its pods would have."""

    def make(namespace: str, service_account: str) -> Path:
        view = ("config", "view", "--raw", "--minify", "--flatten", "-o", "json")
        config = json.loads(kubectl(*view, kubeconfig=kubeconfig))
        url = f"/api/v1/namespaces/{namespace}/serviceaccounts/{service_account}/token"
        request = {
            "apiVersion": "authentication.k8s.io/v1",
            "kind": "TokenRequest",
            "spec": {"expirationSeconds": TOKEN_SECONDS},
        }
        answer = kubectl(
            "create", "--raw", url, "-f", "-", kubeconfig=kubeconfig, body=request
        )
        config["users"] = [
            {
                "name": service_account,
                "user": {"token": json.loads(answer)["status"]["token"]},
            }
        ]
        context = config["contexts"][0]
        context["context"]["user"] = service_account
        context["context"]["namespace"] = namespace
        path = tmp_path_factory.mktemp("kubeconfig") / f"{namespace}.{service_account}"
        path.touch(mode=0o600)
        path.write_text(json.dumps(config))
        return path

    return make


@pytest.fixture(scope="session")
def kubeflow_roles(kubeconfig: Path) -> None:
    """Kubeflow's roles, if the cluster lacks them, and exactly our rights in them."""
    query = ("get", "clusterrole", EDIT_ROLE, "--ignore-not-found", "-o", "name")
    if not kubectl(*query, kubeconfig=kubeconfig):
        kubectl("apply", "-f", MANIFESTS / "kubeflow-like.yaml", kubeconfig=kubeconfig)
    kubectl("apply", "-k", DEPLOY / "base", kubeconfig=kubeconfig)


def may_edit(namespace: str, kubeconfig: Path) -> bool:
    """Whether roles and bindings have come into effect."""
    things = ("pods", "daskclusters.kubernetes.dask.org")
    ask = ("auth", "can-i", "create", "-n", namespace)
    return all(
        kubectl(*ask, thing, kubeconfig=kubeconfig, check=False).strip() == "yes"
        for thing in things
    )


@pytest.fixture(scope="module")
def team(
    kubeconfig: Path, kubeflow_roles: None, namespace_kubeconfig: MakeKubeconfig
) -> Iterator[Team]:
    """A namespace of its own for each module; nothing of it is left afterwards."""
    name = f"test-{secrets.token_hex(4)}"

    def admin(*args: str, check: bool = True, timeout: float = 60) -> str:
        return kubectl(*args, kubeconfig=kubeconfig, check=check, timeout=timeout)

    admin("create", "namespace", name)
    try:
        admin("create", "serviceaccount", SERVICE_ACCOUNT, "-n", name)
        subject = f"--serviceaccount={name}:{SERVICE_ACCOUNT}"
        role = f"--clusterrole={EDIT_ROLE}"
        admin("create", "rolebinding", SERVICE_ACCOUNT, "-n", name, role, subject)
        mine = namespace_kubeconfig(name, SERVICE_ACCOUNT)
        until("the rights of the team", lambda: may_edit(name, mine))
        yield Team(name, SERVICE_ACCOUNT, mine)
    finally:
        # Clusters first: the operator cannot finish its work in a namespace that ends.
        limit = f"--timeout={DELETION_SECONDS}s"
        kinds = "daskjobs,daskautoscalers,daskclusters,daskworkergroups"
        for what in ((kinds, "--all", "-n", name), ("namespace", name)):
            admin("delete", *what, limit, check=False, timeout=DELETION_SECONDS + 30)
