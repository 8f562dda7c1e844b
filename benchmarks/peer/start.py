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
    seconds: dict[tuple[str, bool], list[float]] = {}
    memory: dict[tuple[str, bool], list[float]] = {}
    for _ in rounds(9):
        for name, environment in WITH.items():
            for enabled in (False, True):
                with lab(environment, enabled) as started:
                    time.sleep(SETTLE)
                    seconds.setdefault((name, enabled), []).append(started.seconds)
                    memory.setdefault((name, enabled), []).append(started.memory)
    rows = []
    for name in WITH:
        off, on = median(seconds[name, False]), median(seconds[name, True])
        rows.append((f"{name}: start", f"{off:.2f} s", f"{on:.2f} s", f"{on - off:+.2f} s"))
    for name in WITH:
        off, on = median(memory[name, False]), median(memory[name, True])
        rows.append(
            (f"{name}: memory", f"{off:.1f} MiB", f"{on:.1f} MiB", f"{on - off:+.1f} MiB")
        )
    table("JupyterLab", ("without", "with", "difference"), rows)


if __name__ == "__main__":
    main()
