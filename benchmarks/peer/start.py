"""What an extension adds to the start of JupyterLab, and to its memory.

``python -m benchmarks.peer.start [rounds]`` starts the same JupyterLab with and without the
extension in turn, ours and the peer's: how long it takes until ``/api`` is answered, and
what the process has in memory a while later. Neither has made a cluster, nor has a browser
come.
"""

from __future__ import annotations

import time

from .labs import OURS, PEER, compile_ours, lab
from .table import median, rounds, table

SETTLE = 3.0
"""Seconds until memory is read: what goes on after the first answer counts as well."""

WITH = {"ours": OURS, "dask-labextension": PEER}


def main() -> None:
    compile_ours()
    found: dict[tuple[str, bool], list[tuple[float, float, float]]] = {}
    for _ in rounds(9):
        for name, environment in WITH.items():
            for enabled in (False, True):
                with lab(environment, enabled) as it:
                    time.sleep(SETTLE)
                    figures = (it.seconds, it.processor, it.memory)
                    found.setdefault((name, enabled), []).append(figures)
    rows = []
    what = (("start", "s"), ("processor time of it", "s"), ("memory", "MiB"))
    for column, (figure, unit) in enumerate(what):
        for name in WITH:
            off, on = (
                median([figures[column] for figures in found[name, enabled]])
                for enabled in (False, True)
            )
            cells = (f"{off:.2f} {unit}", f"{on:.2f} {unit}", f"{on - off:+.2f} {unit}")
            rows.append((f"{name}: {figure}", *cells))
    table("JupyterLab", ("without", "with", "difference"), rows)


if __name__ == "__main__":
    main()
