"""Namespaces for benchmarks on Kubernetes: as many clusters in one as are wanted.

They are objects only: nobody schedules their pods, and no operator is needed. What they
look like is the operator's own doing: its functions build them. Of the pods all workers
claim to run and no scheduler does, as there is none that could answer.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import secrets
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

from jupyter_dask_k8s.backends.kubernetes.access import find_access
from jupyter_dask_k8s.backends.kubernetes.api import MERGE_PATCH, KubernetesAPI
from jupyter_dask_k8s.backends.kubernetes.resources import (
    CLUSTERS,
    DEPLOYMENTS,
    GROUPS,
    PODS,
    SERVICES,
    Kind,
)

KUBECTL = os.environ.get("TESTBED_KUBECTL") or shutil.which("kubectl") or "kubectl"
ROLE = "kubeflow-edit"
ACCOUNT = "default-editor"
NOBODY = "nobody"
"""The name of a scheduler of Kubernetes that does not exist."""

AT_ONCE = 32
"""Requests to the API server at the same time."""


def kubectl(*args: str, body: Any = None) -> str:
    done = subprocess.run(
        [KUBECTL, *args],
        input=None if body is None else json.dumps(body),
        check=True,
        capture_output=True,
        text=True,
        timeout=120,
    )
    return done.stdout


@contextlib.contextmanager
def namespace(name: str) -> Iterator[tuple[str, Path]]:
    """Make a namespace; yields it and the kubeconfig of a notebook's service account."""
    name = f"{name}-{secrets.token_hex(2)}"
    kubectl("create", "namespace", name)
    try:
        kubectl("create", "serviceaccount", ACCOUNT, "-n", name)
        who = (f"--clusterrole={ROLE}", f"--serviceaccount={name}:{ACCOUNT}")
        kubectl("create", "rolebinding", ACCOUNT, "-n", name, *who)
        with tempfile.TemporaryDirectory() as folder:
            yield name, _kubeconfig(name, Path(folder))
    finally:
        kubectl("delete", "namespace", name, "--wait=false")


def _kubeconfig(name: str, folder: Path) -> Path:
    view = ("config", "view", "--raw", "--minify", "--flatten", "-o", "json")
    config = json.loads(kubectl(*view))
    request = {
        "apiVersion": "authentication.k8s.io/v1",
        "kind": "TokenRequest",
        "spec": {"expirationSeconds": 24 * 3600},
    }
    url = f"/api/v1/namespaces/{name}/serviceaccounts/{ACCOUNT}/token"
    answer = json.loads(kubectl("create", "--raw", url, "-f", "-", body=request))
    config["users"] = [{"name": ACCOUNT, "user": {"token": answer["status"]["token"]}}]
    config["contexts"][0]["context"] |= {"user": ACCOUNT, "namespace": name}
    path = folder / "kubeconfig"
    path.touch(mode=0o600)
    path.write_text(json.dumps(config))
    return path


class Maker:
    """Makes objects of clusters, as the administrator."""

    def __init__(self, api: KubernetesAPI) -> None:
        self.api = api
        self.made = 0
        self._free = asyncio.Semaphore(AT_ONCE)

    async def make(self, kind: Kind, body: dict[str, Any]) -> None:
        """Create one object."""
        async with self._free:
            await self.api.request("POST", kind, body=body)
            self.made += 1

    async def set_status(self, pod: str, status: dict[str, Any]) -> None:
        """Say of a pod what otherwise its node says."""
        async with self._free:
            await self.api.request(
                *("PATCH", PODS, pod),
                subresource="status",
                body={"status": status},
                content_type=MERGE_PATCH,
            )
            self.made += 1

    async def make_cluster(self, name: str, workers: int) -> None:
        """Create all objects of one cluster, in the operator's order."""
        from dask_kubernetes.operator import make_cluster_spec
        from dask_kubernetes.operator.controller import controller

        whole = make_cluster_spec(
            name=name, n_workers=workers, env={"OMP_NUM_THREADS": "1"}
        )
        spec = whole["spec"]
        await self.make(CLUSTERS, whole)
        service = controller.build_scheduler_service_spec(
            name, spec["scheduler"]["service"], {}, {}
        )
        await self.make(SERVICES, service)
        head = controller.build_scheduler_deployment_spec(
            name, spec["scheduler"]["spec"], {}, {}
        )
        await self._make_pod(head, ready=False)
        group = controller.build_default_worker_group_spec(name, spec["worker"], {}, {})
        await self.make(GROUPS, group)
        for number in range(workers):
            worker = controller.build_worker_deployment_spec(
                *(f"{name}-default", self.api.namespace, name, f"{number:010x}"),
                *(spec["worker"]["spec"], {}, {}),
            )
            await self._make_pod(worker, ready=True)

    async def _make_pod(self, deployment: dict[str, Any], *, ready: bool) -> None:
        """Create a Deployment that does nothing, and the pod that it would make."""
        template = deployment["spec"]["template"]
        await self.make(
            DEPLOYMENTS, deployment | {"spec": deployment["spec"] | {"paused": True}}
        )
        name = f"{deployment['metadata']['name']}-6d4cf56db6-abcde"
        pod = {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": template["metadata"] | {"name": name},
            "spec": template["spec"]
            | {"schedulerName": NOBODY, "automountServiceAccountToken": False},
        }
        await self.make(PODS, pod)
        if ready:
            await self.set_status(name, running(pod))


def running(pod: dict[str, Any]) -> dict[str, Any]:
    """Return the status of a pod that runs."""
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    containers = [
        {
            "name": it["name"],
            "image": it["image"],
            "imageID": f"sha256:{64 * '0'}",
            "containerID": f"containerd://{64 * '0'}",
            "ready": True,
            "started": True,
            "restartCount": 0,
            "state": {"running": {"startedAt": now}},
        }
        for it in pod["spec"]["containers"]
    ]
    kinds = ("Initialized", "Ready", "ContainersReady", "PodScheduled")
    conditions = [{"type": it, "status": "True", "lastTransitionTime": now} for it in kinds]
    return {
        "phase": "Running",
        "podIP": "192.0.2.1",
        "hostIP": "192.0.2.2",
        "startTime": now,
        "conditions": conditions,
        "containerStatuses": containers,
    }


def as_admin(
    namespace: str, work: Callable[[KubernetesAPI], Coroutine[Any, Any, Any]]
) -> Any:
    """Run something with the rights of $KUBECONFIG in a namespace."""
    import logging

    async def run() -> Any:
        async def find() -> Any:
            return await find_access("", namespace)

        api = KubernetesAPI(await find(), find, logging.getLogger("benchmark"))
        try:
            return await work(api)
        finally:
            await api.close()

    return asyncio.run(run())


def fill(namespace: str, clusters: int, pods: int) -> None:
    """Make so many clusters with so many pods altogether."""

    async def work(api: KubernetesAPI) -> None:
        begin = time.monotonic()
        maker = Maker(api)
        each = pods // clusters - 1
        names = [f"bench-{number:04}" for number in range(clusters)]
        await asyncio.gather(*(maker.make_cluster(name, each) for name in names))
        took = time.monotonic() - begin
        print(f"{maker.made} writes in {took:.0f} s: {clusters} clusters, {pods} pods")

    as_admin(namespace, work)
