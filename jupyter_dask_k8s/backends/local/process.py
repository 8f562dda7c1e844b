"""One host process, seen from the server: start, command, hear, end."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Callable

import msgspec

from .output import Output
from .protocol import HostCommand, HostConfig, HostReport

_REPORT_BYTES = 2**24
"""A report is one line, and speaks of each worker group."""

_MODULE = "jupyter_dask_k8s.backends.local.host"


class HostProcess:
    """A child process in a group of its own; its standard input is its lifeline.

    However the server ends, the kernel closes that pipe and the host ends itself and its
    workers.
    """

    def __init__(self, on_report: Callable[[HostReport], None]) -> None:
        self._on_report = on_report
        self._process: asyncio.subprocess.Process | None = None
        self._command: HostCommand | None = None
        self.output = Output()
        """What the host and its workers print."""

    async def run(self, config: HostConfig) -> int:
        """Start the host and return its exit status when it has ended, with all workers.

        Negative numbers are signals. Cancelling kills the host.
        """
        self._process = process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            _MODULE,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            limit=_REPORT_BYTES,
            # No folder of the user's may shadow a module while the host starts.
            cwd="/",
            start_new_session=True,
        )
        try:
            self._write(config)
            if self._command is not None:
                self._write(self._command)
            await asyncio.gather(self._read_reports(process), self._read_log(process))
            return await process.wait()
        finally:
            # Also after a normal end: a worker that ignores its end must not stay.
            self.kill()
            await process.wait()
            self.output.close()

    def send(self, command: HostCommand) -> None:
        """Tell the host what is wanted now; it hears of it when it has started."""
        self._command = command
        self._write(command)

    def kill(self) -> None:
        """End the host and all its workers at once."""
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)

    def _write(self, message: msgspec.Struct) -> None:
        stdin = self._process.stdin if self._process else None
        if stdin is not None and not stdin.is_closing():
            stdin.write(msgspec.json.encode(message) + b"\n")

    async def _read_reports(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout is not None
        decoder = msgspec.json.Decoder(HostReport)
        while line := await process.stdout.readline():
            self._on_report(decoder.decode(line))

    async def _read_log(self, process: asyncio.subprocess.Process) -> None:
        assert process.stderr is not None
        while chunk := await process.stderr.read(65536):
            self.output.write(chunk)
