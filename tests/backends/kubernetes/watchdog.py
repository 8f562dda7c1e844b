"""What a piece of work costs others in the same process."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import time
from collections.abc import AsyncIterator
from typing import Any

import psutil
import pytest


class Watchdog:
    """How long the event loop was kept by one step, and how much memory we had at most."""

    def __init__(self) -> None:
        self.longest = 0.0
        self.most = 0

    @contextlib.asynccontextmanager
    async def look(self, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[None]:
        run: Any = asyncio.Handle._run

        def timed(handle: Any) -> Any:
            # Of the processor, as others work on this machine, too.
            begin = time.thread_time()
            result = run(handle)
            self.longest = max(self.longest, time.thread_time() - begin)
            return result

        async def weigh() -> None:
            while True:
                self.most = max(self.most, psutil.Process().memory_info().rss)
                await asyncio.sleep(0.01)

        # What a whole test session has left behind is not looked at for garbage again.
        gc.collect()
        gc.freeze()
        task = asyncio.create_task(weigh())
        try:
            with monkeypatch.context() as patch:
                patch.setattr(asyncio.Handle, "_run", timed)
                yield
        finally:
            task.cancel()
            gc.unfreeze()
