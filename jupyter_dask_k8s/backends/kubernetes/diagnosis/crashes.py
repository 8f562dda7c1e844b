"""Containers that cannot be started, and containers that end."""

from __future__ import annotations

import re

from ..objects import ContainerStatus, Pod, Terminated, Waiting
from .events import liveness_words
from .finding import BROKEN, STARTING, UNREADY, Finding, Troubles
from .words import plural, sentence

CONFIG = ("CreateContainerConfigError", "CreateContainerError", "RunContainerError")
"""Reasons of waiting for a container that cannot be made (kubelet 1.20 to 1.33)."""

ENDS = ("crash", "ended", "oom", "probe")
"""Kinds of what `crashed` finds."""

AGAIN = 2
"""A container that has ended so often does not mend itself."""

_PROGRAM = re.compile(
    r'exec: "([^"]+)": (?:executable file|stat .*: no such file|permission)'
)
_MISSING = re.compile(r'(configmap|secret) "([^"]+)" not found', re.IGNORECASE)
_KEY = re.compile(r"couldn't find key (\S+) in (ConfigMap|Secret) (?:[^/\s]+/)?(\S+)")
_KINDS = {"configmap": "ConfigMap", "secret": "Secret"}

_KILLED = (0, 1, 137, 143)
"""How programs end that kubelet asks to, and kills when they do not."""

_SIGNALS = {129: "SIGHUP", 130: "SIGINT", 134: "SIGABRT", 135: "SIGBUS", 136: "SIGFPE"}
_SIGNALS |= {132: "SIGILL", 137: "SIGKILL", 139: "SIGSEGV", 143: "SIGTERM"}


def missing_program(told: str) -> Finding | None:
    """Return that an image lacks the program that shall run.

    ``distributed`` 2026.8 has no ``dask-scheduler`` and ``dask-worker`` any more, which
    dask-kubernetes still writes into what it makes.
    """
    program = _PROGRAM.search(told)
    if program is None:
        return None
    hint = ""
    if program[1] in ("dask-scheduler", "dask-worker"):
        word = program[1].removeprefix("dask-")
        hint = f" Newer images have “dask {word}” instead."
    text = f"cannot start: its image has no program “{program[1]}”.{hint}"
    return Finding("program", text, BROKEN)


def cannot_be_made(waiting: Waiting) -> Finding:
    """Return why a container cannot be made."""
    told = waiting.message
    key, missing = _KEY.search(told), _MISSING.search(told)
    if key is not None:
        kind, name = _KINDS.get(key[2].lower(), key[2]), key[3].rstrip(".")
        text = f"cannot start: the {kind} “{name}” has no key “{key[1]}”. Add it there."
    elif missing is not None:
        kind = _KINDS[missing[1].lower()]
        text = (
            f"cannot start: the namespace has no {kind} “{missing[2]}”, which it needs. "
            "Create it, or do without it."
        )
    elif re.search("runAsNonRoot|run as root|non-root policy", told):
        text = (
            "cannot start: it would run as root, which is not allowed here. Use an image "
            "with another user, or ask an administrator."
        )
    else:
        text = f"cannot start: {sentence(told or waiting.reason)}"
    return Finding("config", text, BROKEN)


def crashed(pod: Pod, status: ContainerStatus, troubles: Troubles) -> Finding | None:
    """Return how a container has ended; ``None`` where that need not be told.

    One that is started again for the first time may well go on.
    """
    waiting, ended = status.state.waiting, last_end(status)
    looping = waiting is not None and waiting.reason == "CrashLoopBackOff"
    if ended is None:
        text = f"has crashed {_times(status)} and is started again."
        return Finding("crash", text, BROKEN) if looping else None
    if status.ready or (status.state.running and status.restart_count < AGAIN):
        return None
    again = looping or _ends(status) >= AGAIN
    weight = BROKEN if again else UNREADY
    since, crash = ended.finished_at, (pod, status)
    if is_oom(ended):
        return Finding("oom", _oom(pod, status), weight, since)
    killed = liveness_words(troubles)
    if killed and ended.exit_code in _KILLED:
        text = (
            f"was killed {_times(status)}, since it does not pass its liveness probe "
            f"({killed}). See its log, or have the probe changed."
        )
        return Finding("probe", text, weight, since)
    if ended.exit_code == 0:
        if not again:
            return Finding("ended", "has ended and is started again.", STARTING)
        text = (
            f"has ended {_times(status)} without an error and is started again: its "
            "command is not one that goes on."
        )
        return Finding("crash", text, weight, since, crash=crash)
    last = "last " if _ends(status) > 1 else ""
    text = f"has crashed {_times(status)}, {last}{how_it_ended(ended)}."
    return Finding("crash", text, weight, since, crash=crash)


def _oom(pod: Pod, status: ContainerStatus) -> str:
    limit = _limit(pod, status.name)
    allowed = f" (its limit is {limit})" if limit else ""
    return (
        f"ran out of memory{allowed} and was killed {_times(status)} (OOMKilled). Give it "
        "more memory."
    )


def last_end(status: ContainerStatus) -> Terminated | None:
    """Return how a container ended last."""
    return status.state.terminated or status.last_state.terminated


def is_oom(ended: Terminated) -> bool:
    """Tell whether the kernel ended it because it needed too much memory."""
    return ended.reason == "OOMKilled"


def how_it_ended(ended: Terminated) -> str:
    """Return ``with exit code 1``."""
    signal = _SIGNALS.get(ended.exit_code)
    return f"with exit code {ended.exit_code}{f' ({signal})' if signal else ''}"


def _ends(status: ContainerStatus) -> int:
    """Return how often it has ended; while it waits to be started again, once more."""
    return max(1, status.restart_count + (status.state.running is None))


def _times(status: ContainerStatus) -> str:
    count = _ends(status)
    return "once" if count == 1 else plural(count, "time")


def _limit(pod: Pod, name: str) -> str:
    for container in pod.spec.containers:
        if container.name == name and container.resources is not None:
            return container.resources.amount("memory")
    return ""


_EXCEPTION = re.compile(
    r"^(?:[\w.]+(?:Error|Exception|Exit|Interrupt|Timeout)\b|Error\b|usage:)"
)
_EMPTY = re.compile(r"^RuntimeError: \w+ failed to start\.$")
"""How Dask ends where the exception before tells why."""
_NOISE = re.compile(
    r"End (?:worker|scheduler|nanny)|Stopped? |Closing |Received signal|Remove worker|"
    r"^\s*\^|^Traceback|^\s*File "
)


def last_words(lines: list[str]) -> str:
    """Return the line of a log's end that tells most: an exception, else the last one."""
    spoken = [line.strip() for line in lines if line.strip()]
    for line in reversed(spoken):
        if _EXCEPTION.search(line) and not _EMPTY.search(line):
            return line
    telling = [line for line in spoken if not _NOISE.search(line)]
    return next(iter(reversed(telling or spoken)), "")
