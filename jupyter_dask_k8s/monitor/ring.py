"""The last ten minutes of a cluster, in few bytes, for who comes late."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import msgspec
from msgspec.structs import replace

from ..models import MonitorSample

WINDOW = 600.0
"""Seconds that are kept."""

BUDGET = 1_000_000
"""Bytes that the columns of all kept samples may take; the sums come on top."""


@dataclass
class _Kept:
    time: float
    json: bytes
    sums: bytes | None
    """What stays of it when a newer one comes; ``None``: all."""


class Ring:
    """Keeps samples as the JSON that is sent, so nothing is encoded twice.

    The columns of a small cluster are all kept. Those of a large one are thinned out: of
    each ``n`` samples one has them, and the newest.
    """

    def __init__(self) -> None:
        self._kept: deque[_Kept] = deque()
        self._count = 0

    def __len__(self) -> int:
        return len(self._kept)

    @property
    def size(self) -> int:
        """Bytes of JSON that are kept."""
        return sum(len(it.json) for it in self._kept)

    @property
    def newest(self) -> float:
        """When the last sample was made; never is long ago."""
        return self._kept[-1].time if self._kept else float("-inf")

    def add(self, sample: MonitorSample, interval: float) -> bytes:
        """Keep a sample; returns it encoded. ``interval``: seconds between two of them."""
        whole = msgspec.json.encode(sample)
        each = max(1, round(len(whole) * WINDOW / max(interval, 1.0) / BUDGET))
        sums = None
        if self._count % each:
            sums = msgspec.json.encode(replace(sample, columns=None))
        self._count += 1
        if self._kept and (before := self._kept[-1]).sums is not None:
            before.json, before.sums = before.sums, None
        self.drop(sample.time - WINDOW)
        self._kept.append(_Kept(sample.time, whole, sums))
        return whole

    def drop(self, before: float) -> None:
        """Forget what is older."""
        while self._kept and self._kept[0].time < before:
            self._kept.popleft()

    def samples(self) -> list[bytes]:
        """Return all, oldest first, as JSON."""
        return [it.json for it in self._kept]
