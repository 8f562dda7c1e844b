"""How long the modules of the server extensions take to load.

``python -m benchmarks.peer.imports [rounds]`` loads ``jupyter_server`` in a new process,
and then what Jupyter loads for the extension: modules that it has anyway cost nothing.
Bytecode is there, as pip leaves it behind.
"""

from __future__ import annotations

import json
import subprocess

from .labs import OURS, PEER, compile_ours
from .table import median, ratio, rounds, table

PROGRAM = """
import json, sys, time
import jupyter_server.serverapp
before, wall, processor = len(sys.modules), time.perf_counter(), time.process_time()
{load}
wall, processor = time.perf_counter() - wall, time.process_time() - processor
print(json.dumps([wall, processor, len(sys.modules) - before]))
"""

LOADS = {
    "ours": (
        OURS,
        "import jupyter_dask_k8s; jupyter_dask_k8s._jupyter_server_extension_points()",
    ),
    "dask-labextension": (PEER, "import dask_labextension, jupyter_server_proxy"),
}


def main() -> None:
    compile_ours()
    taken: dict[str, list[list[float]]] = {name: [] for name in LOADS}
    for _ in rounds(11):
        for name, (environment, load) in LOADS.items():
            command = [environment.python, "-c", PROGRAM.format(load=load)]
            taken[name].append(json.loads(subprocess.check_output(command)))
    medians = {
        name: [median(column) for column in zip(*runs, strict=True)]
        for name, runs in taken.items()
    }
    rows = [
        (name, f"{wall:.3f} s", f"{processor:.3f} s", f"{modules:.0f}")
        for name, (wall, processor, modules) in medians.items()
    ]
    ours, peer = medians["ours"], medians["dask-labextension"]
    ratios = [ratio(one, other) for one, other in zip(ours, peer, strict=True)]
    table(
        "loading, after jupyter_server",
        ("seconds", "processor time", "modules"),
        [*rows, ("ours / dask-labextension", *ratios)],
    )


if __name__ == "__main__":
    main()
