"""What others have is out of sight, and out of reach."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from jupyter_dask_k8s.openapi import OPERATIONS
from jupyter_dask_k8s.pytest_plugin import DaskAPI

from .conftest import Team, kubectl
from .server import as_team, dask_api, jp_server_config  # noqa: F401

CHANGES = {
    "clusters/secret": {"workers": 3},
    "clusters/secret/groups": {"name": "more", "workers": 1},
    "clusters/secret/groups/default": {"workers": 3},
}


@pytest.fixture
def neighbour(kubeconfig: Path, team: Team, dask_image: str) -> Iterator[dict[str, str]]:
    """A cluster of somebody else: its namespace and the addresses of its scheduler."""
    from dask_kubernetes.operator import make_cluster_spec

    # Another one each time: Kubernetes takes a while to be rid of one.
    namespace = f"{team.namespace}-b-{uuid.uuid4().hex[:6]}"
    spec = make_cluster_spec(
        "secret", image=dask_image, n_workers=0, worker_command="dask worker"
    )
    spec["spec"]["scheduler"]["spec"]["containers"][0]["args"][0:1] = ["dask", "scheduler"]
    kubectl("create", "namespace", namespace, kubeconfig=kubeconfig)
    kubectl("apply", "-n", namespace, "-f", "-", kubeconfig=kubeconfig, body=spec)
    try:
        ip = ""
        end = time.monotonic() + 60
        while not ip:
            assert time.monotonic() < end
            time.sleep(0.5)
            ip = kubectl(
                *("get", "service", "secret-scheduler", "-n", namespace),
                *("--ignore-not-found", "-o", "jsonpath={.spec.clusterIP}"),
                kubeconfig=kubeconfig,
            )
        yield {"namespace": namespace, "ip": ip}
    finally:
        for what in (("daskclusters", "--all", "-n", namespace), ("namespace", namespace)):
            kubectl("delete", *what, kubeconfig=kubeconfig, check=False, timeout=120)


async def test_a_neighbours_cluster(
    dask_api: DaskAPI,  # noqa: F811
    neighbour: dict[str, str],
) -> None:
    assert await dask_api("GET", "clusters") == (200, {"clusters": []})
    for operation in OPERATIONS:
        if "{name}" not in operation.path:
            continue
        path = operation.path.removeprefix("/api/").format(name="secret", group="default")
        status, answer = await dask_api(operation.method.upper(), path, CHANGES.get(path))
        assert status == 404, (operation, answer)
        # Nothing tells it from a cluster that is nowhere.
        assert answer["reason"] in ("ClusterNotFound", "JobNotFound"), operation
        assert neighbour["namespace"] not in answer["message"]
    host = f"secret-scheduler.{neighbour['namespace']}"
    for address in (
        host,
        f"{host}.svc.cluster.local",
        neighbour["ip"],
        "secret-scheduler",
    ):
        response = await dask_api.raw("GET", f"dashboard/{address}:8787/status")
        assert response.code == 404, address
    response = await dask_api.raw("GET", "clusters/secret/dashboard/status")
    assert response.code == 404


async def test_another_namespace_is_not_ours_to_choose(
    dask_api: DaskAPI,  # noqa: F811
    neighbour: dict[str, str],
    jp_serverapp: Any,
) -> None:
    """The rights are those of the service account, whatever the settings say."""
    from jupyter_dask_k8s.backends.kubernetes.backend import KubernetesBackend
    from jupyter_dask_k8s.scheduler import SchedulerClient
    from jupyter_dask_k8s.store import Store

    scheduler = SchedulerClient()
    backend = KubernetesBackend(
        Store(lambda event: None),
        scheduler,
        lambda: None,
        namespace=neighbour["namespace"],
        log=jp_serverapp.log,
    )
    await backend.start()
    try:
        for _ in range(100):
            if backend.trouble:
                break
            import asyncio

            await asyncio.sleep(0.1)
        assert "may not list" in backend.trouble
        rule = json.dumps(["daskclusters"])
        assert f'"resources":{rule}' in backend.trouble or "pods" in backend.trouble
        assert not backend.synced
        assert backend.store.list() == []
    finally:
        await backend.stop()
        await scheduler.close()
