"""The pod that this Jupyter server runs in: its image, its volumes, and its Notebook."""

from __future__ import annotations

import asyncio
import datetime
import importlib.metadata
import logging
import os
import sys
from pathlib import Path
from typing import Any

import msgspec

from ...errors import ClusterError
from ...tasks import end
from .access import in_cluster
from .api import KubernetesAPI
from .resources import PODS, Kind
from .wish import Owner

READ_LIMIT = 10.0
"""Seconds that the API server may take to show us our pod."""

SIDECARS = ("istio-proxy", "istio-init")


class OwnPod(msgspec.Struct, frozen=True):
    """What we know of our pod. The parts are as Kubernetes writes them."""

    name: str
    namespace: str
    uid: str
    container: dict[str, Any]
    """The one that Jupyter runs in."""
    spec: dict[str, Any]
    labels: dict[str, str]
    started: datetime.datetime | None
    """When the container started."""
    owner: Owner
    """The Kubeflow Notebook that it belongs to, or the pod itself."""

    @property
    def image(self) -> str:
        """The image of Jupyter's container."""
        return str(self.container.get("image", ""))

    @property
    def volumes(self) -> list[dict[str, Any]]:
        """The pod's volumes."""
        return list(self.spec.get("volumes") or [])

    @property
    def mounts(self) -> list[dict[str, Any]]:
        """Where Jupyter's container has them."""
        return list(self.container.get("volumeMounts") or [])

    @property
    def dask_image(self) -> str:
        """The image, if what we run is in it; empty where Dask came in later.

        Packages that were installed into the running container, or onto a volume, are not
        in the image: its pods would have other versions, or none.
        """
        for name in ("dask", "distributed"):
            place = _place_of(name)
            if place is None or self._is_mounted(place) or self._is_newer(place):
                return ""
        return self.image

    def _is_mounted(self, place: Path) -> bool:
        points = [Path(it.get("mountPath", "/nowhere")) for it in self.mounts]
        return any(place.is_relative_to(point) for point in points)

    def _is_newer(self, place: Path) -> bool:
        if self.started is None:
            return False
        return place.stat().st_ctime > self.started.timestamp()


def program() -> list[str]:
    """Return what runs Dask in an image like ours, whatever its entry point is."""
    return [sys.executable, "-m", "dask"]


def _place_of(distribution: str) -> Path | None:
    try:
        found = importlib.metadata.distribution(distribution)
        place = Path(str(found.locate_file(""))) / distribution
        return place if place.exists() else None
    except (importlib.metadata.PackageNotFoundError, OSError):
        return None


class OwnPodReader:
    """Reads our pod once, when somebody first asks; ``name`` overrides ``$HOSTNAME``."""

    def __init__(
        self,
        api: KubernetesAPI,
        name: str,
        log: logging.Logger | logging.LoggerAdapter[Any],
    ) -> None:
        self._api = api
        self._name = name or (os.environ.get("HOSTNAME", "") if in_cluster() else "")
        self._log = log
        self._task: asyncio.Task[OwnPod | None] | None = None
        self.trouble = ""
        """Why our pod cannot be read, in a sentence."""

    @property
    def known(self) -> OwnPod | None:
        """The pod, if it has been read already."""
        if self._task is None or not self._task.done() or self._task.cancelled():
            return None
        return self._task.result()

    async def read(self) -> OwnPod | None:
        """Return our pod; ``None`` where there is none or we may not read it."""
        if self._task is None or (self._task.done() and self._task.result() is None):
            self._task = asyncio.create_task(self._read())
        return await asyncio.shield(self._task)

    async def close(self) -> None:
        """Give up on an answer that is under way."""
        if self._task is not None:
            await end([self._task])

    async def _read(self) -> OwnPod | None:
        if not self._name:
            return None
        try:
            return await asyncio.wait_for(self._find(), READ_LIMIT)
        except asyncio.TimeoutError:
            self._note(f"Kubernetes does not answer within {READ_LIMIT:g} s.")
        except ClusterError as error:
            self._note(error.message)
        return None

    def _note(self, why: str) -> None:
        trouble = f"The notebook's pod {self._name} cannot be read. {why}"
        if trouble != self.trouble:
            self._log.info("%s", trouble)
        self.trouble = trouble

    async def _get(
        self, path: str, kind: Kind | None = None, name: str = ""
    ) -> dict[str, Any]:
        answer = await self._api.send("GET", path, kind=kind, name=name)
        found: dict[str, Any] = msgspec.json.decode(answer)
        return found

    async def _find(self) -> OwnPod:
        namespace = self._api.namespace
        path = f"/api/v1/namespaces/{namespace}/pods/{self._name}"
        pod = await self._get(path, PODS, self._name)
        metadata, spec = pod["metadata"], pod["spec"]
        container = _jupyter_container(spec["containers"], metadata.get("labels") or {})
        own = Owner("v1", "Pod", metadata["name"], metadata["uid"])
        return OwnPod(
            name=metadata["name"],
            namespace=namespace,
            uid=metadata["uid"],
            container=container,
            spec=spec,
            labels=metadata.get("labels") or {},
            started=_started(pod, container["name"]),
            owner=await self._notebook_of(metadata) or own,
        )

    async def _notebook_of(self, metadata: dict[str, Any]) -> Owner | None:
        """Return the Kubeflow Notebook: it made a StatefulSet, and that made the pod.

        The label ``notebook-name`` is Kubeflow's own (notebook-controller 1.3 to 1.10).
        """
        references = metadata.get("ownerReferences") or []
        namespace = self._api.namespace
        for reference in references:
            if reference["kind"] == "Notebook":
                return _owner(reference)
            if reference["kind"] == "StatefulSet":
                path = f"/apis/apps/v1/namespaces/{namespace}/statefulsets/"
                found = await self._try(path + reference["name"])
                owners = (found or {}).get("metadata", {}).get("ownerReferences") or []
                for owner in owners:
                    if owner["kind"] == "Notebook":
                        return _owner(owner)
        name = (metadata.get("labels") or {}).get("notebook-name")
        if not name:
            return None
        path = f"/apis/kubeflow.org/v1/namespaces/{namespace}/notebooks/{name}"
        found = await self._try(path)
        if found is None:
            return None
        return Owner("kubeflow.org/v1", "Notebook", name, found["metadata"]["uid"])

    async def _try(self, path: str) -> dict[str, Any] | None:
        try:
            return await self._get(path)
        except ClusterError as error:
            self._log.info("%s cannot be read: %s", path, error)
            return None


def _owner(reference: dict[str, Any]) -> Owner:
    return Owner(
        reference["apiVersion"], reference["kind"], reference["name"], reference["uid"]
    )


def _jupyter_container(
    containers: list[dict[str, Any]], labels: dict[str, str]
) -> dict[str, Any]:
    """Return the container that Jupyter runs in: ``NB_PREFIX`` is Kubeflow's mark."""
    for container in containers:
        if any(it.get("name") == "NB_PREFIX" for it in container.get("env") or []):
            return container
    for container in containers:
        if container["name"] == labels.get("notebook-name"):
            return container
    others = [it for it in containers if it["name"] not in SIDECARS]
    return (others or containers)[0]


def _started(pod: dict[str, Any], container: str) -> datetime.datetime | None:
    for status in pod.get("status", {}).get("containerStatuses") or []:
        if status["name"] == container:
            text = ((status.get("state") or {}).get("running") or {}).get("startedAt")
            return msgspec.convert(text, datetime.datetime | None, strict=False)
    return None
