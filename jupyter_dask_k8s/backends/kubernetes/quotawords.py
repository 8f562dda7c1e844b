"""What Kubernetes says when a quota refuses a pod, taken apart; no I/O.

``exceeded quota: team, requested: limits.cpu=2,pods=1, used: limits.cpu=9,pods=4, limited:
limits.cpu=10,pods=4`` (1.20 to 1.33): only what is exceeded is named.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import NamedTuple

from ...quantities import parse_quantity

_EXCEEDED = re.compile(
    r"exceeded quota: (?P<quota>[^,\s]+), requested: (?P<requested>\S+), "
    r"used: (?P<used>\S+), limited: (?P<limited>\S+)"
)
_FAILED = re.compile(r"failed quota: (?P<quota>[^:\s]+): must specify (?P<what>.+)", re.S)


class Exceeded(NamedTuple):
    """One resource that a quota has too little of; amounts in cores, bytes or pieces."""

    resource: str
    """As the quota calls it: ``limits.cpu``, ``requests.nvidia.com/gpu``, ``pods``."""
    requested: Decimal
    used: Decimal
    limited: Decimal

    @property
    def left(self) -> Decimal:
        """What is left; never less than nothing."""
        return max(Decimal(0), self.limited - self.used)


def quota_name(message: str) -> str:
    """Return the quota that a refusal names; an empty string where it names none."""
    match = _EXCEEDED.search(message) or _FAILED.search(message)
    return match["quota"] if match else ""


def parse_exceeded(message: str) -> list[Exceeded]:
    """Return what is exceeded, in Kubernetes' order; nothing in other messages."""
    match = _EXCEEDED.search(message)
    if match is None:
        return []
    requested, used, limited = (
        _amounts(match[part]) for part in ("requested", "used", "limited")
    )
    zero = Decimal(0)
    return [
        Exceeded(resource, amount, used.get(resource, zero), limited[resource])
        for resource, amount in requested.items()
        if resource in limited
    ]


def parse_unspecified(message: str) -> list[str]:
    """Return what a pod does not tell and a quota wants to know: ``limits.cpu`` ...

    ``must specify limits.cpu,limits.memory`` (to 1.23), ``must specify limits.cpu for:
    worker; limits.memory for: worker`` (since 1.24).
    """
    match = _FAILED.search(message)
    if match is None:
        return []
    words = re.split(r"[;,]\s*", match["what"])
    found = [word.partition(" for: ")[0].strip().rstrip(".") for word in words]
    return [word for word in found if re.fullmatch(r"[\w./-]+", word)]


def _amounts(text: str) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for pair in text.rstrip(".;").split(","):
        resource, _, amount = pair.partition("=")
        try:
            found[resource] = parse_quantity(amount)
        except ValueError:
            continue
    return found
