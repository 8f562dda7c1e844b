"""How a kernel differs from the scheduler and the workers."""

from __future__ import annotations

import contextlib
import importlib.metadata
import json
import platform
from typing import Any

from .cluster import connection, everywhere, load_remote, on_scheduler
from .installed import CORE, kernel_packages
from .limits import Say


def compare(request: dict[str, Any], say: Say) -> dict[str, Any]:
    """Compare this kernel with the scheduler and all workers.

    With ``quick`` only what both ends of a connection use is compared.
    """
    packages = [] if request.get("quick") else kernel_packages()
    wanted = {it["name"]: it["version"] for it in packages}
    if request.get("quick"):
        for name in CORE:
            with contextlib.suppress(importlib.metadata.PackageNotFoundError):
                wanted[name] = importlib.metadata.version(name)
    with connection(request) as client:
        scheduler = on_scheduler(client, "compare", wanted=wanted)
        workers = everywhere(client, "compare", wanted=wanted)
    silent = [address for address, it in workers.items() if not isinstance(it, dict)]
    answers = [it for it in workers.values() if isinstance(it, dict)]
    return {
        "kernel": {
            "python": platform.python_version(),
            "environment": load_remote().environment(),
            "versions": {name: wanted[name] for name in CORE if name in wanted},
            "packages": packages,
        },
        "places": [_place("scheduler", [scheduler]), *_alike(answers)],
        "silent": silent,
    }


def _alike(answers: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Sort workers into groups that differ from this kernel in the same way."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for it in answers:
        key = json.dumps([it["python"], it["differences"]], sort_keys=True)
        groups.setdefault(key, []).append(it)
    return [_place("worker", group) for group in groups.values()]


def _place(kind: str, group: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "kind": kind,
        "count": len(group),
        "names": [it["name"] for it in group[:3]],
        "python": group[0]["python"],
        "environments": sorted({it["environment"] for it in group}),
        "differences": group[0]["differences"],
    }
