"""What one pod waits for or suffers from."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from ..objects import ContainerStatus, Pod
from . import crashes, images
from .events import probe_words, setup_trouble
from .finding import PULLING, STARTING, UNREADY, Finding, Troubles
from .placing import unplaced
from .words import sentence

_ON_ITS_WAY = ("ContainerCreating", "PodInitializing", "CrashLoopBackOff")

READY_PATIENCE = 20.0
"""Seconds that a container may run before it has to be ready: busy nodes are slow."""


def examine(pod: Pod, troubles: Troubles | None = None) -> Finding | None:
    """Return what a pod waits for, as the end of a sentence; ``None`` when it is ready."""
    troubles = troubles or {}
    if pod.ready:
        return None
    if not pod.spec.node_name:
        return unplaced(pod)
    found = [it for status in _statuses(pod) if (it := _container(pod, status, troubles))]
    if any(it.broken for it in found):
        return max(found, key=lambda it: it.weight)
    lost = _lost_node(pod, troubles)
    if lost is not None:
        return lost
    setup = setup_trouble(pod, troubles) if not _begun(pod) else None
    if setup is not None:
        return setup
    preparing = _preparing(pod)
    if preparing is not None:
        return preparing
    if found:
        return max(found, key=lambda it: it.weight)
    if pod.status.container_statuses and _begun(pod):
        return _unready(pod, troubles)
    return images.pulling(pod, "")


def describe_pod(pod: Pod, troubles: Troubles | None = None) -> str:
    """Return what a pod waits for: ``is waiting for a node.``; empty when it is ready."""
    found = examine(pod, troubles)
    if found is None:
        return ""
    if found.later is not None and found.since is not None:
        # Nobody remembers pods: their own clock has to do.
        now = datetime.datetime.now(datetime.timezone.utc)
        if (now - found.since).total_seconds() > found.patience:
            return found.later.text
    return found.text


def is_broken(pod: Pod, troubles: Troubles | None = None) -> bool:
    """Tell whether the pod fails in a way that does not mend itself."""
    found = examine(pod, troubles)
    return found is not None and found.broken


def _statuses(pod: Pod) -> Iterator[ContainerStatus]:
    yield from pod.status.init_container_statuses
    yield from pod.status.container_statuses


def _begun(pod: Pod) -> bool:
    """Whether a container has run on its node."""
    return any(
        it.state.running or it.state.terminated or it.last_state.terminated
        for it in _statuses(pod)
    )


def _container(pod: Pod, status: ContainerStatus, troubles: Troubles) -> Finding | None:
    """Return what one container suffers from; ``None`` when it runs, or may soon."""
    init = status in pod.status.init_container_statuses
    if init and _done(status):
        return None
    found = _trouble_of(pod, status, troubles)
    if found is None or not (init or _beside(pod, status)):
        return found
    # A part that Dask knows nothing of.
    part = f"init container “{status.name}”" if init else f"container “{status.name}”"
    if found.broken:
        return found.about(f"does not start: its {part}")
    if found.kind in crashes.ENDS:
        return found.about(f"waits: its {part}")
    return found


def _preparing(pod: Pod) -> Finding | None:
    """Return that an init container works, which goes before the others."""
    for status in pod.status.init_container_statuses:
        running = status.state.running
        if running is not None and not status.ready and not status.started:
            text = f"waits for its init container “{status.name}”."
            return Finding("init", text, PULLING, running.started_at)
    return None


def _done(status: ContainerStatus) -> bool:
    """Whether an init container has done its work, or goes on beside the others."""
    ended = status.state.terminated
    return (ended is not None and ended.exit_code == 0) or status.state.running is not None


def _beside(pod: Pod, status: ContainerStatus) -> bool:
    """Whether a container is none of Dask's: a sidecar that somebody has added."""
    names = [it.name for it in pod.spec.containers]
    # It may be put in front of Dask's own.
    likely = (pod.metadata.labels.component, pod.metadata.annotations.container, *names)
    return status.name != next((it for it in likely if it in names), status.name)


def _trouble_of(pod: Pod, status: ContainerStatus, troubles: Troubles) -> Finding | None:
    waiting, ended = status.state.waiting, crashes.last_end(status)
    told = " ".join((waiting.message if waiting else "", ended.message if ended else ""))
    if waiting is not None or ended is not None:
        program = crashes.missing_program(told)
        if program is not None:
            return program
    if waiting is not None:
        if waiting.reason in images.REASONS:
            return images.image_trouble(pod, status, waiting, troubles)
        if waiting.reason in crashes.CONFIG:
            return crashes.cannot_be_made(waiting)
        if waiting.reason not in ("", *_ON_ITS_WAY):
            text = f"cannot start: {sentence(waiting.message or waiting.reason)}"
            return Finding("waiting", text, UNREADY)
    if ended is not None or (waiting and waiting.reason == "CrashLoopBackOff"):
        return crashes.crashed(pod, status, troubles)
    if waiting is not None and status not in pod.status.init_container_statuses:
        return images.pulling(pod, status.image)
    return None


def _lost_node(pod: Pod, troubles: Troubles) -> Finding | None:
    """Return that the node of a pod does not answer."""
    ready = pod.condition("Ready")
    event = troubles.get("NodeNotReady")
    ran = bool(pod.status.container_statuses) and all(
        it.ready for it in pod.status.container_statuses
    )
    if not ran or ready is None:
        return None
    if event is None and not pod.condition("DisruptionTarget"):
        return None
    text = (
        f"is lost: its node {pod.spec.node_name} does not answer. Kubernetes makes another "
        "one after some minutes."
    )
    return Finding("node-lost", text, UNREADY + 5, ready.last_transition_time)


def _unready(pod: Pod, troubles: Troubles) -> Finding:
    """Return that all containers run and not all are ready."""
    late = next((it for it in pod.status.container_statuses if not it.ready), None)
    running = late.state.running if late is not None else None
    since = running.started_at if running is not None else None
    words = probe_words(troubles)
    said = f" ({sentence(words, 120).rstrip('.')})" if words else ""
    what = "it"
    if late is not None and _beside(pod, late):
        what = f"its container “{late.name}”"
    text = f"runs, but {what} does not pass its readiness probe yet{said}. See its log."
    later = Finding("starting", text, UNREADY, since)
    return Finding("starting", "is starting.", STARTING, since, READY_PATIENCE, later)
