"""One cluster: read while somebody looks, shown to all who do."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

import msgspec

from ..errors import ClusterError
from ..models import Metrics, MetricsFrame, MonitorWorker
from ..scheduler import SchedulerClient, unknown_form
from ..store import Store
from .ring import WINDOW, Ring
from .samples import make_metrics, make_sample, make_worker
from .silence import Silence
from .source import Reading, Source
from .wire import text_frame

Listener = Callable[[bytes], None]
"""Takes messages of the websocket (see ``wire.py``), the same bytes as all others."""

SHARE = 0.01
"""Of the scheduler's time that may go into readings."""

MANY = 3000
"""Workers from which on sums are made in a thread: they take 4 ms for a thousand."""

_CPU_STEP = 3.0
_MEMORY_STEP = 0.01
_ENDS_STEP = 2.0
"""Smaller changes of CPU (percent), memory (share of the limit) and end (seconds) are not
sent to cards."""


class Sampler:
    """Reads a cluster at most once in ``interval`` seconds, while it has listeners.

    What was seen is kept when they go, so that who comes back finds it.
    """

    def __init__(
        self,
        client: SchedulerClient,
        store: Store,
        name: str,
        interval: float,
        silence: Silence,
    ) -> None:
        self._client = client
        self._store = store
        self._name = name
        self._least = interval
        self._silence = silence
        self.cards: set[Listener] = set()
        self.monitors: set[Listener] = set()
        self.task: asyncio.Task[None] | None = None
        self._made: object = None
        self._latest: tuple[Reading, Metrics] | None = None
        self._card: MetricsFrame | None = None
        self._reason = ""
        self._begin()

    def _begin(self) -> None:
        """Know nothing."""
        self._source = Source(self._client)
        self._ring = Ring()
        self._workers: dict[int, MonitorWorker] = {}
        self._seen: dict[int, float] = {}

    @property
    def interval(self) -> float:
        """Seconds between two readings, so that they take no more than `SHARE`."""
        return max(self._least, self._source.cost / SHARE)

    @property
    def watched(self) -> bool:
        """Whether anybody looks."""
        return bool(self.cards or self.monitors)

    @property
    def empty(self) -> bool:
        """Whether there is nothing to keep."""
        return not self._ring

    @property
    def latest(self) -> tuple[Reading, Metrics] | None:
        """The last reading, while it is not older than another one would be."""
        fresh = self.task is not None and not self._reason
        late = time.time() - self._ring.newest > 2 * self.interval
        return self._latest if fresh and not late else None

    def show_card(self, listener: Listener) -> None:
        """Send frames of the card, beginning with the last one."""
        self._start()
        self.cards.add(listener)
        if self._card is not None:
            listener(_encode(self._card))

    def show_monitor(self, listener: Listener) -> None:
        """Send frames of the monitor, beginning with all that is kept."""
        self._start()
        self._ring.drop(time.time() - WINDOW)
        self._forget()
        self.monitors.add(listener)
        listener(self._whole())

    def hide(self, listener: Listener, *, card: bool) -> None:
        """Send no more; the last one to go ends the readings."""
        (self.cards if card else self.monitors).discard(listener)
        if not self.watched and self.task is not None:
            self.task.cancel()
            self.task = None
            self._silence.left(self._name)

    def _start(self) -> None:
        if self.task is not None:
            return
        self.task = asyncio.create_task(self._run())
        if time.time() - self._ring.newest > 2 * self.interval:
            self._card, self._reason = None, ""  # long ago

    async def _run(self) -> None:
        clock = asyncio.get_running_loop().time
        # Who goes and comes back at once shall not be read for twice.
        since = time.time() - self._ring.newest
        await asyncio.sleep(max(0.0, min(self.interval, self.interval - since)))
        # asyncio may lose a cancellation (see tasks.py): then this ends it.
        while self.task is asyncio.current_task():
            begin = clock()
            await self._sample()
            await asyncio.sleep(max(0.0, begin + self.interval - clock()))

    async def _sample(self) -> None:
        begin = time.time()
        try:
            entry = self._store.entry(self._name)
            if entry.cluster.created != self._made:
                if self._made is not None:
                    self._begin()  # another cluster of the same name
                    self._tell(self._whole())
                self._made = entry.cluster.created
            reading = await self._source.read(entry)
            now = time.time()
            try:
                if len(reading.workers) > MANY:
                    sample = await asyncio.to_thread(make_sample, reading, now)
                else:
                    sample = make_sample(reading, now)
            except (TypeError, ValueError, OverflowError):  # no numbers, or without end
                raise unknown_form(entry) from None
        except ClusterError as error:
            self._silence.missed(self._name, begin, error)
            self._fail(error.message)
            return
        self._silence.heard(self._name)
        new = [
            make_worker(it, facts)
            for it, facts in reading.workers.items()
            if it not in self._workers
        ]
        self._workers |= {it.id: it for it in new}
        self._seen |= dict.fromkeys(reading.workers, now)
        if len(self._seen) > 2 * len(reading.workers) + 100:
            self._forget()  # they come and go
        self._reason = ""
        message = self._frame(new, [self._ring.add(sample, self.interval)])
        metrics = make_metrics(self._name, sample, reading.body)
        self._latest = (reading, metrics)
        frame = MetricsFrame(name=self._name, metrics=metrics)
        if differs(frame, self._card):
            self._card = frame
            self._tell(message, _encode(frame))
        else:
            self._tell(message)

    def _fail(self, reason: str) -> None:
        frame = MetricsFrame(name=self._name, metrics=None, reason=reason)
        known, self._reason = self._reason, reason
        monitor = self._frame([], []) if known != reason else b""
        card = _encode(frame) if frame != self._card else b""
        self._card = frame
        self._tell(monitor, card)

    def _tell(self, monitor: bytes = b"", card: bytes = b"") -> None:
        """Send messages to whom they concern: whoever gets both gets them at once."""
        both = monitor + card
        for listener in self.monitors | self.cards:
            if listener not in self.cards:
                message = monitor
            elif listener not in self.monitors:
                message = card
            else:
                message = both
            if message:
                listener(message)

    def _whole(self) -> bytes:
        samples = self._ring.samples()
        return self._frame(list(self._workers.values()), samples, start=True)

    def _frame(
        self, workers: list[MonitorWorker], samples: list[bytes], start: bool = False
    ) -> bytes:
        """Return a `MonitorFrame` whose samples are encoded already."""
        return _encode(
            {
                "kind": "monitor",
                "name": self._name,
                "start": start,
                "workers": workers,
                "samples": [msgspec.Raw(it) for it in samples],
                "interval": round(self.interval, 3),
                "reason": self._reason,
            }
        )

    def _forget(self) -> None:
        """Forget workers that no sample speaks of any more."""
        oldest = time.time() - WINDOW
        self._seen = {it: at for it, at in self._seen.items() if at >= oldest}
        self._workers = {it: self._workers[it] for it in self._seen}


def _encode(frame: Any) -> bytes:
    return text_frame(msgspec.json.encode(frame))


def differs(new: MetricsFrame, old: MetricsFrame | None) -> bool:
    """Is the change worth a message? Idle workers flutter a little all the time."""
    a, b = new.metrics, old.metrics if old else None
    if old is None or a is None or b is None:
        return new != old
    exact = msgspec.structs.replace(b, time=a.time, cpu=a.cpu, memory=a.memory, ends=a.ends)
    return (
        a != exact
        or _moved(a.ends, b.ends)
        or abs(a.cpu - b.cpu) >= _CPU_STEP
        or abs(a.memory - b.memory) >= _MEMORY_STEP * max(a.memory_limit, 1)
    )


def _moved(new: float | None, old: float | None) -> bool:
    if new is None or old is None:
        return new is not old
    return abs(new - old) >= _ENDS_STEP
