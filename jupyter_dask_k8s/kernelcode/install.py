"""Brings packages to a cluster with pip."""

from __future__ import annotations

import hashlib
import importlib.metadata
import time
from typing import Any

from .cluster import connection, everywhere, on_scheduler, places_of, register
from .installed import canonical
from .limits import Say
from .pipoutput import explain

PIP_SECONDS = 300.0
INSTALL_SECONDS = 420.0


def install(request: dict[str, Any], say: Say) -> dict[str, Any]:
    """Install packages on the scheduler, all workers, and those that come later."""
    requirements: dict[str, str] = request["packages"]
    lines = [f"{name}=={version}" for name, version in requirements.items()]
    with connection(request) as client:
        places = places_of(client)
        failures = _install_now(client, places, lines, say)
        failed = sum(it["count"] for it in failures)
        changed = _modules_of(request.get("changed", []))
        stale = []
        if changed or failed < len(places):
            answers = everywhere(client, "refresh", changed=changed)
            stale = [address for address, it in answers.items() if it is True]
            on_scheduler(client, "refresh", changed=[])
        later = ""
        if not failures:
            later = _install_later(client, lines)
    return {
        "total": len(places),
        "failed": failed,
        "failures": failures,
        "stale": len(stale),
        "later": later,
    }


def _install_now(
    client: Any,
    places: dict[str, dict[str, Any]],
    lines: list[str],
    say: Say,
) -> list[dict[str, Any]]:
    """Run pip once in each environment, and follow it. Returns what failed, and where."""
    shared: dict[str, list[str]] = {}
    for address, place in places.items():
        shared.setdefault(place["environment"], []).append(address)
    first = {addresses[0]: addresses for addresses in shared.values()}
    workers = [address for address in first if address]
    key = hashlib.sha256(repr((lines, time.time())).encode()).hexdigest()[:16]
    work = {"key": key, "requirements": lines, "limit": PIP_SECONDS}
    if "" in first:
        on_scheduler(client, "install", **work)
    begun = everywhere(client, "install", workers, **work)
    ends: dict[str, dict[str, Any]] = {}
    for address, answer in begun.items():
        if isinstance(answer, Exception):
            ends[address] = {"code": -1, "output": f"ERROR: {answer}"}
    limit = time.monotonic() + INSTALL_SECONDS
    while True:
        done = [address for it in ends for address in first[it]]
        failed = sum(len(first[it]) for it in ends if ends[it]["code"] != 0)
        say(progress={"total": len(places), "done": len(done) - failed, "failed": failed})
        waiting = [address for address in first if address not in ends]
        if not waiting:
            break
        if time.monotonic() > limit:
            ends.update({it: {"code": -1, "output": ""} for it in waiting})
            continue
        time.sleep(0.5)
        ends.update(_ended(client, waiting, key))
    return _failures(places, first, ends)


def _ended(client: Any, waiting: list[str], key: str) -> dict[str, dict[str, Any]]:
    """Return those that came to an end. A worker that is gone needs nothing any more."""
    answers: dict[str, Any] = {}
    if "" in waiting:
        answers[""] = on_scheduler(client, "progress", key=key)
    workers = [it for it in waiting if it]
    if workers:
        known = everywhere(client, "progress", None, key=key)
        answers.update({it: known.get(it, {"done": True, "code": 0}) for it in workers})
    ends = {}
    for address, answer in answers.items():
        if answer is None:
            text = "ERROR: the process was restarted meanwhile"
            ends[address] = {"code": -1, "output": text}
        elif isinstance(answer, Exception):
            ends[address] = {"code": -1, "output": f"ERROR: {answer}"}
        elif answer["done"]:
            ends[address] = answer
    return ends


def _failures(
    places: dict[str, dict[str, Any]],
    first: dict[str, list[str]],
    ends: dict[str, dict[str, Any]],
) -> list[dict[str, Any]]:
    """Return what failed; places where the same went wrong stand together."""
    found: dict[str, dict[str, Any]] = {}
    for address, end in ends.items():
        if end["code"] == 0:
            continue
        why = explain(end["output"])
        known = found.setdefault(
            why["line"], {**why, "names": [], "count": 0, "output": end["output"]}
        )
        for it in first[address]:
            known["count"] += 1
            known["names"].append(places[it]["name"] or it)
    for failure in found.values():
        failure["names"] = failure["names"][:3]
    return list(found.values())


def _modules_of(names: list[str]) -> list[str]:
    pairs = importlib.metadata.packages_distributions().items()
    return [
        module for module, owners in pairs if any(canonical(it) in names for it in owners)
    ]


def _install_later(client: Any, lines: list[str]) -> str:
    """Register for workers that come later. Returns why not; empty when all is well."""
    from distributed.diagnostics.plugin import PipInstall

    plugin = PipInstall(lines, pip_options=["--retries", "1", "--timeout", "10"])
    # The same again changes nothing.
    digest = hashlib.sha256(repr(sorted(lines)).encode()).hexdigest()[:12]
    plugin.name = f"PipInstall-{digest}"
    return register(client, plugin)
