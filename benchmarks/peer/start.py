"""What an extension adds to the start of JupyterLab, and to its memory.

``python -m benchmarks.peer.start [rounds]`` starts the same JupyterLab with and without the
extension in turn, ours and the peer's: how long it takes until ``/api`` is answered, and
what the process has in memory a while later. Neither has made a cluster, nor has a browser
come.

A collection of all garbage takes a tenth of a second there, and comes when a quarter more
objects are there than at the last one: whether one falls into the start is decided by a few
thousand objects. So each pair is started without the collector as well.
"""

from __future__ import annotations

import itertools
import time

from .labs import OURS, PEER, compile_ours, lab
from .table import median, rounds, table

SETTLE = 3.0
"""Seconds until memory is read: what goes on after the first answer counts as well."""

WITH = {"ours": OURS, "dask-labextension": PEER}


def main() -> None:
    compile_ours()
    found: dict[tuple[str, bool, bool], list[tuple[float, float, float]]] = {}
    for _ in rounds(9):
        for name, environment in WITH.items():
            for collector, enabled in itertools.product((True, False), (False, True)):
                with lab(environment, enabled, collector=collector) as it:
                    time.sleep(SETTLE if collector else 0)
                    figures = (it.seconds, it.processor, it.memory)
                    found.setdefault((name, collector, enabled), []).append(figures)
    rows = []
    for figure, unit, column, collector in (
        ("start", "s", 0, True),
        ("processor time of it", "s", 1, True),
        ("memory", "MiB", 2, True),
        ("start without the collector", "s", 0, False),
        ("processor time of that", "s", 1, False),
    ):
        for name in WITH:
            off, on = (
                median([figures[column] for figures in found[name, collector, enabled]])
                for enabled in (False, True)
            )
            cells = (f"{off:.2f} {unit}", f"{on:.2f} {unit}", f"{on - off:+.2f} {unit}")
            rows.append((f"{name}: {figure}", *cells))
    table("JupyterLab", ("without", "with", "difference"), rows)


if __name__ == "__main__":
    main()
