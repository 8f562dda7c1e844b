"""From a request for a job to its DaskJob."""

from __future__ import annotations

import asyncio
import copy
import uuid
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import msgspec

from ...errors import InvalidField
from ...models import ClusterCreate, JobCreate
from ...names import make_name
from ...quantities import cpu_quantity, memory_quantity, parse_cpu, parse_memory
from ...store import Store
from ..checks import check_env, within
from .diagnosis.finding import Troubles
from .jobmanifest import JobWish, RunnerSize, job_manifest
from .jobsource import plan_work
from .manifest import worker_container
from .ownpod import OwnPod
from .wish import Wish
from .world import Parts

RESERVED = ("DASK_SCHEDULER_ADDRESS", "DASK_K8S_WAIT", "DASK_K8S_FILE")
"""Variables that parameters cannot be: we or the operator set them."""

NOT_FOR_JOBS = {
    "name": "The cluster of a job has the job's name.",
    "adapt": "The operator makes no autoscaler for the cluster of a job: give workers.",
    "lifetime": "The cluster of a job ends with the job.",
    "groups": "The operator makes no more worker groups for the cluster of a job.",
}


class Clusters(Protocol):
    """What jobs need of the backend that they belong to."""

    store: Store
    operator_patience: float
    """Seconds after which an operator that does nothing is late."""

    async def job_cluster(
        self, request: ClusterCreate, owner: str
    ) -> tuple[Wish, dict[str, Any]]:
        """Return what a request comes to, and its manifest."""

    def hold(self, wish: Wish) -> AbstractContextManager[None]:
        """Check the owner's limits and hold them; raises `OwnerLimit`."""

    def check_room(self, manifest: dict[str, Any], wish: Wish) -> None:
        """Check a DaskJob against the namespace's quotas; raises `InvalidField`."""

    def parts_of(self, name: str) -> Parts:
        """Return all objects of a cluster."""

    def troubles_of(self, pod: str) -> Troubles:
        """Return Kubernetes' warnings about a pod, by its name."""

    def redraw(self, name: str) -> None:
        """Draw a cluster again: it has become that of a job, or is so no more."""

    async def read_cluster(self, name: str) -> dict[str, Any]:
        """Return a stored DaskCluster."""

    async def own_pod(self) -> OwnPod | None:
        """Return the pod of this server."""


@dataclass(frozen=True)
class Plan:
    """A DaskJob that is not there yet."""

    name: str
    request_id: str
    manifest: dict[str, Any]
    cluster: Wish


def runner_size(cpu: str, memory: str) -> RunnerSize:
    """Return what a runner gets; raises `ValueError`."""
    amount = cpu_quantity(parse_cpu(cpu))
    return RunnerSize(amount, memory_quantity(parse_memory(memory)))


@dataclass(frozen=True)
class Planner:
    """Makes DaskJobs of requests; ``root`` is Jupyter's."""

    clusters: Clusters
    root: Path
    size: RunnerSize
    wait_seconds: int

    async def plan(self, request: JobCreate, owner: str) -> Plan:
        """Return what to make for a request; raises `InvalidField`."""
        name = request.name or make_name(_stem(request, owner))
        env = _parameters(request.parameters or {})
        own = await self.clusters.own_pod()
        work = await asyncio.to_thread(plan_work, request, name, self.root, own)
        cluster, manifest = await self._plan_cluster(request, name, owner)
        wish = JobWish(
            name=name,
            owner=owner,
            request_id=uuid.uuid4().hex,
            work=work,
            image=cluster.worker.image,
            python=(cluster.worker.program or ["python"])[0],
            size=self.size,
            wait_seconds=self.wait_seconds,
            cluster=_parts_of_cluster(manifest["spec"]),
            profile=cluster.profile,
            env=env,
            own=own,
        )
        return Plan(name, wish.request_id, job_manifest(wish), cluster)

    async def _plan_cluster(
        self, request: JobCreate, name: str, owner: str
    ) -> tuple[Wish, dict[str, Any]]:
        asked = request.cluster
        for field, sentence in NOT_FOR_JOBS.items():
            if getattr(asked, field) is not None:
                raise InvalidField(f"cluster.{field}", sentence)
        image = asked.image if request.image is None else request.image
        asked = msgspec.structs.replace(asked, name=name, image=image)
        try:
            with within("cluster"):
                wish, manifest = await self.clusters.job_cluster(asked, owner)
        except InvalidField as error:
            if error.field == "cluster.image" and request.image is not None:
                raise InvalidField("image", error.message) from None
            raise
        return wish, manifest

    async def like(
        self, cluster: dict[str, Any], path: str | None, owner: str
    ) -> dict[str, Any]:
        """Return a job with a cluster like a stored DaskCluster.

        It runs the file at ``path``; without one, a script that is still to be named.
        """
        former = cluster["metadata"]["name"]
        name = make_name(former)
        command = None if path else ["python", "script.py"]
        own = await self.clusters.own_pod() if path else None
        request = JobCreate(path=path, command=command)
        work = await asyncio.to_thread(plan_work, request, name, self.root, own)
        spec = _renamed(cluster["spec"], former, name)
        worker = worker_container(cluster)
        wish = JobWish(
            name=name,
            owner=owner,
            request_id="",
            work=work,
            image=worker.get("image", ""),
            python=_python_of(worker),
            size=self.size,
            wait_seconds=self.wait_seconds,
            cluster=_parts_of_cluster(spec),
            own=own,
        )
        return job_manifest(wish)


def _stem(request: JobCreate, owner: str) -> str:
    return Path(request.path or "").stem or owner


def _python_of(worker: dict[str, Any]) -> str:
    """Return the Python that a worker runs with, where its command names it."""
    program = str((worker.get("command") or [""])[0])
    return program if Path(program).name.startswith("python") else "python"


def _parts_of_cluster(spec: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the operator takes of a job's cluster; it drops all the rest."""
    return {key: spec[key] for key in ("worker", "scheduler")}


def _renamed(spec: dict[str, Any], former: str, name: str) -> dict[str, Any]:
    """Return a spec whose Service finds the scheduler of another cluster."""
    spec = copy.deepcopy(spec)
    selector = (spec["scheduler"].get("service") or {}).get("selector") or {}
    for key, value in selector.items():
        if value == former:
            selector[key] = name
    return spec


def _parameters(parameters: dict[str, str]) -> dict[str, str]:
    try:
        check_env(parameters)
    except InvalidField as error:
        raise InvalidField("parameters", error.message) from None
    for name in RESERVED:
        if name in parameters:
            raise InvalidField("parameters", f"“{name}” is not for you to set.")
    return parameters
