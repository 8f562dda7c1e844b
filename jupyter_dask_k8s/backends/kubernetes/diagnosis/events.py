"""What the warnings of Kubernetes about a pod mean."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ..objects import Occurred, Pod
from .finding import BROKEN, SETUP, Finding, Troubles
from .words import cause, sentence, short

VOLUME = ("FailedMount", "FailedAttachVolume", "FailedMapVolume")
NETWORK = ("FailedCreatePodSandBox", "FailedCreatePodContainer", "NetworkNotReady")
PROBE = "Unhealthy"
_MISSING = re.compile(
    r'(configmap|secret|persistentvolumeclaim)s? "([^"]+)" not found', re.I
)
_OBJECT = re.compile(r'object "[^"/]+"/"([^"]+)" not registered')
_VOLUME = re.compile(r'MountVolume\.\w+ failed for volume "([^"]+)"')
_KINDS = {
    "configmap": "ConfigMap",
    "secret": "Secret",
    "persistentvolumeclaim": "PersistentVolumeClaim",
}


def setup_trouble(pod: Pod, troubles: Troubles) -> Finding | None:
    """Return what a pod on its node lacks before its containers can be made."""
    found = newest(troubles, VOLUME)
    if found is not None:
        return _volume(pod, found.message, found)
    found = newest(troubles, NETWORK)
    if found is not None:
        text = (
            "is on its node, but gets no network there: "
            f"{sentence(cause(found.message), 160)} Kubernetes tries again; if it goes "
            "on, tell an administrator."
        )
        return Finding("network", text, SETUP, found.time)
    return None


def _volume(pod: Pod, told: str, event: Occurred) -> Finding:
    missing = _MISSING.search(told)
    if missing is not None:
        kind = _KINDS[missing[1].lower()]
        text = (
            f"cannot start: the namespace has no {kind} “{missing[2]}”, which it mounts. "
            "Create it, or do without it."
        )
        return Finding("volume", text, BROKEN, event.time)
    volume = _VOLUME.search(told)
    named = f" “{volume[1]}”" if volume else ""
    if "Multi-Attach" in told:
        text = f"waits for its volume{named}: another node still has it, and only one can."
        return Finding("volume", text, SETUP, event.time)
    if _OBJECT.search(told):  # the node has just not heard of it yet
        return Finding("volume", f"waits for its volume{named}.", SETUP, event.time)
    text = (
        f"waits for its volume{named}: {sentence(cause(told), 160)} Kubernetes tries "
        "again; if it goes on, tell an administrator."
    )
    return Finding("volume", text, SETUP, event.time)


def probe_words(troubles: Troubles) -> str:
    """Return what a failing readiness probe says; an empty string where nothing is known.

    The words name the pod's address, which helps nobody.
    """
    event = troubles.get(PROBE)
    if event is None or not event.message.startswith(("Readiness", "Startup")):
        return ""
    words = event.message.partition("probe failed: ")[2] or event.message
    words = re.sub(r'^Get "?\S+"?: ', "", words.strip())
    return re.sub(r"dial tcp \S+: ", "", words)


def liveness_words(troubles: Troubles) -> str:
    """Return what a failing liveness probe says; an empty string where none has failed."""
    event = troubles.get(PROBE)
    if event is None or not event.message.startswith("Liveness"):
        return ""
    words = event.message.partition("probe failed: ")[2].strip()
    words = re.sub(r'^Get "?\S+"?: ', "", words)
    words = re.sub(r"dial tcp \S+: ", "", words)
    return short(words, 100).rstrip(".") or "it only says that it failed"


def newest(troubles: Troubles, reasons: Iterable[str]) -> Occurred | None:
    """Return the newest of the warnings of these reasons."""
    found = [troubles[reason] for reason in reasons if reason in troubles]
    return max(found, key=lambda it: str(it.time), default=None)
