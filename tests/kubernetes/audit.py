"""What the API server was asked by us, from its audit log: the testbed has one."""

from __future__ import annotations

import collections
import datetime
import json
import os
import time
from pathlib import Path
from typing import Any


def read_requests(log: Path, start: str, namespace: str) -> list[dict[str, Any]]:
    """Return our requests in a namespace since ``start`` (as the log writes times).

    Watches are in the log (of Kubernetes 1.20) when they have ended.
    """
    with log.open() as file:
        events = [json.loads(line) for line in file]
    return [
        it
        for it in events
        if it.get("userAgent", "").startswith("jupyter-dask-k8s")
        and it.get("objectRef", {}).get("namespace") == namespace
        and it["stageTimestamp"] >= start
    ]


class Requests:
    """Counts the requests of the server under test from now on."""

    def __init__(self, namespace: str) -> None:
        self._namespace = namespace
        self._start = datetime.datetime.now(datetime.timezone.utc).isoformat()
        self._begin = time.monotonic()

    def check(self, most: float = 4.0) -> None:
        """Print them; there may be so many a second, and some for what was wished.

        A panel that is read all the time costs one each four seconds, and thirteen watches
        that fail ask again each four seconds at the most. What asks in a loop asks a
        hundred times as often.
        """
        if not (log := os.environ.get("TESTBED_AUDIT")):
            print("  requests were not counted: $TESTBED_AUDIT is not set")
            return
        found = read_requests(Path(log), self._start, self._namespace)
        took = time.monotonic() - self._begin
        kinds = collections.Counter(
            f"{it['verb']} {it['objectRef']['resource']}" for it in found
        )
        told = ", ".join(f"{count} {kind}" for kind, count in kinds.most_common(4))
        print(f"  {len(found)} requests in {took:.0f} s ({told})")
        assert len(found) < 40 + most * took
