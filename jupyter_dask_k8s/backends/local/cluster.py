"""One local cluster: its process, and the picture of it in the store."""

from __future__ import annotations

import asyncio
import datetime
import re
import signal
import uuid
from collections.abc import Callable
from typing import Any

import msgspec

from ...errors import ClusterNotReady
from ...models import Cluster, Decision, Lifetime, Phase, WorkerGroup
from ...quantities import format_duration, format_memory
from ...tasks import end
from .journal import Journal
from .output import Output
from .process import HostProcess
from .protocol import (
    DEFAULT,
    GroupReport,
    GroupSpec,
    HostCommand,
    HostConfig,
    HostReport,
)

ENDINGS = {
    "idle": "“{name}” was shut down because it had no work for {idle}.",
    "no_client": "“{name}” was shut down because no client was connected for {no_client}.",
    "closed": "“{name}” was shut down from a notebook.",
}
"""Sentences for clusters that ended by themselves, by `HostReport.ended`."""

_AUTOSCALER = (
    "The autoscaler changes the default group only, and counts the work of all groups for "
    "it."
)

HEARING = 1.0
"""Seconds that a host may take to say that it has heard of its end."""

_DIGITS = re.compile(r"\d+")


class LocalCluster:
    """Owns the host process of one cluster from its creation to its end.

    ``on_change`` is called when the picture changed, ``on_end`` with a sentence (or an
    empty string) when the cluster is gone for good.
    """

    def __init__(
        self,
        config: HostConfig,
        owner: str,
        profile: str,
        on_change: Callable[[LocalCluster], None],
        on_end: Callable[[LocalCluster, str], None],
    ) -> None:
        self.config = config
        self.owner = owner
        self.profile = profile
        self.uid = uuid.uuid4().hex
        self.created = datetime.datetime.now(datetime.timezone.utc)
        self._on_change = on_change
        self._on_end = on_end
        self._host = HostProcess(self._take)
        self._wanted = config.wanted
        self._report: HostReport | None = None
        self._launched = asyncio.Event()
        self._stopping = asyncio.Event()
        self._phase: Phase = "Pending"
        self._reason = "Starting the scheduler."
        self._wait = (self._reason, self.created)
        self._task: asyncio.Task[None] | None = None
        self.journal = Journal(config.name)
        self.journal.note("Created", f"{owner or 'Somebody'} asked for this cluster.")

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
        except Exception as error:
            # Nobody waits for this task: what is wrong has to show on the cluster.
            self._fail(f"The cluster cannot be watched any more: {error!r}.")
            raise
        finally:
            await end(tasks)
            self.output.close()
            self.journal.close()

    def _ended(self, status: int) -> None:
        ended = self._report.ended if self._report else ""
        if ended and status == 0:
            clocks = self._wanted.clocks
            sentence = ENDINGS[ended].format(
                name=self.config.name,
                idle=format_duration(clocks.idle_seconds or 0),
                no_client=format_duration(clocks.no_client_seconds or 0),
            )
            self.journal.note("Ended", sentence)
            self._on_end(self, sentence)
        elif status < 0:
            name = signal.Signals(-status).name
            hint = " Perhaps the machine ran out of memory." if name == "SIGKILL" else ""
            self._fail(f"The scheduler's process was ended by {name}.{hint}")
        else:
            lines = [line for line in self.output.lines(20) if line.strip()]
            last = f" Its last words: {lines[-1].strip()}" if lines else ""
            self._fail(f"The scheduler's process ended with status {status}.{last}")

    async def stop(self, limit: float) -> None:
        """End the process and its workers: asked first, killed after ``limit`` seconds.

        One that does not even hear is killed soon: it hangs.
        """
        if self._task is None or self._task.done():
            return
        self._set("Stopping", "Shutting down.")
        self.journal.note("Stopping", "It is being shut down.")
        self._host.send(msgspec.structs.replace(self._wanted, stop=True))
        if self._launched.is_set() and await self._hears(self._task, min(limit, HEARING)):
            await asyncio.wait((self._task,), timeout=limit)
        self._task.cancel()
        # Whatever it ends with must not keep the cluster in the list.
        await asyncio.wait((self._task,))
        self.output.close()
        self.journal.close()

    async def _hears(self, living: asyncio.Task[None], limit: float) -> bool:
        """Whether the host says within a limit that it has heard of its end."""
        hearing = asyncio.create_task(self._stopping.wait())
        try:
            first = asyncio.FIRST_COMPLETED
            await asyncio.wait((living, hearing), timeout=limit, return_when=first)
            return hearing.done()
        finally:
            await end([hearing])

    # --- wishes ----------------------------------------------------------------------

    def check_alive(self) -> None:
        """Raise `ClusterNotReady` when it is too late to change anything."""
        if self._phase in ("Failed", "Stopping"):
            raise ClusterNotReady(
                f"“{self.config.name}” is {self._phase.lower()} and cannot be changed."
            )

    def command(self, wanted: HostCommand) -> None:
        """Change what is wanted; raises `ClusterNotReady`."""
        self.check_alive()
        number = self._wanted.number + 1
        self.journal.note_command(self._wanted, wanted)
        self._wanted = wanted = msgspec.structs.replace(wanted, number=number)
        self._host.send(wanted)
        self._changed()

    @property
    def wanted(self) -> HostCommand:
        """What was asked for last."""
        return self._wanted

    # --- what is seen ----------------------------------------------------------------

    def _take(self, report: HostReport) -> None:
        if report.stopping:
            self._stopping.set()
            return
        self.journal.note_report(self._report, report)
        self._report = report
        self._launched.set()
        ready = sum(group.ready for group in report.groups.values())
        desired = sum(group.desired for group in report.groups.values())
        if self._phase == "Pending" and ready >= min(1, desired):
            self._phase = "Running"
        self._changed()

    def _changed(self) -> None:
        # A wait with other numbers, as of 2 workers of 3, is the same wait.
        wait = _DIGITS.sub("", self._current_reason())
        if wait != _DIGITS.sub("", self._wait[0]):
            now = datetime.datetime.now(datetime.timezone.utc)
            self._wait = (wait, now.replace(microsecond=0))
        self._on_change(self)

    def _set(self, phase: Phase, reason: str) -> None:
        self._phase = phase
        self._reason = reason
        self._changed()

    def _fail(self, reason: str) -> None:
        if self._phase != "Stopping":
            self.journal.note("Failed", reason, warning=True)
            self._set("Failed", reason)

    @property
    def report(self) -> HostReport | None:
        """What the host told last."""
        return self._report

    @property
    def output(self) -> Output:
        """What all processes of the cluster print."""
        return self._host.output

    @property
    def dashboard(self) -> str | None:
        """Where the scheduler's HTTP server answers."""
        if self._report is None or self._phase in ("Failed", "Stopping"):
            return None
        return f"http://127.0.0.1:{self._report.dashboard_port}"

    def picture(self) -> Cluster:
        """Return this cluster as the wire shows it."""
        report, config, reason = self._report, self.config, self._current_reason()
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
            reason=reason,
            since=self._wait[1] if reason else None,
            scheduler_address=address,
            dashboard_path=f"dask-k8s/clusters/{config.name}/dashboard/status",
            dashboard_link=link if alive else None,
            groups=self.groups(self._wanted),
            adapt=self._wanted.adapt,
            lifetime=self._lifetime(),
            created=self.created,
            profile=self.profile,
            decisions=self._decisions(),
            warnings=self._warnings(),
            uid=self.uid,
        )

    def groups(self, wanted: HostCommand) -> list[WorkerGroup]:
        """Return the groups of ``wanted`` as the wire shows them."""
        seen = self._report.groups if self._report else {}
        alive = self._phase in ("Pending", "Running")
        return [
            WorkerGroup(
                name=group.name,
                desired=self._desired(group),
                ready=seen[group.name].ready if alive and group.name in seen else 0,
                threads=group.threads,
                memory=format_memory(group.memory),
                worker_resources=group.resources,
            )
            for group in wanted.groups
        ]

    def _desired(self, group: GroupSpec) -> int:
        if group.workers is not None:
            return group.workers
        if self._report is not None and group.name in self._report.groups:
            return self._report.groups[group.name].desired
        return self._wanted.adapt.minimum if self._wanted.adapt else 0

    def _lifetime(self) -> Lifetime:
        clocks, report = self._wanted.clocks, self._report
        if clocks.idle_seconds is None:
            return Lifetime(kind="keep")
        idle = report.idle_since if report else None
        alone = report.no_client_since if report else None
        return Lifetime(
            kind="idle",
            seconds=clocks.idle_seconds,
            idle_since=_moment(clocks.since(idle)),
            no_client_seconds=clocks.no_client_seconds,
            ends=_moment(min(clocks.ends(idle, alone).values(), default=None)),
        )

    def _decisions(self) -> list[Decision]:
        """Return the autoscaler's last decisions; what the newest brought is still open."""
        report = self._report
        if report is None or self._wanted.adapt is None:
            return []
        ready = report.groups[DEFAULT].ready
        return [
            Decision(
                time=datetime.datetime.fromtimestamp(it.time, datetime.timezone.utc),
                before=it.before,
                wanted=it.wanted,
                got=ready if it.got is None else it.got,
            )
            for it in report.decisions
        ]

    def _warnings(self) -> list[str]:
        wanted = self._wanted
        return [_AUTOSCALER] if wanted.adapt and len(wanted.groups) > 1 else []

    def _current_reason(self) -> str:
        if self._report is None or self._phase in ("Failed", "Stopping"):
            return self._reason
        reasons = (self._reason_of(group) for group in self._wanted.groups)
        return next((reason for reason in reasons if reason), "")

    def _reason_of(self, group: GroupSpec) -> str:
        """Return what a group waits for; empty when it is complete."""
        report, desired = self._report, self._desired(group)
        assert report is not None
        seen = report.groups.get(group.name, GroupReport(desired=0, ready=0))
        of = "" if group.name == DEFAULT else f" of “{group.name}”"
        if seen.ready < desired:
            return f"Waiting for workers{of}: {seen.ready} of {desired} ready."
        if seen.kept and report.number == self._wanted.number:
            return (
                f"{seen.kept} more than wanted{of}: no other worker has room for their "
                "data."
            )
        if seen.ready > desired:
            return f"Retiring {seen.ready - desired} of {seen.ready} workers{of}."
        return ""


def _moment(seconds: float | None) -> datetime.datetime | None:
    if seconds is None:
        return None
    return datetime.datetime.fromtimestamp(int(seconds), datetime.timezone.utc)
