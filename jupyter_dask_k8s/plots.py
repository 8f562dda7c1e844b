"""The plots that a scheduler really has."""

from __future__ import annotations

import html
import re

from .errors import NoDashboard, SchedulerUnavailable
from .models import Cluster, GPUMetrics, Plot
from .monitor.hub import read_metrics
from .scheduler import SchedulerClient
from .store import Entry, Store

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
_USE = "individual-gpu-utilization"

_NEEDS_BOKEH = re.compile(rb"needs (bokeh[^\s<]*)")
"""In the page that a scheduler without Bokeh has (distributed 2024.1 to 2026.8)."""


def _title(path: str, name: str) -> str:
    if path in _TITLES:
        return _TITLES[path]
    words = name.removeprefix("Individual ").split()
    return " ".join(_SPELLINGS.get(word, word) for word in words)


def _rank(plot: Plot) -> tuple[int, str]:
    rank = USEFUL.index(plot.path) if plot.path in USEFUL else len(USEFUL)
    return rank, plot.title


def why_no_gpu(cluster: Cluster, gpu: GPUMetrics | None) -> str:
    """Say why all GPU plots would be empty; nothing if they are not."""
    if gpu is not None:
        return ""
    none = "No worker of this cluster reports a GPU"
    if cluster.backend == "local":
        return f"{none}: NVML (package nvidia-ml-py) is missing, or finds none here."
    asking = [group for group in cluster.groups if group.gpus > 0]
    if not asking:
        return "No worker of this cluster asks for a GPU. Add a worker group with GPUs."
    if not any(group.ready for group in asking):
        return "The workers that ask for GPUs are not ready yet."
    return (
        f"{none}, although they ask for some: NVML (package nvidia-ml-py) is missing in "
        "their image, or finds no GPU in the container."
    )


async def _check_dashboard(client: SchedulerClient, entry: Entry) -> None:
    """Raise `NoDashboard` where a scheduler that names no plots has none at all."""
    start = f"“{entry.cluster.name}” has no dashboard: "
    try:
        page = await client.read(entry, "/status")
    except SchedulerUnavailable as error:
        if error.details.get("status") != 404:
            raise
        raise NoDashboard(f"{start}its scheduler has switched it off.") from None
    if match := _NEEDS_BOKEH.search(html.unescape(page.decode(errors="replace")).encode()):
        wanted = match[1].decode()
        if entry.cluster.backend == "local":
            sentence = f"bokeh is missing here. Install {wanted}; make the cluster anew."
        else:
            sentence = f"bokeh is missing in its image. Use an image with {wanted}."
        raise NoDashboard(start + sentence)


async def list_plots(client: SchedulerClient, store: Store, name: str) -> list[Plot]:
    """Ask a scheduler for its plots.

    Raises `ClusterNotFound`, `SchedulerUnavailable`, `NoDashboard`.

    ``/individual-plots.json`` names the single plots by title. The GPU plots are always
    among them, so whether they would show anything is read from the workers.
    """
    entry = store.entry(name)
    named = await client.read_json(entry, "/individual-plots.json", dict[str, str])
    if not named:
        await _check_dashboard(client, entry)
    no_gpu, no_use = "", ""
    try:
        gpu = (await read_metrics(client, store, name)).gpu
    except SchedulerUnavailable:
        pass  # it cannot tell now
    else:
        no_gpu = why_no_gpu(entry.cluster, gpu)
        if gpu is not None and gpu.utilization is None:
            no_use = "NVML does not tell the use of parts of a GPU (MIG)."
    paths = {path.strip("/"): title for title, path in named.items()}
    paths |= {page: f"Dashboard: {page.capitalize()}" for page in _PAGES}
    plots = [
        Plot(
            path=path,
            title=_title(path, title),
            useful=path in USEFUL and not (no_gpu and _GPU.search(path)),
            empty_reason=no_gpu or (no_use if path == _USE else "")
            if _GPU.search(path)
            else "",
        )
        for path, title in paths.items()
    ]
    return sorted(plots, key=_rank)
