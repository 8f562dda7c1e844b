"""All of a scheduler at once: from our page where it has one, from Dask's own otherwise."""

from __future__ import annotations

import asyncio
import html
import re
from collections.abc import Awaitable, Callable

import msgspec

from .errors import SchedulerUnavailable
from .readings import FullMetrics, FullReading, Readings, WorkerReading
from .scheduler import SchedulerClient, decode
from .store import Entry

Ask = Callable[[str], Awaitable[bytes]]
"""Returns the page at a path of a scheduler; raises `SchedulerUnavailable`."""

LARGE = 200_000
"""Bytes of an answer from which on it is taken apart in a thread."""

_TASKS = re.compile(
    rb'^dask_scheduler_tasks\{state="([a-z-]+)"\} ([0-9.e+]+)', re.MULTILINE
)
_FINISHED = re.compile(
    rb'^dask_scheduler_prefix_state_totals_total\{(?=.*state="memory")'
    rb'.*task_prefix_name="((?:[^"\\]|\\.)*)".*\} ([0-9.e+]+)',
    re.MULTILINE,
)
_ESCAPED = re.compile(r"\\(.)")

_ROW = re.compile(
    rb"(?:<td><a [^>]*>([^<]*)</a></td>\s*<td> ([^<]*) </td>\s*)?"
    rb'<td> (\d+) </td>\s*<td data-sort="(\d+)">.*?<progress[^>]* value="(\d+)".*?</td>'
    rb"\s*<td data-sort=.*?</td>\s*<td> (\d+) </td>",
    re.DOTALL,
)
"""A row of the table of workers: address, name, threads, memory limit, memory, tasks (to
2026.8)."""


class _Identity(msgspec.Struct):
    """The fields of ``/json/identity.json`` that we use."""

    workers: dict[str, FullReading]


class _Counts(msgspec.Struct):
    """The fields of ``/json/counts.json`` that we use."""

    processing: int = 0
    memory: int = 0
    released: int = 0
    erred: int = 0
    waiting: int = 0


async def read_readings(client: SchedulerClient, entry: Entry) -> Readings:
    """Read all of a scheduler once; raises `SchedulerUnavailable`."""
    if entry.readings_path is not None:
        try:
            return await client.read_json(entry, entry.readings_path, Readings)
        except SchedulerUnavailable as error:
            # An image may be too old for our page.
            if error.details.get("status") != 404:
                raise
    return await read_foreign(entry, lambda path: client.read(entry, path))


async def read_foreign(entry: Entry, ask: Ask) -> Readings:
    """Read a scheduler that has only Dask's own pages.

    Tasks come from the Prometheus page, which adds up counters; only a scheduler without
    ``prometheus_client`` is asked for ``counts.json``, which walks over every task.
    """
    workers = await _read_workers(entry, ask)
    page = await ask("/metrics")
    tasks = {state.decode(): int(float(value)) for state, value in _TASKS.findall(page)}
    if not tasks:
        counts = decode(entry, await ask("/json/counts.json"), _Counts)
        return Readings(workers, msgspec.to_builtins(counts), None)
    finished = {_unescape(name): int(float(it)) for name, it in _FINISHED.findall(page)}
    return Readings(workers, tasks, sum(finished.values()), finished_by=finished)


def _unescape(label: bytes) -> str:
    text = label.decode(errors="replace")
    return _ESCAPED.sub(lambda it: "\n" if it[1] == "n" else it[1], text)


async def _read_workers(entry: Entry, ask: Ask) -> list[WorkerReading]:
    """Read the workers; from a page for people while the one for programs is broken.

    ``identity.json`` answers 500 while tasks run (distributed 2026.8: metrics with keys
    that JSON does not know). The table of workers does not tell CPU: there each thread that
    has a task counts as busy.
    """
    try:
        body = await ask("/json/identity.json")
    except SchedulerUnavailable as error:
        if error.details.get("status") != 500:
            raise
        page = await ask("/info/main/workers.html")
        return await _apart(page, lambda: [_read_row(*it) for it in _ROW.findall(page)])
    return await _apart(body, lambda: _identified(entry, body))


def _identified(entry: Entry, body: bytes) -> list[WorkerReading]:
    identity = decode(entry, body, _Identity)
    for address, worker in identity.workers.items():
        worker.address = address
    return list(identity.workers.values())


async def _apart(
    body: bytes, read: Callable[[], list[WorkerReading]]
) -> list[WorkerReading]:
    """Take an answer apart, a large one in a thread: it may take more than 20 ms."""
    return read() if len(body) < LARGE else await asyncio.to_thread(read)


def _read_row(address: bytes, name: bytes, *numbers: bytes) -> WorkerReading:
    threads, limit, memory, processing = (int(it) for it in numbers)
    busy = 100.0 * min(threads, processing)
    counts = {"executing": processing}
    return FullReading(
        name=html.unescape(name.decode()),
        address=html.unescape(address.decode()),
        nthreads=threads,
        memory_limit=limit,
        metrics=FullMetrics(cpu=busy, memory=memory, task_counts=counts, guessed=True),
    )
