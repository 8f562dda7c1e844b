from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from dask_kubernetes.operator import make_cluster_spec

from .conftest import Team, kubectl, until

KINDS = ("daskclusters", "daskworkergroups", "daskautoscalers", "daskjobs")


@pytest.mark.parametrize("kind", KINDS)
def test_operators_resources_exist(kubeconfig: Path, kind: str) -> None:
    crd = f"{kind}.kubernetes.dask.org"
    found = kubectl("get", "crd", crd, "-o", "name", kubeconfig=kubeconfig).strip()
    assert found == f"customresourcedefinition.apiextensions.k8s.io/{crd}"


def test_operator_makes_and_deletes_a_cluster(team: Team, dask_image: str) -> None:
    def get(kinds: str) -> list[dict[str, Any]]:
        answer = kubectl("get", kinds, "-o", "json", kubeconfig=team.kubeconfig)
        items: list[dict[str, Any]] = json.loads(answer)["items"]
        return items

    def ready_pods() -> set[str]:
        return {
            pod["metadata"]["labels"]["dask.org/component"]
            for pod in get("pods")
            for condition in pod["status"].get("conditions", [])
            if condition["type"] == "Ready" and condition["status"] == "True"
        }

    spec = make_cluster_spec("there", image=dask_image, n_workers=1)
    kubectl("create", "-f", "-", kubeconfig=team.kubeconfig, body=spec)
    until("two ready pods", lambda: ready_pods() == {"scheduler", "worker"}, 120)
    kubectl("delete", "daskcluster", "there", "--wait=false", kubeconfig=team.kubeconfig)
    everything = "daskclusters,daskworkergroups,pods,services,deployments"
    until("nothing is left", lambda: not get(everything), 120)
