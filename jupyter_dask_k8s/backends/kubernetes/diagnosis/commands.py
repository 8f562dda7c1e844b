"""What the command line of a worker tells."""

from __future__ import annotations

import contextlib
import itertools
import re

from ..objects import Container


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
    for word, following in itertools.zip_longest(words, words[1:], fillvalue=""):
        if word == name:
            return following
        if word.startswith(f"{name}="):
            return word.partition("=")[2]
    return ""
