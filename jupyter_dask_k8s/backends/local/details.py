"""The processes of a local cluster, and the log of them all."""

from __future__ import annotations

import datetime
from collections.abc import AsyncGenerator

from ...errors import LogNotFound, PodNotFound
from ...models import Pod
from ...workers import Use
from ..base import LogQuery
from .cluster import LocalCluster
from .protocol import GroupSpec, WorkerReport

SCHEDULER = "scheduler"
OUTPUT = "output"
"""Under these names the one log is found; it has what all processes print."""

_PHASES = {"Stopping": "Terminating"}
"""Phases that are called otherwise where pods are shown."""


def draw_processes(cluster: LocalCluster, use: Use) -> list[Pod]:
    """Return the scheduler's process and its workers."""
    picture, report = cluster.picture(), cluster.report
    running = report is not None and picture.phase in ("Pending", "Running")
    phase = "Running" if running else _PHASES.get(picture.phase, picture.phase)
    scheduler = Pod(
        name=SCHEDULER,
        component="scheduler",
        group="",
        phase=phase,
        reason="" if running else picture.reason,
        ready=running,
        node=None,
        restarts=0,
        created=cluster.created,
        image=None,
        containers=[OUTPUT],
        previous=False,
        cpu=_cores(use.scheduler.cpu) if running and use.scheduler else None,
        cpu_limit=None,
        memory=use.scheduler.memory if running and use.scheduler else None,
        memory_limit=None,
    )
    if report is None or not running:
        return [scheduler]
    workers = [
        _draw_worker(group, worker, use)
        for group in cluster.wanted.groups
        if group.name in report.groups
        for worker in report.groups[group.name].workers
    ]
    return [scheduler, *workers]


def _draw_worker(group: GroupSpec, worker: WorkerReport, use: Use) -> Pod:
    reading = use.by_name.get(worker.name) if worker.ready else None
    waiting = "has ended and is started again" if worker.started else "is starting"
    return Pod(
        name=worker.name,
        component="worker",
        group=group.name,
        phase="Running" if worker.ready else "Pending",
        reason="" if worker.ready else f"The worker {waiting}.",
        ready=worker.ready,
        node=None,
        restarts=worker.restarts,
        created=datetime.datetime.fromtimestamp(worker.made, datetime.timezone.utc),
        image=None,
        containers=[],
        previous=False,
        cpu=_cores(reading.metrics.cpu) if reading else None,
        cpu_limit=None,
        memory=reading.metrics.memory if reading else None,
        memory_limit=group.memory,
    )


def _cores(percent: float) -> float:
    return round(percent / 100, 3)


def read_log(cluster: LocalCluster, query: LogQuery) -> AsyncGenerator[bytes, None]:
    """Return the log; raises `PodNotFound` and `LogNotFound`."""
    name = cluster.config.name
    if query.pod not in ("", SCHEDULER):
        report = cluster.report
        groups = report.groups.values() if report else ()
        if any(it.name == query.pod for group in groups for it in group.workers):
            raise LogNotFound(
                "All processes of a local cluster print into one log, the scheduler's.",
                field="pod",
            )
        raise PodNotFound(name, query.pod)
    if query.container not in ("", OUTPUT):
        raise LogNotFound(
            f"There is one log here, “{OUTPUT}”, and none named “{query.container}”.",
            field="container",
        )
    if query.previous:
        raise LogNotFound(
            "The scheduler of a local cluster is never started again: there is no earlier "
            "log.",
            field="previous",
        )
    return cluster.output.read(query.tail, follow=query.follow)
