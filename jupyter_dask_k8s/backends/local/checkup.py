"""What the doctor looks at on this machine."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

from ...profiles import Book
from ...quantities import format_memory
from ..checkup import profiles
from ..examination import Examination, Finding, failed, ok, warning
from .machine import Machine

SLOW_LIMIT = 20.0
"""Seconds that a process may take to load Dask: on small machines that takes its time."""

LITTLE = 2**29
"""Bytes of memory below which a worker has a hard time."""

_PROGRAM = """
import multiprocessing, sys
import dask, distributed
if __name__ == "__main__":
    process = multiprocessing.get_context("spawn").Process(target=print)
    process.start()
    process.join()
    print(distributed.__version__)
    sys.exit(process.exitcode)
"""


def examinations(
    machine: Machine,
    clusters: int,
    most: int,
    directory: str,
    book: Callable[[], Awaitable[Book]],
) -> list[Examination]:
    """Return all; ``clusters`` are there of ``most`` that may be."""

    async def size() -> Finding:
        return _size(machine)

    async def room() -> Finding:
        return _room(clusters, most)

    async def place() -> Finding:
        # Beside the event loop: it may be a disk of the network that hangs.
        return await asyncio.to_thread(_directory, Path(directory))

    return [
        Examination("local.machine", "This machine", size),
        Examination("local.dask", "Dask in new processes", _dask, SLOW_LIMIT),
        Examination("local.ports", "Ports", _ports),
        Examination("local.clusters", "Room for clusters", room),
        Examination("local.directory", "Working directory", place),
        profiles("local.profiles", "Profiles on this machine", "LocalBackend", book),
    ]


def _size(machine: Machine) -> Finding:
    cpus = f"{machine.cpus} processor{'' if machine.cpus == 1 else 's'}"
    text = f"There are {cpus} and {format_memory(machine.memory)} of memory."
    if machine.memory < LITTLE:
        return warning(
            f"{text} That is little for workers.",
            "c.LocalBackend.max_workers = 1\nc.LocalBackend.default_workers = 1",
            "config",
        )
    return ok(text)


def _room(clusters: int, most: int) -> Finding:
    if clusters >= most:
        return warning(
            f"There are {clusters} clusters, which is the limit.",
            f"c.LocalBackend.max_clusters = {2 * most}",
            "config",
        )
    there = "There is 1 cluster" if clusters == 1 else f"There are {clusters} clusters"
    return ok(f"{there}; {most} are possible.")


def _directory(directory: Path) -> Finding:
    what = f"Workers run in {directory} (LocalBackend.directory)"
    lack = ""
    if not directory.is_dir():
        lack = "which is not there" if not directory.exists() else "which is no directory"
    elif not os.access(directory, os.R_OK | os.X_OK):
        lack = "which we may not read"
    if lack:
        return failed(
            f"{what}, {lack}: no cluster starts.",
            f'c.LocalBackend.directory = "{Path.home()}"',
            "config",
        )
    return ok(f"{what}.")


async def _dask() -> Finding:
    """Load Dask in a process of its own, and spawn another one from there."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", _PROGRAM),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        told, errors = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode == 0:
        version = told.decode(errors="replace").split()[-1]
        return ok(f"New processes start, and have distributed {version}.")
    lines = errors.decode(errors="replace").strip().splitlines()
    return failed(
        f"A process with Dask does not start: {lines[-1] if lines else 'it says nothing'}",
        f"{sys.executable} -m pip install --upgrade dask distributed",
        "command",
    )


async def _ports() -> Finding:
    """Listen on loopback, and connect to ourselves."""
    try:
        server = await asyncio.start_server(
            lambda _, writer: writer.close(), "127.0.0.1", 0, family=socket.AF_INET
        )
    except OSError as error:
        return failed(
            f"No port of 127.0.0.1 can be opened: {error}.", "ip address show lo", "command"
        )
    async with server:
        port = server.sockets[0].getsockname()[1]
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError as error:
            return failed(
                f"127.0.0.1:{port} cannot be reached: {error}.",
                "ip address show lo",
                "command",
            )
        writer.close()
    return ok("Ports of 127.0.0.1 can be opened and reached.")
