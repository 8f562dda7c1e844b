"""Logs of a cluster's pods, passed on as Kubernetes sends them."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator

from ...errors import (
    BackendUnavailable,
    ClusterError,
    ClusterNotReady,
    InvalidField,
    LogNotFound,
    PodNotFound,
)
from ...quantities import format_memory
from ..base import LogQuery
from .api import KubernetesAPI
from .objects import Pod
from .podlist import containers_of, has_previous, why_not_well
from .podphase import statuses
from .reach import scheduler_pod
from .refusals import ResourceNotFound
from .world import Parts

MOST = 64 * 2**20
"""Bytes of a log that is not followed."""

PIECE = 64 * 1024
"""Bytes that are sent in one go: what is done to them keeps the event loop that long."""


async def read_log(
    api: KubernetesAPI, cluster: str, parts: Parts, query: LogQuery
) -> AsyncGenerator[bytes, None]:
    """Yield a log; see `Backend.logs`. The first piece is empty: the log is open.

    The next bytes are read from the API server when the last ones have been taken. Between
    lie the buffers of two sockets and at most a quarter of a MiB here.
    """
    pod, container = choose(cluster, parts, query)
    params = {"container": container, "tailLines": str(query.tail)}
    if query.previous:
        params["previous"] = "true"
    elif query.follow:
        params["follow"] = "true"
    if "follow" not in params:
        params["limitBytes"] = str(MOST)
    sent = 0
    chunks = api.log(pod.metadata.name, params)
    async with contextlib.aclosing(chunks):
        try:
            async for chunk in chunks:
                for start in range(0, len(chunk) or 1, PIECE):
                    yield chunk[start : start + PIECE]
                sent += len(chunk)
        except ResourceNotFound:
            raise PodNotFound(cluster, pod.metadata.name) from None
        except InvalidField as error:
            raise _not_there(error, container, query) from None
    if "limitBytes" in params and sent >= MOST:
        raise BackendUnavailable(
            f"Cut after {format_memory(MOST)}, as no answer is longer: ask for fewer lines."
        )


def choose(cluster: str, parts: Parts, query: LogQuery) -> tuple[Pod, str]:
    """Return the pod and the container that a query means.

    Raises `PodNotFound`, `LogNotFound`, and `ClusterNotReady` where nothing can have been
    written yet.
    """
    pod = parts.pods.get(query.pod) if query.pod else scheduler_pod(parts)
    if pod is None and query.pod:
        raise PodNotFound(cluster, query.pod)
    if pod is None:
        raise ClusterNotReady(f"The scheduler of “{cluster}” has no pod yet.")
    name, names = query.container, [it.name for it in containers_of(pod)]
    if name and name not in names:
        words = ", ".join(names)
        raise LogNotFound(
            f"The pod “{pod.metadata.name}” has no container “{name}”; it has {words}.",
            field="container",
        )
    name = name or (names[0] if names else "")
    if query.previous and not has_previous(pod, name):
        raise LogNotFound(
            f"“{name}” has not been started again: there is no log of an earlier one.",
            field="previous",
        )
    if not query.previous and not _has_started(pod, name):
        told = why_not_well(pod)
        raise ClusterNotReady(f"“{name}” has not started, so it has no log. {told}".strip())
    return pod, name


def _has_started(pod: Pod, container: str) -> bool:
    """Tell whether a container runs or ever did."""
    for status in statuses(pod):
        if status.name == container:
            return status.state.waiting is None or has_previous(pod, container)
    return False


def _not_there(error: InvalidField, container: str, query: LogQuery) -> ClusterError:
    """Return what the kubelet's refusal (400) means: it may know more than the watch."""
    words = error.message.removeprefix("Kubernetes refuses this: ")
    if query.previous:
        return LogNotFound(
            f"Kubernetes has no earlier log of “{container}” any more: {words}",
            field="previous",
        )
    return ClusterNotReady(f"“{container}” has no log (yet): {words}")
