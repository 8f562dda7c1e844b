"""The phase of a pod in one word, as ``kubectl get pods`` shows it (kubectl 1.20 to 1.34).

``status.phase`` alone says Running of a pod that crashes again and again.
"""

from __future__ import annotations

from .objects import ContainerStatus, Pod, Terminated


def pod_phase(pod: Pod) -> str:
    """Return ``Running``, ``CrashLoopBackOff``, ``Init:0/1``, ``Terminating`` ..."""
    if pod.metadata.deletion_timestamp is not None and not pod.over:
        return "Unknown" if pod.status.reason == "NodeLost" else "Terminating"
    word = pod.status.reason or pod.status.phase or "Pending"
    scheduled = pod.condition("PodScheduled")
    if scheduled is not None and scheduled.reason == "SchedulingGated":
        word = "SchedulingGated"
    return _of_init(pod) or _of_containers(pod) or word


def _of_init(pod: Pod) -> str:
    """Return how far the init containers are; empty when they have done their work."""
    initialized = pod.condition("Initialized")
    if initialized is not None and initialized.status == "True":
        return ""
    specs = {it.name: it for it in pod.spec.init_containers}
    for number, status in enumerate(pod.status.init_container_statuses):
        ended, waiting = status.state.terminated, status.state.waiting
        if ended is not None and ended.exit_code == 0:
            continue
        spec = specs.get(status.name)
        if spec is not None and spec.restart_policy == "Always" and status.started:
            continue
        if ended is not None:
            return f"Init:{_ending(ended)}"
        if waiting is not None and waiting.reason not in ("", "PodInitializing"):
            return f"Init:{waiting.reason}"
        return f"Init:{number}/{len(specs)}"
    return ""


def _of_containers(pod: Pod) -> str:
    """Return what is the matter with the first container with which something is."""
    running = False
    word = ""
    for status in reversed(pod.status.container_statuses):
        ended, waiting = status.state.terminated, status.state.waiting
        if waiting is not None and waiting.reason:
            word = waiting.reason
        elif ended is not None:
            word = _ending(ended)
        else:
            running = running or (status.ready and status.state.running is not None)
    if word == "Completed" and running:
        return "Running" if pod.ready else "NotReady"
    return word


def _ending(ended: Terminated) -> str:
    if ended.reason:
        return ended.reason
    return f"Signal:{ended.signal}" if ended.signal else f"ExitCode:{ended.exit_code}"


def statuses(pod: Pod) -> list[ContainerStatus]:
    """Return the states of all containers, also of those that prepare others."""
    return [*pod.status.container_statuses, *pod.status.init_container_statuses]
