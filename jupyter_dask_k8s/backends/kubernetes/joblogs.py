"""Keeps what the pods of jobs print: the operator deletes a job's cluster at its end.

While a job runs, the logs of its runner, its scheduler and its first workers are followed
into files (see logfiles.py).
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

from ...errors import ClusterError, InvalidField, NotPermitted
from ...tasks import end
from .api import KubernetesAPI
from .logfiles import LogFiles, Stored, time_of
from .refusals import ResourceNotFound

T = TypeVar("T")

STREAMS = 64
"""Pods whose logs are followed at the same time."""

PAUSES = (0.5, 15.0)
"""First and longest pause in seconds until a log is asked for again."""

OTHER_SERVER = 60.0
"""Seconds until we ask again whether another server still writes the logs of a job."""

LONGEST_LINE = 2**18

DIRECT_LINES = 10_000
DIRECT_BYTES = 2**21
"""What is read of a log of which nothing is kept."""


@dataclass(frozen=True)
class Printer:
    """A container whose log we want."""

    job: str
    """The folder of its job's logs."""
    pod: str
    container: str


class JobLogs:
    """Follows logs into files, and reads them again. ``changed`` hears of new files.

    ``over`` tells of a pod whether it will print nothing more.
    """

    def __init__(
        self,
        api: KubernetesAPI,
        files: LogFiles,
        over: Callable[[Printer], bool],
        changed: Callable[[str], None],
        log: logging.Logger | logging.LoggerAdapter[Any],
    ) -> None:
        self._api = api
        self._files = files
        self._over = over
        self._changed = changed
        self._log = log
        self._tasks: dict[Printer, asyncio.Task[None]] = {}
        self._done: set[Printer] = set()
        self._kept: dict[str, list[str]] = {}
        """By job: of which pods there are files."""
        # One thread: what is written in turn is in turn.
        self._thread = ThreadPoolExecutor(1, "dask-job-logs")

    async def _io(self, work: Callable[..., T], *args: Any) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work, *args)

    # --- what is kept ----------------------------------------------------------------

    def kept(self, job: str) -> list[str]:
        """Return of which pods there are files; no I/O."""
        return list(self._kept.get(job, ()))

    async def look(self, jobs: Iterable[str]) -> None:
        """Learn what former servers have kept, and forget what is too old."""
        keep = frozenset(jobs)
        with contextlib.suppress(OSError):
            await self._io(self._files.prune, keep)
        for job in keep:
            await self._look(job)

    async def _look(self, job: str) -> None:
        found = await self._io(self._files.pods, job)
        if found and found != self._kept.get(job):
            self._kept[job] = found
            self._changed(job)

    async def forget(self, job: str) -> None:
        """Forget the logs of a job that is gone."""
        tasks = [task for printer, task in self._tasks.items() if printer.job == job]
        await end(tasks)
        self._done = {it for it in self._done if it.job != job}
        self._kept.pop(job, None)
        await self._io(self._files.remove, job)

    async def close(self) -> None:
        """Stop following; the next server goes on."""
        tasks = list(self._tasks.values())
        await end(tasks)
        await self._io(self._files.close)
        self._thread.shutdown(wait=False)

    # --- following -------------------------------------------------------------------

    def follow(self, printer: Printer) -> None:
        """Begin to keep what a container prints, unless that is done."""
        if printer in self._tasks or printer in self._done or len(self._tasks) >= STREAMS:
            return
        task = asyncio.create_task(self._keep(printer))
        self._tasks[printer] = task
        task.add_done_callback(lambda _: self._tasks.pop(printer, None))

    async def _keep(self, printer: Printer) -> None:
        try:
            while not await self._io(self._files.claim, printer.job):
                if self._over(printer):
                    await self._look(printer.job)
                    return
                await asyncio.sleep(OTHER_SERVER)
            if not await self._io(self._files.ended, printer.job, printer.pod):
                await self._follow(printer)
                await self._io(self._files.end, printer.job, printer.pod)
        except (ClusterError, OSError) as error:
            # A full disk, a missing right: the job goes on, and what there is stays.
            self._log.warning("The log of pod %s is not kept: %s", printer.pod, error)
        self._done.add(printer)

    async def _follow(self, printer: Printer) -> None:
        """Write all that a container prints until it has ended."""
        failures = vain = 0
        while True:
            # Asked before: what comes after it has ended is empty.
            over = self._over(printer)
            try:
                news = await self._copy(printer)
            except NotPermitted:
                raise
            except ResourceNotFound:
                return
            except ClusterError:
                failures, news = failures + 1, False
            else:
                failures = 0
            if over and failures in (0, 3):
                return
            # A container that is started again and again prints in the same place.
            vain = 0 if news else vain + 1
            first, longest = PAUSES
            await asyncio.sleep(min(longest, first * 2 ** min(vain, 10)))

    async def _copy(self, printer: Printer) -> bool:
        """Write what is new until the stream ends; ``False`` where there was nothing."""
        job, pod = printer.job, printer.pod
        last = await self._io(self._files.resume, job, pod)
        params = {"container": printer.container, "follow": "true", "timestamps": "true"}
        if last:
            # Kubernetes counts in seconds here: some lines come again.
            params["sinceTime"] = last[:19] + last[29:]
        rest, news = b"", False
        chunks = self._api.log(pod, params)
        async with contextlib.aclosing(chunks):
            async for chunk in chunks:
                whole, newline, rest = (rest + chunk).rpartition(b"\n")
                if len(rest) > LONGEST_LINE:
                    whole, newline, rest = whole + newline + rest, b"", b""
                if last and whole:
                    whole, last = _after(whole, last)
                if whole:
                    news = True
                    await self._io(self._files.append, job, pod, whole + newline)
                    self._note(job, pod)
        if rest:
            await self._io(self._files.append, job, pod, rest + b"\n")
            self._note(job, pod)
        return news or bool(rest)

    def _note(self, job: str, pod: str) -> None:
        kept = self._kept.setdefault(job, [])
        if pod not in kept:
            kept.append(pod)
            self._changed(job)

    # --- reading ---------------------------------------------------------------------

    async def stored(self, job: str, pod: str, tail: int | None) -> Stored | None:
        """Return what is kept of a log."""
        return await self._io(self._files.read, job, pod, tail)

    def following(self, printer: Printer) -> bool:
        """Tell whether what is kept is all that there is."""
        return printer in self._tasks

    async def ended(self, printer: Printer) -> bool:
        """Tell whether what is kept goes up to the end."""
        return await self._io(self._files.ended, printer.job, printer.pod)

    async def direct(self, printer: Printer, tail: int | None) -> Stored:
        """Return what Kubernetes has of a log."""
        lines = min(tail or DIRECT_LINES, DIRECT_LINES)
        params = {
            "container": printer.container,
            "tailLines": str(lines),
            "limitBytes": str(DIRECT_BYTES),
        }
        data = bytearray()
        try:
            async for chunk in self._api.log(printer.pod, params):
                data += chunk
        except InvalidField:
            return Stored("", True)  # its container has not started
        whole = data.count(b"\n") < lines and len(data) < DIRECT_BYTES
        return Stored(data.decode(errors="replace"), whole)


def _after(lines: bytes, last: str) -> tuple[bytes, str]:
    """Return the lines after a time; no time any more once there is one."""
    kept = lines.split(b"\n")
    for index, line in enumerate(kept):
        time = time_of(line)
        if time and _later(time, last):
            return b"\n".join(kept[index:]), ""
    return b"", last


def _later(time: str, than: str) -> bool:
    # Of the same node: the same zone, but for the hour when clocks are changed.
    return time > than if time[29:] == than[29:] else True
