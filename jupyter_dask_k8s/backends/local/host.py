"""The process that holds one local cluster: scheduler and nannies, through LocalCluster.

Run as ``python -m jupyter_dask_k8s.backends.local.host``; see ``protocol.py``. The server
starts it as the leader of a process group of its own, so that one signal reaches the
workers too.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
import threading
from typing import IO, TYPE_CHECKING

import msgspec

from .protocol import DEFAULT, HostCommand, HostConfig, HostReport

if TYPE_CHECKING:
    from distributed import LocalCluster

    from ...models import Adapt
    from .groups import Groups
    from .watch import Watch

STOP_LIMIT = 3.0
"""Seconds that a cluster may take to stop before it is killed."""

TICK = 1.0
"""Seconds between two looks at the state where no event told of a change."""

_READINGS = "jupyter_dask_k8s.backends.local.readings"

NICENESS = 5
"""How far a cluster stands back behind Jupyter and its kernels when processors are short:
they get about three times its share."""

_AUTOGROUP = "/proc/self/autogroup"
"""Where Linux shares processors between sessions, niceness counts only within one, and that
of the session is here (sched(7)); in containers it is mostly not so."""


def _take_channel() -> tuple[IO[bytes], IO[bytes]]:
    """Keep standard input and output for ourselves.

    Workers inherit descriptors 0 to 2: user code must neither read commands nor write
    into reports, so these become the null device and standard error.
    """
    reader = os.fdopen(os.dup(0), "rb")
    writer = os.fdopen(os.dup(1), "wb", buffering=0)
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.dup2(2, 1)
    return reader, writer


def _die() -> None:
    """End this process and all its workers at once, busy or not."""
    if os.getpgrp() == os.getpid():
        os.killpg(0, signal.SIGKILL)
    os._exit(1)


async def _wait(event: asyncio.Event) -> None:
    """Wait for an event, but no longer than a tick."""
    with contextlib.suppress(asyncio.TimeoutError):
        await asyncio.wait_for(event.wait(), TICK)
    event.clear()


class Host:
    """Keeps one cluster as the last command wants it and reports what it sees."""

    def __init__(self, config: HostConfig, writer: IO[bytes]) -> None:
        self._config = config
        self._writer = writer
        self._wanted = config.wanted
        self._stop = False
        self._applied = False
        self._reported: HostReport | None = None
        self._changed = asyncio.Event()
        self._commanded = asyncio.Event()
        self._loop = asyncio.get_running_loop()

    def listen(self, reader: IO[bytes]) -> None:
        """Take commands until the end of input (runs in a thread of its own)."""
        decoder = msgspec.json.Decoder(HostCommand)
        for line in reader:
            self._loop.call_soon_threadsafe(self._take, decoder.decode(line))
        # The server is gone or wants us to go. If the loop does not manage in time
        # (a computation may hold it), this thread ends everything.
        self._loop.call_soon_threadsafe(self._take, None)
        threading.Event().wait(STOP_LIMIT)
        _die()

    def _take(self, command: HostCommand | None) -> None:
        if command is None or command.stop:
            self._stop = True
        else:
            self._wanted = command
        self._commanded.set()
        self._changed.set()

    async def run(self) -> None:
        """Live until told to stop, until a clock runs out, or until the scheduler ends."""
        from .groups import Groups
        from .watch import Watch

        cluster = await self._make_cluster()
        groups = Groups(cluster)
        watch = Watch(cluster, self._changed, lambda: self._wanted.clocks)
        keeper = asyncio.create_task(self._keep(groups))
        ended = ""
        try:
            while not (self._stop or ended or keeper.done()):
                watch.look(complete=self._applied)
                ended = self._report(groups, watch)
                await _wait(self._changed)
            if self._reported is not None:
                self._say(msgspec.structs.replace(self._reported, stopping=True))
        finally:
            keeper.cancel()
            # A cluster whose scheduler is gone would wait for it; its workers end with us.
            if ended != "closed":
                with contextlib.suppress(asyncio.TimeoutError):
                    await asyncio.wait_for(cluster.close(), STOP_LIMIT)
        if keeper.done() and not keeper.cancelled():
            keeper.result()

    def _make_cluster(self) -> LocalCluster:
        import dask
        from distributed import LocalCluster

        routes = "distributed.scheduler.http.routes"
        dask.config.set({routes: [*dask.config.get(routes), _READINGS]})
        return LocalCluster(
            name=self._config.name,
            n_workers=0,
            threads_per_worker=1,
            processes=True,
            host="127.0.0.1",
            scheduler_port=0,
            dashboard_address="127.0.0.1:0",
            asynchronous=True,
            silence_logs=False,
        )

    async def _keep(self, groups: Groups) -> None:
        """Bring the cluster to the wanted state, one command after the other."""
        cluster = groups.cluster
        applied: HostCommand | None = None
        while True:
            wanted = self._wanted
            if applied is None or wanted.number != applied.number:
                async with groups.lock:
                    await self._apply(groups, wanted, applied)
                applied = wanted
                self._applied = True
                self._changed.set()
            # A nanny that was lost for good leaves its place in the plan: fill it again.
            elif set(cluster.worker_spec) - set(cluster.workers):
                await cluster._correct_state()
            await _wait(self._commanded)

    async def _apply(
        self, groups: Groups, wanted: HostCommand, applied: HostCommand | None
    ) -> None:
        for group in applied.groups if applied else ():
            new = wanted.group(group.name)
            # A group may have gone and come again between two commands.
            if new is None or not new.like(group):
                await groups.remove(group.name)
        for group in wanted.groups:
            groups.know(group)
        await self._adapt(groups, wanted.adapt, applied.adapt if applied else None)
        for group in wanted.groups:
            if group.workers is not None:
                await groups.scale(group.name, group.workers)

    async def _adapt(
        self, groups: Groups, adapt: Adapt | None, before: Adapt | None
    ) -> None:
        from .groups import DefaultAdaptive

        if adapt == before:
            return
        cluster = groups.cluster
        if adapt is None:
            cluster._adaptive.stop()
            return
        if before is None:
            groups.decisions.clear()
        planned = len(groups.planned(DEFAULT))
        if planned < adapt.minimum:
            await groups.scale(DEFAULT, adapt.minimum)
        cluster.adapt(
            Adaptive=DefaultAdaptive,
            groups=groups,
            minimum=adapt.minimum,
            maximum=adapt.maximum,
        )

    def _report(self, groups: Groups, watch: Watch) -> str:
        """Say what changed; returns why the cluster must end, or an empty string."""
        wanted, scheduler = self._wanted, groups.cluster.scheduler
        report = HostReport(
            number=wanted.number,
            scheduler_address=scheduler.address,
            dashboard_port=scheduler.services["dashboard"].port,
            groups={it.name: groups.report(it, watch.starts) for it in wanted.groups},
            decisions=list(groups.decisions),
            idle_since=watch.notable(watch.idle_since, wanted.clocks.idle_seconds),
            no_client_since=watch.notable(
                watch.no_client_since, wanted.clocks.no_client_seconds
            ),
            ended=watch.ended(),
        )
        if report != self._reported:
            self._reported = report
            self._say(report)
        return report.ended

    def _say(self, report: HostReport) -> None:
        self._writer.write(msgspec.json.encode(report) + b"\n")


def _stand_back() -> None:
    """Let Jupyter and its kernels go first; our workers inherit that."""
    os.nice(NICENESS)
    # Not on other systems, nor where the kernel has no such groups.
    with contextlib.suppress(OSError), open(_AUTOGROUP, "w", encoding="ascii") as group:
        group.write(str(NICENESS))


def _prepare(config: HostConfig) -> None:
    """Set up what must be there before Dask is imported.

    Workers come from a fork server that has Dask loaded already: each starts in a
    tenth of the time. It starts now, beside our own import of Dask, and so must have
    the environment that nannies give to workers (``distributed.nanny.pre-spawn-environ``).
    """
    import multiprocessing
    from multiprocessing import forkserver

    _stand_back()
    os.chdir(config.directory)
    sys.path[0] = config.directory
    defaults = {
        "OMP_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "MALLOC_TRIM_THRESHOLD_": "65536",
    }
    for name, value in defaults.items():
        os.environ.setdefault(name, value)
    os.environ.update(config.wanted.groups[0].env)
    os.environ["DASK_DISTRIBUTED__WORKER__MULTIPROCESSING_METHOD"] = "forkserver"
    multiprocessing.set_forkserver_preload(["distributed.nanny", "distributed.worker"])
    forkserver.ensure_running()


async def _main(config: HostConfig, reader: IO[bytes], writer: IO[bytes]) -> None:
    host = Host(config, writer)
    threading.Thread(target=host.listen, args=[reader], daemon=True).start()
    await host.run()


def main() -> None:
    """Read the first line, hold the cluster, take all workers along at the end."""
    # The server ends us by the end of our input; a Ctrl-C in its terminal is its own.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    reader, writer = _take_channel()
    config = msgspec.json.decode(reader.readline(), type=HostConfig)
    _prepare(config)
    try:
        asyncio.run(_main(config, reader, writer))
    finally:
        sys.stderr.flush()
    _die_quietly()


def _die_quietly() -> None:
    """End with status 0; workers that are left have no business any more."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if os.getpgrp() == os.getpid():
        os.killpg(0, signal.SIGTERM)
    os._exit(0)


if __name__ == "__main__":
    main()
