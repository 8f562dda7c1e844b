"""A cluster as YAML: deleted and applied again it is the same, here and elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from .conftest import EDIT_ROLE, Team, kubectl, until
from .workbench import KINDS, SMALL, Workbench, bench, empty_bench

__all__ = ["bench", "empty_bench"]

HERE_AND_NOW = (
    *("created", "namespace", "scheduler_address", "dashboard_link", "decisions"),
    *("warnings", "uid"),
)
"""What another cluster of the same kind may have otherwise."""

SERVERS_OWN = (
    *("uid", "resourceVersion", "creationTimestamp", "generation", "managedFields"),
    *("ownerReferences", "finalizers", "selfLink", "namespace"),
)

HIGHMEM = {
    "name": "highmem",
    "workers": 1,
    "resources": {"threads": 2, "memory": "384 MiB"},
    "env": {"ROLE": "big"},
}

CLUSTERS: dict[str, dict[str, Any]] = {
    "groups": {
        "workers": 1,
        "resources": SMALL,
        "env": {"GREETING": "hello: 'you' #1", "COUNT": "1"},
        "groups": [HIGHMEM],
        "lifetime": {"kind": "idle", "seconds": 7200, "no_client_seconds": 3600},
    },
    "adaptive": {
        "adapt": {"minimum": 1, "maximum": 2},
        "resources": SMALL,
        "lifetime": {"kind": "keep"},
    },
}


def card(cluster: dict[str, Any]) -> dict[str, Any]:
    """Return what has to be the same."""
    kept = {key: value for key, value in cluster.items() if key not in HERE_AND_NOW}
    clocks = ("idle_since", "ends")
    kept["lifetime"] = {
        key: value for key, value in cluster["lifetime"].items() if key not in clocks
    }
    return kept


def check_manifests(text: str) -> list[dict[str, Any]]:
    """Nothing in the text is of one server or one moment only."""
    manifests = [it for it in yaml.safe_load_all(text) if it]
    for manifest in manifests:
        assert set(manifest) <= {"apiVersion", "kind", "metadata", "spec"}
        assert not set(manifest["metadata"]) & set(SERVERS_OWN), manifest["metadata"]
        for key in manifest["metadata"].get("annotations", {}):
            assert not key.startswith(("kopf.", "kubectl."))
    return manifests


@pytest.fixture
def elsewhere(team: Team, kubeconfig: Path) -> Iterator[str]:
    """One more namespace where the same service account may work."""
    name = f"{team.namespace}-b"
    subject = f"--serviceaccount={team.namespace}:{team.service_account}"
    role = (f"--clusterrole={EDIT_ROLE}", subject)
    kubectl("create", "namespace", name, kubeconfig=kubeconfig)
    try:
        binding = ("create", "rolebinding", "guest", "-n", name)
        kubectl(*binding, *role, kubeconfig=kubeconfig)
        yield name
    finally:
        for what in ((KINDS, "--all", "-n", name), ("namespace", name)):
            kubectl("delete", *what, kubeconfig=kubeconfig, check=False, timeout=120)


@pytest.mark.parametrize("kind", ["groups", "adaptive"])
def test_there_and_back(bench: Workbench, tmp_path: Path, kind: str) -> None:
    before = bench.create(kind, **CLUSTERS[kind])
    text = bench.export(kind, "yaml")
    kinds = [it["kind"] for it in check_manifests(text)]
    more = {"groups": "DaskWorkerGroup", "adaptive": "DaskAutoscaler"}[kind]
    assert kinds == ["DaskCluster", more]
    bench.done("DELETE", f"clusters/{kind}")
    bench.gone(kind)
    # kubectl would change an object that is still on its way out, and see it vanish.
    left = ("get", KINDS, "-o", "name")
    until("nothing of it is left", lambda: f"/{kind}" not in bench.kubectl(*left))
    (tmp_path / "cluster.yaml").write_text(text)
    bench.kubectl("apply", "-f", tmp_path / "cluster.yaml")
    count = len(before["groups"])
    bench.until(kind, lambda it: it and len(it["groups"]) == count)
    after = bench.running(kind)
    assert card(after) == card(before)
    # And once more: an export of the copy says the same.
    assert check_manifests(bench.export(kind, "yaml")) == check_manifests(text)


def test_in_another_namespace(bench: Workbench, tmp_path: Path, elsewhere: str) -> None:
    before = bench.running("groups")
    (tmp_path / "cluster.yaml").write_text(bench.export("groups", "yaml"))
    bench.kubectl("apply", "-n", elsewhere, "-f", tmp_path / "cluster.yaml")
    here = bench.server
    bench.start_with((f"--KubernetesBackend.namespace={elsewhere}",))
    try:
        bench.until("groups", lambda it: it and len(it["groups"]) == 2)
        after = bench.running("groups")
    finally:
        bench.server = here
    assert after["namespace"] == elsewhere
    assert elsewhere in after["scheduler_address"]
    assert card(after) == card(before)
