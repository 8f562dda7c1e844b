"""Looks again at clusters of which there is something else to tell after some time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

LEAST = 0.2
"""Seconds until a cluster is drawn again, at least."""


class Alarm:
    """At most one timer a cluster; ``ring`` is called with its name."""

    def __init__(self, ring: Callable[[str], None]) -> None:
        self._ring = ring
        self._timers: dict[str, asyncio.TimerHandle] = {}

    def set(self, name: str, seconds: float | None) -> None:
        """Look at a cluster after so many seconds, and not before; ``None``: not at all."""
        timer = self._timers.pop(name, None)
        if timer is not None:
            timer.cancel()
        if seconds is not None:
            loop = asyncio.get_running_loop()
            delay = max(LEAST, seconds)
            self._timers[name] = loop.call_later(delay, self._go, name)

    def close(self) -> None:
        """Look at nothing any more."""
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()

    def _go(self, name: str) -> None:
        self._timers.pop(name, None)
        self._ring(name)
