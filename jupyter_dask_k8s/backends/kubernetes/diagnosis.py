"""Why a pod does not run yet, as the end of a sentence that begins with its role."""

from __future__ import annotations

import contextlib
import re

from .objects import Container, ContainerStatus, Deployment, Pod

BROKEN = (
    "CrashLoopBackOff",
    "CreateContainerConfigError",
    "CreateContainerError",
    "ErrImageNeverPull",
    "ErrImagePull",
    "ImagePullBackOff",
    "InvalidImageName",
    "RunContainerError",
)
"""Reasons of waiting that do not mend themselves (kubelet 1.20 to 1.33)."""

_MISSING_PROGRAM = re.compile(r'exec: "([^"]+)": (?:executable file|stat .*: no such file)')


def is_broken(pod: Pod) -> bool:
    """Tell whether the pod fails in a way that does not mend itself."""
    return any(
        it.state.waiting is not None and it.state.waiting.reason in BROKEN
        for it in pod.status.container_statuses
    )


def describe_pod(pod: Pod) -> str:
    """Return what the pod waits for: ``is waiting for a node.``; empty when it is ready."""
    if pod.ready:
        return ""
    scheduled = pod.condition("PodScheduled")
    if not pod.spec.node_name:
        if scheduled is not None and scheduled.reason == "Unschedulable":
            return f"cannot be placed on any node: {_end(scheduled.message)}"
        return "is waiting for a node."
    for status in pod.status.container_statuses:
        if status.state.waiting is not None:
            return _describe_waiting(status, pod.spec.node_name)
    if any(it.state.terminated is not None for it in pod.status.container_statuses):
        return "has ended and is started again."
    if pod.status.container_statuses:
        return "is starting."
    return f"is on {pod.spec.node_name} and gets its image."


def _describe_waiting(status: ContainerStatus, node: str) -> str:
    waiting = status.state.waiting
    assert waiting is not None
    ended = status.last_state.terminated
    told = " ".join((waiting.message, ended.message if ended else ""))
    program = _MISSING_PROGRAM.search(told)
    if program:
        hint = ""
        if program[1] in ("dask-scheduler", "dask-worker"):
            word = program[1].removeprefix("dask-")
            hint = f" Newer images have “dask {word}” instead."
        return f"cannot start: its image has no program “{program[1]}”.{hint}"
    if waiting.reason in ("ErrImagePull", "ImagePullBackOff", "InvalidImageName"):
        return f"cannot get its image {status.image}: {_end(waiting.message)}"
    if waiting.reason == "CrashLoopBackOff":
        code = f" with exit code {ended.exit_code}" if ended else ""
        killed = " (out of memory)" if ended and ended.reason == "OOMKilled" else ""
        return f"has crashed {status.restart_count} times, last{code}{killed}."
    if waiting.reason in BROKEN:
        return f"cannot start: {_end(waiting.message or waiting.reason)}"
    return f"is on {node} and gets its image {status.image}."


def describe_refusal(deployment: Deployment) -> str:
    """Return why Kubernetes does not even make the pod (a quota, say); empty if it does."""
    for condition in deployment.status.conditions:
        if condition.type == "ReplicaFailure" and condition.status == "True":
            return _end(condition.message)
    return ""


def threads_of(container: Container) -> int | None:
    """Return ``--nthreads`` of a worker's command line, if it has one."""
    value = _option(container, "--nthreads")
    return int(value) if value.isdecimal() else None


def dask_resources_of(container: Container) -> dict[str, float]:
    """Return ``--resources`` of a worker's command line: ``GPU=1,highmem=2``."""
    found: dict[str, float] = {}
    for pair in re.split(r"[,\s]+", _option(container, "--resources")):
        name, _, amount = pair.partition("=")
        with contextlib.suppress(ValueError):
            found[name] = float(amount)
    return found


def _option(container: Container, name: str) -> str:
    words = [*(container.command or []), *(container.args or [])]
    for word, following in zip(words, [*words[1:], ""], strict=True):
        if word == name:
            return following
        if word.startswith(f"{name}="):
            return word.partition("=")[2]
    return ""


def _end(text: str) -> str:
    text = " ".join(text.split())
    return text if text.endswith((".", "!")) else f"{text}."
