# mypy: ignore-errors
# For jupyter-dask-k8s: runs in our schedulers, whose image need not have that package; the
# text of schedulerpage.py stands before this one.
# - A page with readings (see readings.py there): Dask's own /json/identity.json answers
#   500 while tasks run (distributed 2026.8).
# - Two clocks: without work, without a client. The operator asks check_idle and knows one.
# - Among several worker groups the operator's autoscaler counts and takes those of the
#   default group: it asks for numbers and names no group.
# - Packages that every worker installs when it starts.
import asyncio
import json
import os
import time
from collections import Counter

import distributed
from distributed.diagnostics.plugin import SchedulerPlugin
from distributed.http.utils import RequestHandler

from jupyter_dask_k8s.schedulerpage import MonitorPage, read_gpu  # the text before this

FIRST_WORKERS = 600  # seconds that they may take before a cluster counts as idle
JUMP = 60  # seconds by which nobody corrects the time of day without a jump


class Clocks(SchedulerPlugin):
    name = "jupyter-dask-k8s-clocks"

    def __init__(self, scheduler, settings):
        self.scheduler, self.began = scheduler, time.time()
        self.since = None  # both clocks run from here at the earliest
        self.alone = time.time()
        self.shift = time.time() - time.monotonic()
        self.problem = ""  # what the card shall say of packages
        self.set(settings)
        self.ask = scheduler.check_idle
        scheduler.check_idle = self.check_idle

    def set(self, settings):
        self.timeout = settings.get("timeout") or 0
        self.idle = settings.get("idle")
        self.no_client = settings.get("no_client")

    def touch(self):
        self.since = time.time()

    def follow(self):
        # Who sets the time of day ends no cluster: the clocks start anew.
        shift = time.time() - time.monotonic()
        if abs(shift - self.shift) > JUMP:
            self.began = self.alone = time.time()
            if self.since is not None:
                self.touch()
        self.shift = shift

    def clients(self):
        # Tasks may have clients, too; these are no people.
        others = ("fire-and-forget", "Client-worker-")
        return len([it for it in self.scheduler.clients if not it.startswith(others)])

    def remove_client(self, scheduler, client):
        self.alone = time.time()

    def starts(self):
        if self.since is None and (
            self.scheduler.workers or time.time() > self.began + FIRST_WORKERS
        ):
            self.touch()
        return self.since

    def idle_since(self):
        since, starts = self.ask(), self.starts()
        return max(since, starts) if since and starts else None

    def no_client_since(self):
        starts = self.starts()
        return max(self.alone, starts) if starts and not self.clients() else None

    def ends(self):
        self.follow()
        clocks = ((self.idle_since(), self.idle), (self.no_client_since(), self.no_client))
        return min((at + most for at, most in clocks if at and most), default=None)

    def check_idle(self):
        # The operator ends a cluster when this is longer ago than spec.idleTimeout.
        ends = self.ends()
        return ends - self.timeout if ends else 0


def read(scheduler, clocks):
    tasks, finished = Counter(), 0
    for prefix in scheduler.task_prefixes.values():
        tasks.update(prefix.states)
        finished += prefix.state_counts["memory"]
    workers = []
    for it in scheduler.workers.values():
        workers.append(
            {
                "name": str(it.name),
                "address": it.address,
                "nthreads": it.nthreads,
                "memory_limit": it.memory_limit,
                "processing": len(it.processing),
                "metrics": {
                    "cpu": it.metrics.get("cpu", 0),
                    "memory": it.metrics.get("memory", 0),
                    "gpu": read_gpu(it.metrics) or None,
                },
                "gpu": (it.extra or {}).get("gpu") or None,
            }
        )
    return {
        "workers": workers,
        "tasks": dict(tasks),
        "finished": finished,
        "clients": clocks.clients(),
        "idle_since": clocks.idle_since(),
        "no_client_since": clocks.no_client_since(),
        "ends": clocks.ends(),
        "scheduler": own_use(scheduler),
        "problem": clocks.problem,
        "versions": {"distributed": distributed.__version__},
    }


def own_use(scheduler):
    try:
        recent = scheduler.monitor.recent()
        return {"cpu": recent["cpu"], "memory": int(recent["memory"])}
    except Exception:  # a monitor that has not looked yet, or is another one
        return None


class Readings(RequestHandler):
    def initialize(self, dask_server=None, clocks=None, page=None):
        super().initialize(dask_server=dask_server)
        self.clocks, self.page = clocks, page

    def get(self):
        known = self.get_query_argument("monitor", None)
        if known is None:
            self.set_header("Content-Type", "application/json")
            self.write(json.dumps(read(self.server, self.clocks)))
        else:
            self.set_header("Content-Type", "application/msgpack")
            self.write(self.page.answer(known, self.more))

    def more(self):
        return {
            "clients": self.clocks.clients(),
            "ends": self.clocks.ends(),
            "scheduler": own_use(self.server),
        }

    def put(self):
        wish = json.loads(self.request.body)
        self.clocks.set(wish)
        if wish.get("touch"):
            self.clocks.touch()
        self.get()


def spare_other_groups(scheduler, cluster):
    close, target = scheduler.workers_to_close, scheduler.adaptive_target

    def mine():
        prefix = f"{cluster}-default-worker-"
        return [it for it in scheduler.workers.values() if str(it.name).startswith(prefix)]

    def workers_to_close(n=None, attribute="address", **options):
        if n is None:
            return close(n=n, attribute=attribute, **options)
        workers = sorted(mine(), key=lambda it: (len(it.processing), it.nbytes))
        return [getattr(it, attribute) for it in workers[:n]]

    def adaptive_target(*args, **options):
        others = len(scheduler.workers) - len(mine())
        return max(0, target(*args, **options) - others)

    for method in (workers_to_close, adaptive_target):
        setattr(scheduler, method.__name__, method)
        if method.__name__ in scheduler.handlers:
            scheduler.handlers[method.__name__] = method


async def install(scheduler, clocks, packages):
    from distributed.diagnostics.plugin import PipInstall

    plugin = PipInstall(packages, pip_options=["--retries", "1", "--timeout", "10"])
    plugin.name = "jupyter-dask-k8s-packages"
    clocks.problem = f"Installing {' '.join(packages)}."
    try:
        if isinstance(plugin, SchedulerPlugin):
            # Its start blocks the scheduler while pip works; here the work is done before,
            # in a thread, or Kubernetes would take the scheduler for dead.
            await asyncio.to_thread(plugin._install_fn)
            await scheduler.register_scheduler_plugin(
                plugin=plugin, name=plugin.name, idempotent=True
            )
        else:  # before distributed 2024.5
            from distributed.protocol.pickle import dumps

            await scheduler.register_worker_plugin(None, dumps(plugin), plugin.name)
    except Exception as error:
        words = " ".join(str(error).split())[-300:] or type(error).__name__
        clocks.problem = f"{' '.join(packages)} could not be installed: {words}"
    else:
        clocks.problem = ""


async def dask_setup(scheduler):
    settings = json.loads(os.environ.get("JUPYTER_DASK_K8S") or "{}")
    clocks = Clocks(scheduler, settings)
    scheduler.add_plugin(clocks, name=clocks.name)
    if settings.get("cluster"):
        spare_other_groups(scheduler, settings["cluster"])
    # Each worker is a pod with GPUs of its own.
    page = MonitorPage(scheduler, lambda worker: None)
    options = {"dask_server": scheduler, "clocks": clocks, "page": page}
    route = (r"/jupyter-dask-k8s/readings\.json", Readings, options)
    scheduler.http_application.add_handlers(r".*", [route])
    if settings.get("packages"):
        clocks.task = asyncio.ensure_future(
            install(scheduler, clocks, settings["packages"])
        )
