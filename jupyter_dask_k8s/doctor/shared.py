"""One examination at a time; whoever asks meanwhile gets the same answer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from ..models import Check
from ..tasks import end


class SharedRun:
    """Never more than one examination at a time; owns the one that is under way."""

    def __init__(self) -> None:
        self._task: asyncio.Task[list[Check]] | None = None

    async def get(
        self, examine: Callable[[], Coroutine[Any, Any, list[Check]]]
    ) -> list[Check]:
        """Return the findings of now: those of a run that is under way, too."""
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(examine())
        # Who goes away must not end what others wait for.
        return await asyncio.shield(self._task)

    async def close(self) -> None:
        """Give up on what is under way."""
        if self._task is not None:
            await end([self._task])
