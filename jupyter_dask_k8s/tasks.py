"""How tasks end."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any

AGAIN = 2.0
"""Seconds until a task that goes on is cancelled once more."""


async def end(tasks: Iterable[asyncio.Task[Any]]) -> None:
    """Cancel tasks, and return when they have ended, however they do.

    Again and again: before Python 3.12 `asyncio.wait_for` loses a cancellation that comes
    together with its result (python/cpython#86296), and the task would never end.
    """
    ending = set(tasks)
    left = ending
    while left:
        for task in left:
            task.cancel()
        _, left = await asyncio.wait(left, timeout=AGAIN)
    # What they raised is nobody's any more; asyncio would complain that nobody heard it.
    await asyncio.gather(*ending, return_exceptions=True)
