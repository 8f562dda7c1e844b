"""Whether this server reaches a scheduler by HTTP and websocket, and versions fit."""

from __future__ import annotations

import asyncio
import datetime
import re
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

from ....errors import BackendUnavailable, ClusterError, SchedulerUnavailable
from ....store import Entry
from ...examination import Examination, Finding, failed, ok, skipped, warning
from ..settings import library_versions
from .patient import Patient

ASK_LIMIT = 4.0
"""Seconds that a scheduler may take to answer: less than an examination may take."""

MOST = 10
"""Schedulers that are asked."""

PATIENCE = 30.0
"""Seconds that a young scheduler may take until we have found the way to it."""

RANKS = ("skipped", "ok", "warning", "failed")
"""Verdicts, the worst last."""

_VERSION = re.compile(r":(\d{4}\.\d{1,2}\.\d+)")


def examinations(patient: Patient) -> list[Examination]:
    """Return those of this topic."""

    async def http() -> Finding:
        return await _away(patient) or await _http(patient)

    async def websocket() -> Finding:
        return await _away(patient) or await _all(_websocket_of, patient)

    async def versions() -> Finding:
        return await _all(_versions_of, patient)

    return [
        Examination("scheduler.http", "Schedulers by HTTP", http),
        Examination("scheduler.websocket", "Schedulers by websocket", websocket),
        Examination("versions", "Versions of Dask", versions),
    ]


def _entries(patient: Patient) -> list[Entry]:
    """Return the entries of clusters that run; of many some."""
    entries = [patient.store.entry(it.name) for it in patient.store.list()]
    running = [it for it in entries if it.dashboard is not None]
    return [it for it in running if it.cluster.backend == "kubernetes"][:MOST]


def _unreached(patient: Patient) -> str:
    """Return a cluster whose scheduler has been ready for long, and does not answer us."""
    now = datetime.datetime.now(datetime.timezone.utc)
    for parts in patient.world.everything():
        for pod in parts.living_pods:
            if pod.metadata.labels.component != "scheduler" or not pod.ready:
                continue
            name, made = pod.metadata.labels.cluster, pod.metadata.creation_timestamp
            old = made is None or (now - made).total_seconds() > PATIENCE
            known = name in patient.store and patient.store.entry(name).dashboard
            if old and not known:
                return name
    return ""


async def _away(patient: Patient) -> Finding | None:
    """Return that the way to schedulers is closed where it is the API server's."""
    if not any(it.tunnel for it in _entries(patient)):
        return None
    try:
        await patient.get("/version")
    except BackendUnavailable:
        return skipped("The way there is through the API server, which does not answer.")
    except ClusterError:
        pass  # it is there
    return None


async def _all(
    look: Callable[[Patient, Entry], Awaitable[Finding]], patient: Patient
) -> Finding:
    """Ask all schedulers at once; the worst counts."""
    found = await asyncio.gather(*(look(patient, it) for it in _entries(patient)))
    return max(found, key=lambda it: RANKS.index(it.verdict), default=skipped(NONE))


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
    name = _unreached(patient)
    if name:
        words = f"The scheduler of “{name}” is ready, but does not answer this server."
        if patient.reach != "service" and not patient.api.access.inside:
            # A NetworkPolicy is seldom in the way of a forward; kubectl has the same way.
            reason = patient.store.get(name).reason if name in patient.store else ""
            return failed(
                f"{words} {reason}".strip(),
                f"kubectl --namespace {patient.namespace} port-forward "
                f"service/{name}-scheduler 8787",
                "command",
            )
        return failed(words, _network_policy(patient.namespace), "yaml")
    return await _all(_http_of, patient)


async def _http_of(patient: Patient, entry: Entry) -> Finding:
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


async def _websocket_of(patient: Patient, entry: Entry) -> Finding:
    """Open the websocket of Dask's own events, which needs no session."""
    assert entry.dashboard is not None
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


async def _versions_of(patient: Patient, entry: Entry) -> Finding:
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
