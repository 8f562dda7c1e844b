"""Clusters that end with their Kubeflow Notebook, and not with its pod."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

from .conftest import kubectl, until
from .workbench import Workbench, empty_bench

__all__ = ["empty_bench"]

NOTEBOOK = {"kind": "notebook"}
OWN_POD = "--KubernetesBackend.notebook_pod={}"
"""In a pod, $HOSTNAME says it; our servers are outside."""

CRD = {
    "apiVersion": "apiextensions.k8s.io/v1",
    "kind": "CustomResourceDefinition",
    "metadata": {"name": "notebooks.kubeflow.org"},
    "spec": {
        "group": "kubeflow.org",
        "scope": "Namespaced",
        "names": {"kind": "Notebook", "plural": "notebooks", "singular": "notebook"},
        "versions": [
            {
                "name": "v1",
                "served": True,
                "storage": True,
                "schema": {
                    "openAPIV3Schema": {
                        "type": "object",
                        "x-kubernetes-preserve-unknown-fields": True,
                    }
                },
            }
        ],
    },
}


@pytest.fixture(scope="module", autouse=True)
def notebooks_exist(kubeconfig: Path) -> None:
    """Kubeflow's kind of resource, where the cluster has no Kubeflow."""
    query = ("get", "crd", "notebooks.kubeflow.org", "--ignore-not-found", "-o", "name")
    if not kubectl(*query, kubeconfig=kubeconfig):
        kubectl("apply", "-f", "-", kubeconfig=kubeconfig, body=CRD)
        done = ("wait", "crd/notebooks.kubeflow.org", "--for=condition=Established")
        kubectl(*done, kubeconfig=kubeconfig)


def pod_spec(image: str) -> dict[str, Any]:
    container = {
        "name": "notebook",
        "image": image,
        "command": ["sleep", "infinity"],
        "resources": {"requests": {"cpu": "10m", "memory": "16Mi"}},
    }
    return {"terminationGracePeriodSeconds": 0, "containers": [container]}


def make_notebook(bench: Workbench, name: str) -> str:
    """Make a Notebook and what Kubeflow's controller makes of it; returns the uid."""
    head = {"apiVersion": "kubeflow.org/v1", "kind": "Notebook"}
    template = {"spec": pod_spec(bench.image)}
    body = {**head, "metadata": {"name": name}, "spec": {"template": template}}
    bench.kubectl("create", "-f", "-", body=body)
    uid = str(bench.get("notebook", name)["metadata"]["uid"])
    labels = {"statefulset": name, "notebook-name": name}
    owner = {**head, "name": name, "uid": uid, "controller": True}
    body = {
        "apiVersion": "apps/v1",
        "kind": "StatefulSet",
        "metadata": {"name": name, "ownerReferences": [owner]},
        "spec": {
            "serviceName": name,
            "replicas": 1,
            "selector": {"matchLabels": {"statefulset": name}},
            "template": {"metadata": {"labels": labels}, **template},
        },
    }
    bench.kubectl("create", "-f", "-", body=body)
    until("the notebook's pod", lambda: bench.get("pod", f"{name}-0"))
    return uid


def owners(bench: Workbench, name: str) -> list[tuple[str, str, str]]:
    """Return kind, name and uid of those whose end a DaskCluster shares."""
    found = bench.get("daskcluster", name)["metadata"].get("ownerReferences", [])
    return [(it["kind"], it["name"], it["uid"]) for it in found]


def create(bench: Workbench, name: str, **lifetime: Any) -> dict[str, Any]:
    body = {"name": name, "workers": 0, "lifetime": {**NOTEBOOK, **lifetime}}
    found: dict[str, Any] = bench.done("POST", "clusters", body)
    return found


def test_a_cluster_ends_with_the_notebook(empty_bench: Workbench) -> None:
    bench = empty_bench
    uid = make_notebook(bench, "alice-nb")
    bench.start_with((OWN_POD.format("alice-nb-0"),))
    seen = create(bench, "demo")
    assert seen["lifetime"]["kind"] == "notebook"
    assert seen["lifetime"]["notebook"] == "Notebook alice-nb"
    assert seen["warnings"] == []
    assert owners(bench, "demo") == [("Notebook", "alice-nb", uid)]
    create(bench, "other")

    # Lifetimes can change, in both directions.
    seen = bench.done("PATCH", "clusters/other", {"lifetime": {"kind": "keep"}})
    assert seen["lifetime"]["kind"] == "keep"
    assert owners(bench, "other") == []
    seen = bench.done("PATCH", "clusters/other", {"lifetime": NOTEBOOK})
    assert seen["lifetime"]["notebook"] == "Notebook alice-nb"
    assert owners(bench, "other") == [("Notebook", "alice-nb", uid)]
    bench.done("PATCH", "clusters/other", {"lifetime": {"kind": "keep"}})
    bench.running("demo")

    # Culling: Kubeflow's controller scales the StatefulSet down to nothing.
    bench.kubectl("scale", "statefulset", "alice-nb", "--replicas=0")
    until("the notebook's pod is gone", lambda: not bench.get("pod", "alice-nb-0"))
    time.sleep(5)  # in which the garbage collector would have taken it
    assert bench.running("demo")["lifetime"]["notebook"] == "Notebook alice-nb"

    bench.kubectl("delete", "notebook", "alice-nb")
    bench.gone("demo")
    assert bench.get("daskcluster", "demo") is None
    assert bench.names() == ["other"]
    bench.done("DELETE", "clusters/other")


def test_without_a_notebook_the_pod_is_taken(empty_bench: Workbench) -> None:
    bench = empty_bench
    body = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "plain"},
        "spec": pod_spec(bench.image),
    }
    bench.kubectl("create", "-f", "-", body=body)
    uid = bench.get("pod", "plain")["metadata"]["uid"]
    bench.start_with((OWN_POD.format("plain"),))
    seen = create(bench, "demo")
    assert seen["lifetime"]["notebook"] == "Pod plain"
    assert owners(bench, "demo") == [("Pod", "plain", uid)]
    # What culling will do is said, not left to be found out.
    warning = " ".join(seen["warnings"])
    print(warning)
    assert "pod" in warning.lower()
    assert "cull" in warning.lower() or "stop" in warning.lower()
    bench.kubectl("delete", "pod", "plain")
    bench.gone("demo")


def test_without_a_pod_it_is_refused(empty_bench: Workbench) -> None:
    bench = empty_bench
    bench.start(HOSTNAME="somewhere-else")
    status, answer = bench.ask(
        "POST", "clusters", {"name": "demo", "workers": 0, "lifetime": NOTEBOOK}
    )
    assert (status, answer["details"]["field"]) == (422, "lifetime.kind")
    assert bench.names() == []
    listed = json.loads(bench.kubectl("get", "daskclusters", "-o", "json"))
    assert listed["items"] == []
