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
from typing import IO, TYPE_CHECKING, Any

import msgspec

from .protocol import HostCommand, HostConfig, HostReport

if TYPE_CHECKING:
    from distributed import LocalCluster

STOP_LIMIT = 3.0
"""Seconds that a cluster may take to stop before it is killed."""

TICK = 1.0
"""Seconds between two looks at the state where no event told of a change."""

_READINGS = "jupyter_dask_k8s.backends.local.readings"

NICENESS = 5
"""How far a cluster stands back behind Jupyter and its kernels when processors are short:
they get about three times its share."""

START_LIMIT = 60.0
"""Seconds after which a cluster counts as idle even if workers are still missing."""

IDLE_NOTICE = 5.0
"""A cluster is reported as idle after so many seconds, so that short pauses between
computations cause no traffic."""


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
        self._wanted = HostCommand(
            number=0,
            workers=None if config.adapt else config.workers,
            adapt=config.adapt,
            idle_seconds=config.idle_seconds,
        )
        self._kept = 0
        self._applied = False
        self._ready_at: float | None = None
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
        if command is None:
            self._wanted.stop = True
        else:
            self._wanted = command
        self._commanded.set()
        self._changed.set()

    async def run(self) -> None:
        """Live until told to stop, until idle for too long, or until the scheduler ends."""
        cluster = await self._make_cluster()
        self._plug_in(cluster)
        keeper = asyncio.create_task(self._keep(cluster))
        ended = ""
        try:
            while not (self._wanted.stop or ended or keeper.done()):
                ended = self._report(cluster)
                await _wait(self._changed)
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

        config = self._config
        routes = "distributed.scheduler.http.routes"
        dask.config.set({routes: [*dask.config.get(routes), _READINGS]})
        return LocalCluster(
            name=config.name,
            n_workers=0,
            threads_per_worker=config.threads,
            memory_limit=config.memory,
            processes=True,
            host="127.0.0.1",
            scheduler_port=0,
            dashboard_address="127.0.0.1:0",
            env=config.env,
            asynchronous=True,
            silence_logs=False,
        )

    def _plug_in(self, cluster: LocalCluster) -> None:
        """Hear of workers that come and go."""
        from distributed.diagnostics.plugin import SchedulerPlugin

        changed = self._changed

        class Notice(SchedulerPlugin):  # type: ignore[misc]  # distributed has no types
            def add_worker(self, *args: Any, **kwargs: Any) -> None:
                changed.set()

            def remove_worker(self, *args: Any, **kwargs: Any) -> None:
                changed.set()

        cluster.scheduler.add_plugin(Notice(), name="jupyter-dask-k8s")

    async def _keep(self, cluster: LocalCluster) -> None:
        """Bring the cluster to the wanted state, one command after the other."""
        applied: HostCommand | None = None
        while True:
            wanted = self._wanted
            if applied is None or wanted.number != applied.number:
                await self._apply(cluster, wanted, applied)
                applied = wanted
                self._applied = True
                self._changed.set()
            # A nanny that was lost for good leaves its place in the plan: fill it again.
            elif set(cluster.worker_spec) - set(cluster.workers):
                await cluster._correct_state()
            await _wait(self._commanded)

    async def _apply(
        self, cluster: LocalCluster, wanted: HostCommand, applied: HostCommand | None
    ) -> None:
        before = applied.adapt if applied else None
        if wanted.adapt is not None:
            if wanted.adapt != before:
                cluster.adapt(minimum=wanted.adapt.minimum, maximum=wanted.adapt.maximum)
            return
        if before is not None:
            cluster._adaptive.stop()
        if wanted.workers is not None:
            self._kept = 0
            surplus = len(cluster.worker_spec) - wanted.workers
            if surplus > 0:
                await self._retire(cluster, surplus, keep_data=wanted.workers > 0)
            cluster.scale(wanted.workers + self._kept)

    async def _retire(self, cluster: LocalCluster, surplus: int, keep_data: bool) -> None:
        """Let the cheapest workers go after their data has moved to the others.

        ``LocalCluster.scale`` alone closes the newest ones, busy or not, and their data is
        lost: it hands names to ``retire_workers`` as addresses (distributed 2026.8).
        """
        scheduler = cluster.scheduler
        present = {worker.name for worker in scheduler.workers.values()}
        absent = [name for name in cluster.worker_spec if name not in present]
        for name in absent[:surplus]:
            del cluster.worker_spec[name]
        surplus -= min(surplus, len(absent))
        names = scheduler.workers_to_close(n=surplus, attribute="name") if surplus else []
        names = names[:surplus]
        if keep_data and names:
            gone = await scheduler.retire_workers(names=names)
            retired = {info["name"] for info in gone.values()}
            self._kept = len(set(names) - retired)
            names = [name for name in names if name in retired]
        for name in names:
            cluster.worker_spec.pop(name, None)

    def _report(self, cluster: LocalCluster) -> str:
        """Say what changed; returns why the cluster must end, or an empty string."""
        scheduler = cluster.scheduler
        idle_since = self._idle_since(cluster)
        wanted = self._wanted
        planned = len(cluster.worker_spec)
        report = HostReport(
            number=wanted.number,
            scheduler_address=scheduler.address,
            dashboard_port=scheduler.services["dashboard"].port,
            desired=planned if wanted.workers is None else wanted.workers,
            ready=len(scheduler.workers),
            kept=self._kept,
            idle_since=self._notable(idle_since),
            ended=self._why_end(cluster, idle_since),
        )
        if report != self._reported:
            self._reported = report
            self._writer.write(msgspec.json.encode(report) + b"\n")
        return report.ended

    def _idle_since(self, cluster: LocalCluster) -> float | None:
        """Since when there was no work; waiting for the first workers is no idleness."""
        from distributed.metrics import time

        scheduler = cluster.scheduler
        if self._ready_at is None:
            complete = len(scheduler.workers) >= len(cluster.worker_spec) and self._applied
            if complete or time() - scheduler.time_started > START_LIMIT:
                self._ready_at = time()
        since = scheduler.check_idle()
        if since is None or self._ready_at is None:
            return None
        return max(float(since), self._ready_at)

    def _notable(self, idle_since: float | None) -> float | None:
        from distributed.metrics import time

        if self._wanted.idle_seconds is None or idle_since is None:
            return None
        return idle_since if time() - idle_since >= IDLE_NOTICE else None

    def _why_end(self, cluster: LocalCluster, idle_since: float | None) -> str:
        from distributed import Status
        from distributed.metrics import time

        limit = self._wanted.idle_seconds
        if limit is not None and idle_since is not None and time() > idle_since + limit:
            return "idle"
        if cluster.scheduler.status != Status.running:
            return "closed"
        return ""


def _prepare(config: HostConfig) -> None:
    """Set up what must be there before Dask is imported.

    Workers come from a fork server that has Dask loaded already: each starts in a
    tenth of the time. It starts now, beside our own import of Dask, and so must have
    the environment that nannies give to workers (``distributed.nanny.pre-spawn-environ``).
    """
    import multiprocessing
    from multiprocessing import forkserver

    os.nice(NICENESS)
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
    os.environ.update(config.env)
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
