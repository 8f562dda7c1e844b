"""The plots that a scheduler really has."""

from __future__ import annotations

import re

from .errors import SchedulerUnavailable
from .metrics import read_metrics
from .models import Plot
from .scheduler import SchedulerClient
from .store import Store

USEFUL = (
    "individual-task-stream",
    "individual-progress",
    "individual-workers-memory",
    "individual-gpu-memory",
    "individual-gpu-utilization",
    "individual-cpu",
    "individual-nprocessing",
    "individual-graph",
    "status",
)
"""What most people look at, in this order; everything else follows by title."""

_TITLES = {
    "individual-cpu": "CPU",
    "individual-nprocessing": "Tasks Processing",
    "individual-graph": "Task Graph",
    "status": "Dashboard: Status",
    "individual-workers": "Workers Table",
}
"""Where Dask's own title says too little."""

_PAGES = ("status", "workers", "tasks", "system", "profile", "graph", "groups")
"""Whole pages of the dashboard, beside the single plots."""

_SPELLINGS = {"Cpu": "CPU", "Gpu": "GPU", "Rmm": "RMM"}
_GPU = re.compile(r"gpu|rmm")


def _title(path: str, name: str) -> str:
    if path in _TITLES:
        return _TITLES[path]
    words = name.removeprefix("Individual ").split()
    return " ".join(_SPELLINGS.get(word, word) for word in words)


def _rank(plot: Plot) -> tuple[int, str]:
    rank = USEFUL.index(plot.path) if plot.path in USEFUL else len(USEFUL)
    return rank, plot.title


async def _why_no_gpu(client: SchedulerClient, store: Store, name: str) -> str:
    """Say why GPU plots would be empty; nothing where the scheduler cannot tell now."""
    try:
        metrics = await read_metrics(client, store, name)
    except SchedulerUnavailable:
        return ""
    return "" if metrics.gpu else "No worker of this cluster reports a GPU."


async def list_plots(client: SchedulerClient, store: Store, name: str) -> list[Plot]:
    """Ask a scheduler for its plots; raises `ClusterNotFound`, `SchedulerUnavailable`.

    ``/individual-plots.json`` names the single plots by title. The GPU plots are always
    among them, so whether they would show anything is read from the workers.
    """
    entry = store.entry(name)
    named = await client.read_json(entry, "/individual-plots.json", dict[str, str])
    no_gpu = await _why_no_gpu(client, store, name)
    paths = {path.strip("/"): title for title, path in named.items()}
    paths |= {page: f"Dashboard: {page.capitalize()}" for page in _PAGES}
    plots = [
        Plot(
            path=path,
            title=_title(path, title),
            useful=path in USEFUL and not (no_gpu and _GPU.search(path)),
            empty_reason=no_gpu if _GPU.search(path) else "",
        )
        for path, title in paths.items()
    ]
    return sorted(plots, key=_rank)
