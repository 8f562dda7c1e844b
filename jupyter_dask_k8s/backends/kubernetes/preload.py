# mypy: ignore-errors
# For jupyter-dask-k8s. A page with readings (see readings.py there), since Dask's own
# /json/identity.json answers 500 while tasks run (distributed 2026.8); and no idle time
# before the first worker is there, or a slow image would end a cluster that never began.
import json
import time
from collections import Counter

from distributed.http.utils import RequestHandler


def read(scheduler):
    tasks, finished = Counter(), 0
    for prefix in scheduler.task_prefixes.values():
        tasks.update(prefix.states)
        finished += prefix.state_counts["memory"]
    workers = []
    for it in scheduler.workers.values():
        gpu = it.metrics.get("gpu")
        workers.append(
            {
                "nthreads": it.nthreads,
                "memory_limit": it.memory_limit,
                "metrics": {
                    "cpu": it.metrics.get("cpu", 0),
                    "memory": it.metrics.get("memory", 0),
                    "gpu": gpu if isinstance(gpu, dict) else None,
                },
                "gpu": (it.extra or {}).get("gpu") or None,
            }
        )
    return {"workers": workers, "tasks": dict(tasks), "finished": finished}


class Readings(RequestHandler):
    def get(self):
        self.set_header("Content-Type", "application/json")
        self.write(json.dumps(read(self.server)))


def wait_for_workers(scheduler, seconds=600):
    check_idle, end = scheduler.check_idle, time.time() + seconds

    def check():
        nonlocal end
        if scheduler.workers:
            end = 0
        if time.time() < end:
            scheduler.idle_since = None
            return None
        return check_idle()

    scheduler.check_idle = check


async def dask_setup(scheduler):
    wait_for_workers(scheduler)
    route = (r"/jupyter-dask-k8s/readings\.json", Readings, {"dask_server": scheduler})
    scheduler.http_application.add_handlers(r".*", [route])
