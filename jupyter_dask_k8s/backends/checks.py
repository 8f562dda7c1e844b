"""Checks of requests that mean the same for every backend."""

from __future__ import annotations

import re

from ..errors import InvalidField
from ..quantities import format_memory, parse_memory

SMALLEST_MEMORY = 128 * 2**20
"""A worker of less than this does not even start (distributed 2026.8 takes 60 MiB)."""

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)


def check_env(env: dict[str, str]) -> dict[str, str]:
    """Return the variables; raises `InvalidField` for those that no process can have."""
    for name, value in env.items():
        if not _VARIABLE.fullmatch(name) or "\0" in value:
            raise InvalidField(
                "env", f"“{name}” cannot be set: names have letters, digits and “_”."
            )
    return env


def read_memory(text: str) -> int:
    """Return a worker's memory in bytes; raises `InvalidField`."""
    try:
        memory = parse_memory(text)
    except ValueError as error:
        raise InvalidField("resources.memory", str(error)) from None
    if memory < SMALLEST_MEMORY:
        raise InvalidField(
            "resources.memory",
            f"A worker needs at least {format_memory(SMALLEST_MEMORY)} of memory.",
        )
    return memory
