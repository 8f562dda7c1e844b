"""A cluster as a step of Kubeflow Pipelines. That kfp compiles it, scripts/kfp.sh shows."""

from __future__ import annotations

import ast
import sys
from typing import Any

from jupyter_dask_k8s.backends.kubernetes.pipeline import kfp_code


def stored(**changes: Any) -> dict[str, Any]:
    """Return a DaskCluster as the API server has it."""
    worker = {
        "name": "worker",
        "image": "example.org/dask:1",
        "args": ["dask", "worker", "--name", "$(DASK_WORKER_NAME)"],
        "env": [{"name": "TEXT", "value": "two lines:\n  {braces} 'and' \"quotes\" \\n"}],
    }
    selector = {"dask.org/cluster-name": "demo", "dask.org/component": "scheduler"}
    return {
        "apiVersion": "kubernetes.dask.org/v1",
        "kind": "DaskCluster",
        "metadata": {
            "name": "demo",
            "namespace": "team-a",
            "uid": "1",
            "resourceVersion": "2",
            "annotations": {"kopf.zalando.org/last": "x", "dask-k8s/owner": "alice"},
        },
        "spec": {
            "idleTimeout": 0,
            "worker": {"replicas": 2, "spec": {"containers": [worker]}},
            "scheduler": {
                "spec": {"containers": [{"name": "scheduler", "image": worker["image"]}]},
                "service": {"type": "ClusterIP", "selector": selector, "ports": []},
            },
            **changes,
        },
    }


def group() -> dict[str, Any]:
    spec = stored()["spec"]["worker"]
    return {
        "kind": "DaskWorkerGroup",
        "metadata": {"name": "demo-highmem"},
        "spec": {"cluster": "demo", "worker": spec},
    }


AUTOSCALER = {
    "kind": "DaskAutoscaler",
    "metadata": {"name": "demo"},
    "spec": {"cluster": "demo", "minimum": 1, "maximum": 4},
}


def spec_in(code: str) -> dict[str, Any]:
    """Return the value of ``spec`` in the component."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "spec":
            found: dict[str, Any] = ast.literal_eval(node.value)
            return found
    raise AssertionError(code)


def test_the_component_has_the_same_cluster_without_what_the_server_made() -> None:
    before = stored()
    spec = spec_in(kfp_code([before]))
    assert before == stored()
    assert spec["spec"]["worker"] == before["spec"]["worker"]
    assert set(spec["metadata"]) == {"name", "annotations"}
    assert spec["metadata"]["annotations"] == {"dask-k8s/owner": "alice"}


def test_the_cluster_of_a_step_that_was_killed_ends_by_itself() -> None:
    assert spec_in(kfp_code([stored()]))["spec"]["idleTimeout"] == 3600
    assert spec_in(kfp_code([stored(idleTimeout=60)]))["spec"]["idleTimeout"] == 60


def test_groups_and_the_autoscaler_come_with_it() -> None:
    code = kfp_code([stored(), group(), AUTOSCALER])
    ast.parse(code)
    assert 'cluster.add_worker_group("highmem", n_workers=2, custom_spec=group)' in code
    assert "cluster.adapt(minimum=1, maximum=4)" in code


if __name__ == "__main__":
    sys.stdout.write(kfp_code([stored(), group(), AUTOSCALER]))
