"""Amounts of memory as people and Kubernetes write them."""

from __future__ import annotations

import re

_UNITS = {
    "": 1,
    "k": 10**3,
    "m": 10**6,
    "g": 10**9,
    "t": 10**12,
    "ki": 2**10,
    "mi": 2**20,
    "gi": 2**30,
    "ti": 2**40,
}
_PATTERN = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([kmgt]i?|)b?\s*", re.IGNORECASE | re.ASCII)


def parse_memory(text: str) -> int:
    """Return bytes for ``4Gi``, ``4 GiB``, ``512MB`` or ``1000``; raises `ValueError`."""
    match = _PATTERN.fullmatch(text)
    if match is None:
        raise ValueError(f"“{text}” is no amount of memory. Write for example 2 GiB.")
    number, unit = match.groups()
    return int(float(number) * _UNITS[unit.lower()])


def format_memory(amount: int) -> str:
    """Return bytes as people read them: ``3 GiB``, ``1.5 GiB``, ``512 MiB``."""
    for unit, size in (("TiB", 2**40), ("GiB", 2**30), ("MiB", 2**20), ("KiB", 2**10)):
        if amount >= size:
            return f"{round(amount / size, 1):g} {unit}"
    return f"{amount} B"
