"""Reads one scheduler again and again; the same columns from whatever page it has."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass

import msgspec

from ..errors import SchedulerUnavailable
from ..metrics import LARGE
from ..readings import MonitorBody, MonitorHead, Readings, WorkerFacts
from ..scheduler import SchedulerClient, decode, unknown_form
from ..store import Entry
from .foreign import Foreign

RECENT = 5
"""Readings whose costs are compared: one that was disturbed shall not count."""

_decoder = msgspec.msgpack.Decoder(tuple[MonitorHead, MonitorBody])


@dataclass(frozen=True)
class Reading:
    """A scheduler at one moment."""

    workers: dict[int, WorkerFacts]
    """Those of the columns, in their order, by ids that nobody else ever gets."""
    body: MonitorBody


class Source:
    """Knows what stays the same of the workers of one cluster, so only news are sent."""

    def __init__(self, client: SchedulerClient) -> None:
        self._client = client
        self._foreign = Foreign(client)
        self._page = ""
        self._last = 0
        self._base = 0
        self._facts: dict[int, WorkerFacts] = {}
        self._costs: deque[float] = deque(maxlen=RECENT)

    @property
    def cost(self) -> float:
        """Seconds of the scheduler's time that a reading takes: the median."""
        costs = sorted(self._costs)
        return costs[(len(costs) - 1) // 2] if costs else 0.0

    async def read(self, entry: Entry) -> Reading:
        """Read it once; raises `SchedulerUnavailable`."""
        head, body = await self._read(entry)
        self._costs.append(head.cost)
        try:
            return self._take(head, body)
        except KeyError:
            self._page = ""  # tell us everything
            raise unknown_form(entry) from None

    async def _read(self, entry: Entry) -> tuple[MonitorHead, MonitorBody]:
        if entry.readings_path is None:
            return await self._foreign.read(entry)
        path = f"{entry.readings_path}?monitor={self._page}:{self._last}"
        try:
            page = await self._client.read(entry, path)
        except SchedulerUnavailable as error:
            # An image may be too old for our page.
            if error.details.get("status") != 404:
                raise
            return await self._foreign.read(entry)
        if len(page) > LARGE:
            return await asyncio.to_thread(self._decode, entry, page)
        return self._decode(entry, page)

    def _decode(self, entry: Entry, page: bytes) -> tuple[MonitorHead, MonitorBody]:
        if page.startswith(b"{"):
            # A scheduler made by a version that knew no monitor.
            return self._foreign.convert(decode(entry, page, Readings))
        try:
            return _decoder.decode(page)
        except msgspec.MsgspecError:
            raise unknown_form(entry) from None

    def _take(self, head: MonitorHead, body: MonitorBody) -> Reading:
        if head.id != self._page:
            # Another scheduler counts its workers from one again.
            self._base += self._last
            self._page, self._facts = head.id, {}
        self._last = head.last
        self._facts |= {it.number: it for it in head.new}
        self._facts = {number: self._facts[number] for number in body.number}
        workers = {self._base + number: it for number, it in self._facts.items()}
        return Reading(workers, body)
