"""The Jupyter server's clock is wrong, and is set right: no cluster ends early by that.

The time of day is faked in the server's process by libfaketime, which
`make test-kubernetes` installs on Debian; Kubernetes and its pods have the right one.
"""

from __future__ import annotations

import datetime
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from .audit import Requests
from .conftest import until
from .workbench import Workbench, empty_bench

__all__ = ["empty_bench"]

LIBRARY = Path("/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1")
IDLE = 120
LOOK = 6.0
"""Seconds for which each wrong time lasts."""


class Clock:
    """The time of day as a server sees it."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self.set("+0")

    def set(self, offset: str) -> None:
        """Let it differ from the right one, as ``+1d`` or ``-1d``."""
        self._file.write_text(offset + "\n")

    @property
    def environment(self) -> dict[str, str]:
        """What a process needs for it; clocks that only go forward stay right."""
        return {
            "LD_PRELOAD": str(LIBRARY),
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_CACHE_DURATION": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }


@pytest.fixture
def clock(tmp_path: Path) -> Clock:
    if not LIBRARY.exists():
        pytest.skip("there is no libfaketime here: apt-get install libfaketime")
    return Clock(tmp_path / "offset")


@pytest.fixture
def bench(empty_bench: Workbench, clock: Clock) -> Iterator[Workbench]:
    empty_bench.start(**clock.environment)
    yield empty_bench
    print(empty_bench.server.text[-1500:])


def end_of(cluster: Any) -> float:
    """Return when a cluster ends, in the right time of day."""
    moment = cluster["lifetime"]["ends"].replace("Z", "+00:00")
    return datetime.datetime.fromisoformat(moment).timestamp()


def test_the_time_of_day_jumps(bench: Workbench, clock: Clock) -> None:
    bench.create("kept", workers=1, lifetime={"kind": "idle", "seconds": IDLE})
    bench.until("kept", lambda it: it and it["lifetime"]["ends"])
    before = end_of(bench.done("GET", "clusters/kept"))
    requests = Requests(bench.team.namespace)
    for offset in ("+1d", "-1d", "+0"):
        clock.set(offset)
        time.sleep(LOOK)
        found = bench.done("GET", "clusters/kept")
        status = bench.status()
        told = f"{found['phase']}, {found['reason']!r}, {status['trouble']!r}"
        print(f"\n{offset}: {told}, ends in {end_of(found) - time.time():.0f} s")
        assert (found["phase"], found["reason"]) == ("Running", "")
        assert abs(end_of(found) - before) < 5
        assert status["stale_since"] is None or "certificate" in status["trouble"]
    requests.check()
    # The watches have gone on: what others do is seen.
    bench.kubectl("delete", "daskcluster", "kept", "--wait=false")
    until("it is gone", lambda: bench.names() == [], 60)
    assert bench.status()["trouble"] == ""
