"""Fixtures: a Jupyter server of ours that works as a team's service account."""

from __future__ import annotations

import contextlib
import copy
import time
import warnings
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import pytest
from distributed import Client

from jupyter_dask_k8s.pytest_plugin import SERVER_CONFIG, DaskAPI
from tests.contract.test_clusters import Connect

from .conftest import Team, kubectl

LIMIT = 180.0
"""Seconds that pods may take: these machines are small."""


OPTIONS = {
    # Many small pods on one small node.
    "KubernetesBackend.cpu_overcommit": 20.0,
    "KubernetesBackend.default_memory": "512 MiB",
    "KubernetesBackend.scheduler_memory": "512 MiB",
    "KubernetesBackend.default_workers": 1,
}
"""Settings of the servers of these tests."""


@pytest.fixture
def as_team(team: Team, monkeypatch: pytest.MonkeyPatch) -> Team:
    """Make the team's kubeconfig the one that everything in this process finds."""
    monkeypatch.setenv("KUBECONFIG", str(team.kubeconfig))
    return team


@pytest.fixture
def jp_server_config(as_team: Team, dask_image: str) -> dict[str, Any]:
    config = copy.deepcopy(SERVER_CONFIG)
    config["DaskK8sApp"]["backend"] = "kubernetes"
    own = {key.partition(".")[2]: value for key, value in OPTIONS.items()}
    config["KubernetesBackend"] = {"image": dask_image, **own}
    return config


@pytest.fixture
def dask_api(dask_api: DaskAPI, team: Team, kubeconfig: Path) -> Iterator[DaskAPI]:
    """The API with more patience; nothing of a test is left for the next one."""
    dask_api.limit = LIMIT
    yield dask_api
    wipe(team, kubeconfig)


OURS = "daskjobs,daskautoscalers,daskclusters,daskworkergroups"
MADE = "pods,services,deployments"


def wipe(team: Team, kubeconfig: Path) -> None:
    """Delete all clusters of a team; return when their names are free again."""

    def run(*args: str) -> str:
        space = ("-n", team.namespace)
        return kubectl(*args, *space, kubeconfig=kubeconfig, timeout=LIMIT, check=False)

    begin = time.monotonic()
    run("delete", OURS, "--all", "--wait=false")
    while left := run("get", f"{OURS},{MADE}", "-o", "name").split():
        took = time.monotonic() - begin
        assert took < LIMIT, f"These do not go: {left}"
        time.sleep(1)
        # A group that the operator makes while its cluster is deleted stays for minutes,
        # as does an autoscaler: the operator looks in vain for the cluster (2026.3). What
        # is deleted while it is made waits until the operator tries that again.
        for name in left:
            orphan = "workergroup" in name or "autoscaler" in name
            if orphan or (took > 10 and "kubernetes.dask.org" in name):
                run("delete", name, "--wait=false", "--ignore-not-found")
                run("patch", name, "--type=merge", "-p", '{"metadata":{"finalizers":null}}')


@pytest.fixture
def connect(team: Team) -> Connect:
    """Connect from outside, as the code for notebooks does: by a port forward."""

    @contextlib.asynccontextmanager
    async def open_client(cluster: dict[str, Any]) -> AsyncIterator[Client]:
        from dask_kubernetes.operator import KubeCluster

        with warnings.catch_warnings():
            # dask-kubernetes and kr8s know newer versions of Kubernetes only.
            warnings.simplefilter("ignore")
            remote = await KubeCluster.from_name(
                cluster["name"],
                namespace=cluster["namespace"],
                port_forward_cluster_ip=True,
                shutdown_on_close=False,
                asynchronous=True,
                quiet=True,
            )
            async with Client(remote, asynchronous=True) as client:
                yield client
            await remote.close()

    def typed(cluster: dict[str, Any]) -> AbstractAsyncContextManager[Client]:
        manager: AbstractAsyncContextManager[Client] = open_client(cluster)
        return manager

    return typed
