"""All samplers: one a cluster, shared by all who look, none otherwise."""

from __future__ import annotations

import asyncio
import time

from ..models import Metrics
from ..scheduler import SchedulerClient
from ..store import Store
from ..tasks import end
from .ring import WINDOW
from .sampler import Listener, Sampler
from .samples import make_metrics, make_sample
from .silence import Silence
from .source import Reading, Source


async def read_metrics(client: SchedulerClient, store: Store, name: str) -> Metrics:
    """Read a scheduler once; raises `ClusterNotFound` and `SchedulerUnavailable`."""
    reading = await Source(client).read(store.entry(name))
    return make_metrics(name, make_sample(reading, time.time()), reading.body)


class MetricsHub:
    """Owns the samplers, and what they keep for ten minutes after the last look."""

    def __init__(self, client: SchedulerClient, store: Store, interval: float) -> None:
        self._client = client
        self._store = store
        self._interval = interval
        self._silence = Silence(client, store)
        self._samplers: dict[str, Sampler] = {}
        self._ends: dict[str, asyncio.TimerHandle] = {}

    @property
    def reading(self) -> list[str]:
        """The names of all clusters that are read now and again."""
        return [name for name, it in self._samplers.items() if it.task is not None]

    async def read(self, name: str) -> Metrics:
        """Return how a cluster is now; raises `ClusterNotFound`, `SchedulerUnavailable`.

        While somebody looks, what was read for him serves.
        """
        sampler = self._samplers.get(name)
        if sampler is not None and sampler.latest is not None:
            return sampler.latest[1]
        return await read_metrics(self._client, self._store, name)

    def latest(self, name: str) -> Reading | None:
        """Return what was read of a cluster a moment ago, while somebody looks at it."""
        sampler = self._samplers.get(name)
        return sampler.latest[0] if sampler is not None and sampler.latest else None

    def subscribe(self, name: str, listener: Listener, *, monitor: bool) -> None:
        """Send the frames of a cluster's monitor, or of its card, to ``listener``."""
        if name in self._ends:
            self._ends.pop(name).cancel()
        if name not in self._samplers:
            self._samplers[name] = Sampler(
                self._client, self._store, name, self._interval, self._silence
            )
        sampler = self._samplers[name]
        if monitor:
            sampler.show_monitor(listener)
        else:
            sampler.show_card(listener)

    def unsubscribe(self, name: str, listener: Listener, *, monitor: bool) -> None:
        """Undo `subscribe`; nothing is read for nobody."""
        sampler = self._samplers.get(name)
        if sampler is None:
            return
        sampler.hide(listener, card=not monitor)
        if sampler.watched:
            return
        if sampler.empty:
            self._forget(name)
        elif name not in self._ends:
            loop = asyncio.get_running_loop()
            self._ends[name] = loop.call_later(WINDOW, self._forget, name)

    def _forget(self, name: str) -> None:
        self._samplers.pop(name, None)
        self._ends.pop(name, None)

    async def close(self) -> None:
        """Stop all samplers."""
        for timer in self._ends.values():
            timer.cancel()
        tasks = [it.task for it in self._samplers.values() if it.task is not None]
        await end(tasks)
        await self._silence.close()
        self._samplers.clear()
        self._ends.clear()
