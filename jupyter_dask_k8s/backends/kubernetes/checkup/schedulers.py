"""Whether this server reaches a scheduler by HTTP and websocket, and versions fit."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import msgspec

from ....errors import SchedulerUnavailable
from ....store import Entry
from ...examination import Examination, Finding, failed, ok, skipped, warning
from ..settings import library_versions
from .patient import Patient

ASK_LIMIT = 4.0
"""Seconds that a scheduler may take to answer: less than an examination may take."""

_VERSION = re.compile(r":(\d{4}\.\d{1,2}\.\d+)")


def examinations(patient: Patient) -> list[Examination]:
    """Return those of this topic."""

    async def http() -> Finding:
        return await _http(patient)

    async def websocket() -> Finding:
        return await _websocket(patient)

    async def versions() -> Finding:
        return await _versions(patient)

    return [
        Examination("scheduler.http", "Schedulers by HTTP", http),
        Examination("scheduler.websocket", "Schedulers by websocket", websocket),
        Examination("versions", "Versions of Dask", versions),
    ]


def _entry(patient: Patient) -> Entry | None:
    """Return the entry of a cluster that runs."""
    for cluster in patient.store.list():
        entry = patient.store.entry(cluster.name)
        if cluster.backend == "kubernetes" and entry.dashboard is not None:
            return entry
    return None


def _unreached(patient: Patient) -> str:
    """Return a cluster whose scheduler is ready, and yet does not answer us."""
    for parts in patient.world.everything():
        for pod in parts.living_pods:
            if pod.metadata.labels.component == "scheduler" and pod.ready:
                return pod.metadata.labels.cluster
    return ""


NONE = "No cluster runs that could be asked."


def _network_policy(namespace: str) -> str:
    return f"""apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: dask-schedulers
  namespace: {namespace}
spec:
  podSelector:
    matchLabels:
      dask.org/component: scheduler
  policyTypes: [Ingress]
  ingress:
    - from:
        - namespaceSelector: {{}}
      ports:
        - port: 8786
        - port: 8787
"""


async def _http(patient: Patient) -> Finding:
    entry = _entry(patient)
    if entry is None:
        name = _unreached(patient)
        if not name:
            return skipped(NONE)
        return failed(
            f"The scheduler of “{name}” is ready, but does not answer this server.",
            _network_policy(patient.namespace),
            "yaml",
        )
    assert entry.dashboard is not None
    problem = await patient.scheduler.check(entry.dashboard, entry.tunnel, ASK_LIMIT)
    name = entry.cluster.name
    if problem:
        return failed(
            f"The scheduler of “{name}” does not answer: {problem}",
            _network_policy(patient.namespace),
            "yaml",
        )
    way = "through the API server" if entry.tunnel else "by its Service"
    return ok(f"The scheduler of “{name}” answers {way}.")


async def _websocket(patient: Patient) -> Finding:
    """Open the websocket of Dask's own events, which needs no session."""
    entry = _entry(patient)
    if entry is None or entry.dashboard is None:
        return skipped(NONE)
    name = entry.cluster.name
    session = await patient.scheduler.session(entry.tunnel)
    from aiohttp import ClientError, WSServerHandshakeError

    url = "ws" + entry.dashboard.removeprefix("http") + "/eventstream"

    async def shake_hands() -> None:
        async with session.ws_connect(url):
            pass

    try:
        await asyncio.wait_for(shake_hands(), ASK_LIMIT)
    except WSServerHandshakeError as error:
        if error.status == 404:
            return skipped(f"The scheduler of “{name}” has no websocket to be asked.")
        return failed(
            f"The scheduler of “{name}” refuses websockets (status {error.status}): "
            "dashboards stay empty. A proxy on the way has to let them pass.",
            f"kubectl --namespace {patient.namespace} get pods --output=wide "
            "--selector=dask.org/component=scheduler",
            "command",
        )
    except (ClientError, OSError, asyncio.TimeoutError):
        return failed(
            f"The scheduler of “{name}” cannot be reached by websocket: dashboards stay "
            "empty.",
            _network_policy(patient.namespace),
            "yaml",
        )
    return ok(f"The scheduler of “{name}” takes websockets.")


class _Page(msgspec.Struct):
    """What our schedulers tell of versions (see preload.py)."""

    versions: dict[str, str] = {}


async def _versions(patient: Patient) -> Finding:
    entry = _entry(patient)
    if entry is None:
        return skipped(NONE)
    name, ours = entry.cluster.name, library_versions()["distributed"]
    theirs = await _distributed(patient, entry)
    if not theirs:
        return skipped(f"The scheduler of “{name}” does not tell its version.")
    if theirs == ours:
        return ok(f"The scheduler of “{name}” has distributed {theirs}, as this server.")
    return warning(
        f"The scheduler of “{name}” has distributed {theirs}, and this server {ours}: "
        "tasks may fail. Notebooks and clusters should run the same image.",
        f"pip install 'dask=={theirs}' 'distributed=={theirs}'",
        "command",
    )


async def _distributed(patient: Patient, entry: Entry) -> str:
    """Return the version of a scheduler: by its page, else by the tag of its image."""
    if entry.readings_path:
        try:
            page: Any = await patient.scheduler.read_json(entry, entry.readings_path, _Page)
        except SchedulerUnavailable:
            page = _Page()
        if page.versions.get("distributed"):
            return str(page.versions["distributed"])
    for group in entry.cluster.groups:
        match = _VERSION.search(group.image or "")
        if match:
            return match[1]
    return ""
