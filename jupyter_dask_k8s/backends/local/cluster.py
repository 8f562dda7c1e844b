"""One local cluster: its process, and the picture of it in the store."""

from __future__ import annotations

import asyncio
import contextlib
import datetime
import signal
from collections.abc import Callable
from typing import Any

import msgspec

from ...errors import ClusterNotReady
from ...models import Adapt, Cluster, Lifetime, Phase, WorkerGroup
from ...quantities import format_duration, format_memory
from .process import HostProcess
from .protocol import HostCommand, HostConfig, HostReport

ENDINGS = {
    "idle": "“{name}” was shut down because it had no work for {idle}.",
    "closed": "“{name}” was shut down from a notebook.",
}
"""Sentences for clusters that ended by themselves, by `HostReport.ended`."""


class LocalCluster:
    """Owns the host process of one cluster from its creation to its end.

    ``on_change`` is called when the picture changed, ``on_end`` with a sentence (or an
    empty string) when the cluster is gone for good.
    """

    def __init__(
        self,
        config: HostConfig,
        owner: str,
        on_change: Callable[[LocalCluster], None],
        on_end: Callable[[LocalCluster, str], None],
    ) -> None:
        self.config = config
        self.owner = owner
        self.created = datetime.datetime.now(datetime.timezone.utc)
        self._on_change = on_change
        self._on_end = on_end
        self._host = HostProcess(self._take)
        self._wanted = HostCommand(
            number=0,
            workers=None if config.adapt else config.workers,
            adapt=config.adapt,
            idle_seconds=config.idle_seconds,
        )
        self._report: HostReport | None = None
        self._launched = asyncio.Event()
        self._phase: Phase = "Pending"
        self._reason = "Starting the scheduler."
        self._task: asyncio.Task[None] | None = None

    # --- life ------------------------------------------------------------------------

    def start(self, gate: asyncio.Semaphore, start_limit: float) -> None:
        """Start the process once the gate lets us; at most ``start_limit`` seconds long.

        The gate keeps many starts at once from taking the whole machine away from Jupyter.
        """
        self._task = asyncio.create_task(self._live(gate, start_limit))

    async def _live(self, gate: asyncio.Semaphore, start_limit: float) -> None:
        if gate.locked():
            self._set("Pending", "Waiting for other clusters to start first.")
        tasks: list[asyncio.Task[Any]] = []
        try:
            async with gate:
                self._set("Pending", "Starting the scheduler.")
                running = asyncio.create_task(self._host.run(self.config))
                tasks += [running, asyncio.create_task(self._launched.wait())]
                await asyncio.wait(
                    tasks, timeout=start_limit, return_when=asyncio.FIRST_COMPLETED
                )
            if not (running.done() or self._launched.is_set()):
                self._fail(f"The scheduler did not start within {start_limit:g} s.")
                return
            self._ended(await running)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def _ended(self, status: int) -> None:
        ended = self._report.ended if self._report else ""
        if ended and status == 0:
            idle = format_duration(self._wanted.idle_seconds or 0)
            self._on_end(self, ENDINGS[ended].format(name=self.config.name, idle=idle))
        elif status < 0:
            name = signal.Signals(-status).name
            hint = " Perhaps the machine ran out of memory." if name == "SIGKILL" else ""
            self._fail(f"The scheduler's process was ended by {name}.{hint}")
        else:
            lines = [line for line in self._host.log_lines(20) if line.strip()]
            last = f" Its last words: {lines[-1].strip()}" if lines else ""
            self._fail(f"The scheduler's process ended with status {status}.{last}")

    async def stop(self, limit: float) -> None:
        """End the process and its workers: asked first, killed after ``limit`` seconds."""
        if self._task is None or self._task.done():
            return
        self._set("Stopping", "Shutting down.")
        self._host.send(msgspec.structs.replace(self._wanted, stop=True))
        if self._launched.is_set():
            await asyncio.wait((self._task,), timeout=limit)
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task

    # --- wishes ----------------------------------------------------------------------

    def command(
        self,
        *,
        workers: int | msgspec.UnsetType | None = msgspec.UNSET,
        adapt: Adapt | msgspec.UnsetType | None = msgspec.UNSET,
        idle_seconds: int | msgspec.UnsetType | None = msgspec.UNSET,
    ) -> None:
        """Change what is wanted; raises `ClusterNotReady` when it is too late for that."""
        if self._phase in ("Failed", "Stopping"):
            raise ClusterNotReady(
                f"“{self.config.name}” is {self._phase.lower()} and cannot be changed."
            )
        wanted = msgspec.structs.replace(self._wanted, number=self._wanted.number + 1)
        if workers is not msgspec.UNSET:
            wanted.workers = workers
        if adapt is not msgspec.UNSET:
            wanted.adapt = adapt
        if idle_seconds is not msgspec.UNSET:
            wanted.idle_seconds = idle_seconds
        self._wanted = wanted
        self._host.send(wanted)
        self._on_change(self)

    @property
    def wanted(self) -> HostCommand:
        """What was asked for last."""
        return self._wanted

    # --- what is seen ----------------------------------------------------------------

    def _take(self, report: HostReport) -> None:
        self._report = report
        self._launched.set()
        if self._phase == "Pending" and report.ready >= min(1, report.desired):
            self._phase = "Running"
        self._on_change(self)

    def _set(self, phase: Phase, reason: str) -> None:
        self._phase = phase
        self._reason = reason
        self._on_change(self)

    def _fail(self, reason: str) -> None:
        if self._phase != "Stopping":
            self._set("Failed", reason)

    @property
    def dashboard(self) -> str | None:
        """Where the scheduler's HTTP server answers."""
        if self._report is None or self._phase in ("Failed", "Stopping"):
            return None
        return f"http://127.0.0.1:{self._report.dashboard_port}"

    def picture(self) -> Cluster:
        """Return this cluster as the wire shows it."""
        report, config = self._report, self.config
        alive = self._phase in ("Pending", "Running")
        address = report.scheduler_address if report and alive else None
        link = (
            f"dask-k8s/dashboard/127.0.0.1:{report.dashboard_port}/status"
            if report
            else None
        )
        return Cluster(
            name=config.name,
            namespace=None,
            backend="local",
            owner=self.owner,
            shared=False,
            phase=self._phase,
            reason=self._current_reason(),
            scheduler_address=address,
            dashboard_path=f"dask-k8s/clusters/{config.name}/dashboard/status",
            dashboard_link=link if alive else None,
            groups=[
                WorkerGroup(
                    name="default",
                    desired=self._desired(),
                    ready=report.ready if report and alive else 0,
                    threads=config.threads,
                    memory=format_memory(config.memory),
                )
            ],
            adapt=self._wanted.adapt,
            lifetime=self._lifetime(),
            created=self.created,
        )

    def _desired(self) -> int:
        wanted, report = self._wanted, self._report
        if wanted.workers is not None and wanted.adapt is None:
            return wanted.workers
        if report is not None:
            return report.desired
        return wanted.adapt.minimum if wanted.adapt else self.config.workers

    def _lifetime(self) -> Lifetime:
        seconds = self._wanted.idle_seconds
        if seconds is None:
            return Lifetime(kind="keep")
        since = self._report.idle_since if self._report else None
        moment = (
            None
            if since is None
            else datetime.datetime.fromtimestamp(int(since), datetime.timezone.utc)
        )
        return Lifetime(kind="idle", seconds=seconds, idle_since=moment)

    def _current_reason(self) -> str:
        report = self._report
        if report is None or self._phase in ("Failed", "Stopping"):
            return self._reason
        desired = self._desired()
        if report.ready < desired:
            return f"Waiting for workers: {report.ready} of {desired} ready."
        if report.kept and report.number == self._wanted.number:
            return (
                f"{report.kept} more than wanted: no other worker has room for their data."
            )
        if report.ready > desired:
            return f"Retiring {report.ready - desired} of {report.ready} workers."
        return ""
