"""What it costs a scheduler to be asked how it is: each source of readings, in a table.

``python -m benchmarks.metrics_sources [workers] [tasks]`` (default: 1000 workers, a million
tasks, for which it wants 2 GB) starts a real `distributed.Scheduler` in a process of its
own and gives it workers and tasks that are only claimed: their states are real, with the
metrics of a real worker. Printed is the processor time that one answer takes there, all of
HTTP with it, and how often a source may be read if it shall have 1 % of the scheduler.
"""

from __future__ import annotations

import asyncio
import contextlib
import copy
import json
import statistics
import subprocess
import sys
import time
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import msgspec

PREFIXES = 100
GROUPS = 10
"""Of each prefix."""
READS = 15
OURS = "/jupyter-dask-k8s/readings.json"
SOURCES = (
    ("nothing but HTTP", "/health"),
    ("our page, for the monitor", f"{OURS}?monitor="),
    ("our page, all readings", OURS),
    ("Prometheus", "/metrics"),
    ("table of workers", "/info/main/workers.html"),
    ("identity of workers", "/json/identity.json"),
    ("counts of tasks", "/json/counts.json"),
)


async def schedule(workers: int, tasks: int) -> None:
    """Be the scheduler: print its port, then add tasks when a line comes in."""
    import dask
    from distributed import Scheduler, Worker

    from jupyter_dask_k8s import schedulerpage

    schedulerpage.SHARE = 1e9  # no answer serves twice
    routes = "distributed.scheduler.http.routes"
    page = "jupyter_dask_k8s.backends.local.readings"
    dask.config.set(
        {routes: [*dask.config.get(routes), page], "distributed.scheduler.worker-ttl": None}
    )
    async with Scheduler(
        host="127.0.0.1", port=0, dashboard_address="127.0.0.1:0"
    ) as scheduler:
        async with Worker(scheduler.address, nthreads=4, memory_limit="8 GiB") as worker:
            await asyncio.sleep(1.5)
            real = scheduler.workers[worker.address]
        claim_workers(scheduler, real, workers)
        print(json.dumps({"port": scheduler.services["dashboard"].port}), flush=True)
        await asyncio.to_thread(sys.stdin.readline)
        claim_tasks(scheduler, tasks)
        print("{}", flush=True)
        await asyncio.to_thread(sys.stdin.readline)


def claim_workers(scheduler: Any, real: Any, count: int) -> None:
    """Add workers which have the metrics of a real one."""
    from distributed.scheduler import WorkerState

    metrics = copy.deepcopy(real.metrics)
    # With these identity.json answers 500 (their keys are no text).
    metrics["digests_total_since_heartbeat"] = {}
    metrics["gpu"] = {"utilization": 50, "memory-used": 2**34}
    for number in range(count):
        address = f"tcp://10.0.{number // 250}.{number % 250}:40000"
        state = WorkerState(
            address=address,
            status=real.status,
            pid=number,
            name=f"demo-default-worker-{number:010}",
            nthreads=4,
            memory_limit=real.memory_limit,
            local_directory=real.local_directory,
            services=real.services,
            versions=real.versions,
            nanny=address,
            extra={"gpu": {"name": "NVIDIA H100 80GB", "memory-total": 80 * 2**30}},
            server_id=f"worker-{number}",
            scheduler=scheduler,
        )
        state.metrics = {**copy.deepcopy(metrics), "memory": 2**30 + number}
        scheduler.workers[address] = state


def claim_tasks(scheduler: Any, count: int) -> None:
    """Add tasks whose groups and prefixes count them, half of them in memory."""
    import gc

    gc.disable()
    for number in range(count):
        group = number % (PREFIXES * GROUPS)
        name = f"work{chr(97 + group % 10)}{chr(97 + group // 10 % 10)}"
        key = (f"{name}-{group:032x}", number)
        scheduler.new_task(key, None, "memory" if number % 2 else "released")
    gc.freeze()
    gc.enable()


def processor_time(pid: int) -> float:
    """Return the seconds that a process has run."""
    fields = Path(f"/proc/{pid}/schedstat").read_text().split()
    total = int(fields[0])
    for task in Path(f"/proc/{pid}/task").iterdir():
        if task.name != str(pid):
            with contextlib.suppress(OSError):
                total += int((task / "schedstat").read_text().split()[0])
    return total / 1e9


def read(connection: HTTPConnection, path: str) -> tuple[int, bytes]:
    """Return status and body of an answer."""
    connection.request("GET", path)
    answer = connection.getresponse()
    return answer.status, answer.read()


def measure(pid: int, port: int, path: str) -> tuple[int, int, float]:
    """Return status, size, and the median of the processor time of an answer."""
    connection = HTTPConnection("127.0.0.1", port, timeout=120)
    _, body = read(connection, path)
    if path.endswith("="):  # from now on as one who has asked before
        head = msgspec.msgpack.decode(body)[0]
        path += f"{head['id']}:{head['last']}"
    costs = []
    for _ in range(READS):
        begin = processor_time(pid)
        status, body = read(connection, path)
        time.sleep(0.01)  # what it does after the answer belongs to it
        costs.append(processor_time(pid) - begin)
    connection.close()
    return status, len(body), statistics.median(costs)


def table(pid: int, port: int, title: str) -> None:
    print(f"\n{title:42} {'bytes':>9} {'ms':>8} {'1 % of its time':>18}")
    for name, path in SOURCES:
        status, size, cost = measure(pid, port, path)
        if status != 200:
            print(f"{name:42} {'answers':>9} {status:>8}")
            continue
        pause = f"every {max(1.0, 100 * cost):.1f} s"
        print(f"{name:42} {size:9,} {1000 * cost:8.2f} {pause:>18}", flush=True)


def main() -> None:
    if sys.argv[1:2] == ["--scheduler"]:
        asyncio.run(schedule(int(sys.argv[2]), int(sys.argv[3])))
        return
    workers = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    tasks = int(sys.argv[2]) if len(sys.argv) > 2 else 1_000_000
    with subprocess.Popen(
        [sys.executable, "-m", __spec__.name, "--scheduler", str(workers), str(tasks)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdin
        assert process.stdout
        port = json.loads(process.stdout.readline())["port"]
        table(process.pid, port, f"{workers:,} workers, no task")
        process.stdin.write("\n")
        process.stdin.flush()
        process.stdout.readline()
        prefixes = f"{PREFIXES} prefixes"
        table(process.pid, port, f"{workers:,} workers, {tasks:,} tasks ({prefixes})")
        process.kill()


if __name__ == "__main__":
    main()
