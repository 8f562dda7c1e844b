"""What pip means."""

from __future__ import annotations

_CAUSES = {
    "no pip": ("no module named pip",),
    "index": (
        "newconnectionerror",
        "connection broken",
        "connecttimeout",
        "could not fetch url",
        "name resolution",
        "proxyerror",
        "sslerror",
    ),
    "version": ("no matching distribution", "could not find a version"),
    "permission": (
        "permission denied",
        "read-only file system",
        "externally-managed-environment",
    ),
}
"""What is written where something has this cause; the first that fits is meant."""


def explain(output: str) -> dict[str, str]:
    """Find the line of pip's output that says what went wrong, and the kind of cause."""
    lines = [it.strip() for it in output.splitlines() if it.strip()]
    errors = [it.removeprefix("ERROR:").strip() for it in lines if it.startswith("ERROR:")]
    line = errors[0] if errors else (lines[-1] if lines else "pip did not come to an end")
    text = output.lower()
    for cause, signs in _CAUSES.items():
        if any(it in text for it in signs):
            return {"cause": cause, "line": line}
    return {"cause": "", "line": line}
