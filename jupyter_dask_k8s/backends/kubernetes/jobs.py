"""DaskJobs of our namespace, made by whomever."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path
from typing import Any

from jupyter_core.paths import jupyter_data_dir
from traitlets import Integer, Unicode
from traitlets.config import LoggingConfigurable

from ...errors import (
    BackendUnavailable,
    ClusterError,
    ClusterNotFound,
    InvalidField,
    JobNotFound,
    JobTaken,
    NameTaken,
    NotPermitted,
    Replaced,
)
from ...models import Cluster, ClusterEvent, Job, JobCreate, JobLogs
from ...quantities import parse_cpu, parse_memory
from ...tasks import end
from ..checks import check_amounts, check_uid, within
from ..jobs import Jobs
from .alarm import Alarm
from .api import KubernetesAPI
from .joblogs import JobLogs as LogKeeper
from .joblogs import Printer
from .jobpicture import JobParts, draw_job, ended, is_started, runner_container, runner_name
from .jobplan import Clusters, Plan, Planner, runner_size
from .leaving import remains
from .logfiles import LogFiles
from .objects import DaskJob, Pod
from .program import yaml_text
from .reflector import Reflector
from .refusals import Conflict, OperatorMissing, ResourceNotFound
from .resources import JOBS, RUNNERS
from .world import SETTLE, Parts

LONGEST_TAIL = 100_000
"""Lines that one may ask for at once."""

TOLD_LINES = 5
"""Lines of a log among which the last words of a runner are."""


OPERATOR_LIMIT = 60
"""Seconds within which the operator makes the cluster of a job, if it ever does."""


class KubernetesJobs(LoggingConfigurable, Jobs):
    """Lists jobs, keeps their logs, and makes new ones."""

    runner_cpu = Unicode("1", help="CPU of each job's runner.").tag(config=True)
    runner_memory = Unicode("2 GiB", help="Memory of each job's runner.").tag(config=True)
    wait_seconds = Integer(
        600, min=1, help="How long a runner waits for the scheduler of its cluster."
    ).tag(config=True)
    log_bytes = Integer(
        2 * 2**20,
        min=2**16,
        help="Bytes that are kept of the log of one pod: at least the newest half of them.",
    ).tag(config=True)
    log_workers = Integer(
        4, min=0, help="Of so many workers of a job the logs are kept."
    ).tag(config=True)
    log_directory = Unicode(
        help="Where logs of jobs are kept. Default: dask-k8s/jobs in Jupyter's data folder."
    ).tag(config=True)

    def __init__(
        self, api: KubernetesAPI, clusters: Clusters, root: Path, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self._api = api
        self._clusters = clusters
        self._root = root
        self._store = clusters.store
        self._pictures: dict[str, Job] = {}
        self._dirty: set[str] = set()
        self._wake = asyncio.Event()
        self._deleted: set[str] = set()
        """The uids of jobs that we have deleted and the watch still shows."""
        self._words: dict[str, str] = {}
        """By uid: the last line of a runner that failed."""
        self._results: dict[str, bool] = {}
        """By uid: whether the result is there."""
        self._waiting: dict[str, float] = {}
        """By uid: since when we know a job without a runner, in the loop's time."""
        self._alarm = Alarm(self.mark)
        self._tasks: set[asyncio.Task[Any]] = set()
        self._jobs = self._reflector(JOBS)
        self._runners = self._reflector(RUNNERS)
        folder = self.log_directory or Path(jupyter_data_dir()) / "dask-k8s/jobs"
        self._logs = LogKeeper(
            api,
            LogFiles(Path(folder) / api.namespace, self.log_bytes),
            self._is_over,
            self._log_appeared,
            self.log,
        )

    # --- life ------------------------------------------------------------------------

    def _reflector(self, kind: Any) -> Reflector:
        return Reflector(self._api, kind, self._listen, self._wake.set, self.log)

    def _listen(self, old: Any, new: Any) -> None:
        if isinstance(old, DaskJob) and (new is None or _folder(new) != _folder(old)):
            self._forget(old)
        for item in (old, new):
            if item is not None:
                self.mark(_job_of(item))

    def _forget(self, job: DaskJob) -> None:
        uid = job.metadata.uid
        self._deleted.discard(uid)
        self._words.pop(uid, None)
        self._results.pop(uid, None)
        self._waiting.pop(uid, None)
        self._spawn(self._logs.forget(_folder(job)))

    def start(self) -> None:
        """Begin to watch."""
        for work in (self._jobs.run(), self._runners.run(), self._redraw()):
            self._spawn(work)

    def check_settings(self) -> None:
        """Refuse settings that cannot be read; raises `SettingWrong`."""
        check_amounts(self, runner_cpu=parse_cpu, runner_memory=parse_memory)

    async def stop(self) -> None:
        """End all watches; the jobs go on."""
        self._alarm.close()
        await end(self._tasks)
        await self._logs.close()

    def _spawn(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # --- what there is ---------------------------------------------------------------

    @property
    def available(self) -> bool:
        """Whether the operator knows jobs and we may see them."""
        return self._jobs.synced and not isinstance(
            self._jobs.trouble, (NotPermitted, OperatorMissing)
        )

    def list(self) -> list[Job]:
        """Return all jobs."""
        self._check_available()
        return [*self._pictures.values()]

    def get(self, name: str) -> Job:
        """Return one job; raises `JobNotFound`."""
        self._check_available()
        try:
            return self._pictures[name]
        except KeyError:
            raise JobNotFound(name) from None

    def __contains__(self, name: str) -> bool:
        return name in self._pictures

    def _check_available(self) -> None:
        trouble = self._jobs.trouble
        if trouble is not None and not (self._drawn and self.available):
            raise trouble
        if not self._drawn:
            raise BackendUnavailable("Reading the list of jobs.")

    _drawn = False
    """Has everything that was there at the start been drawn?"""

    def mark(self, name: str) -> None:
        """Draw a job again soon; called for its cluster, too."""
        if name in self._jobs.items or name in self._pictures:
            self._dirty.add(name)
            self._wake.set()

    async def _redraw(self) -> None:
        while True:
            await self._wake.wait()
            await asyncio.sleep(SETTLE)
            self._wake.clear()
            blind = isinstance(self._runners.trouble, NotPermitted)
            if not self._jobs.synced or not (self._runners.synced or blind):
                continue
            if not self._drawn:
                folders = [_folder(it) for it in self._jobs.items.values()]
                await self._logs.look(folders)
                self._dirty.update(self._jobs.items)
            for name in list(self._dirty):
                self._draw(name)
            if not self._drawn:
                self._drawn = True
                everything = ClusterEvent(action="changed", name="", kind="job")
                self._store.announce(everything)

    def _draw(self, name: str) -> None:
        self._dirty.discard(name)
        job: DaskJob | None = self._jobs.items.get(name)
        before = self._pictures.get(name)
        if job is None:
            if before is not None:
                del self._pictures[name]
                self._store.announce(ClusterEvent(action="removed", name=name, kind="job"))
            return
        parts = self._parts(job)
        self._keep_logs(parts)
        self._look_at_the_end(parts)
        picture = draw_job(parts, self._api.namespace)
        if picture != before:
            self._pictures[name] = picture
            if before is None:
                self._clusters.redraw(name)
            self._store.announce(
                ClusterEvent(action="changed" if before else "added", name=name, kind="job")
            )

    def _parts(self, job: DaskJob) -> JobParts:
        name, uid = job.metadata.name, job.metadata.uid
        runner = self._runner_of(job)
        cluster: Cluster | None = None
        with contextlib.suppress(ClusterNotFound):
            cluster = self._store.get(name)
        return JobParts(
            job=job,
            runner=runner,
            cluster=cluster,
            deleted=uid in self._deleted,
            last_words=self._words.get(uid, ""),
            has_result=self._results.get(uid, False),
            logs=self._log_names(job, runner),
            late=self._is_late(job, runner),
            troubles=self._clusters.troubles_of(runner_name(job)),
        )

    def _is_late(self, job: DaskJob, runner: Pod | None) -> bool:
        """Tell whether the operator should have made the runner by now.

        It is counted from when we saw the job: the clocks of other machines may be wrong.
        """
        uid, name = job.metadata.uid, job.metadata.name
        if runner is not None:
            self._waiting.pop(uid, None)
            self._alarm.set(name, None)
            return False
        now = asyncio.get_running_loop().time()
        left = self._waiting.setdefault(uid, now) + self._clusters.operator_patience - now
        self._alarm.set(name, left if left > 0 else None)
        return left <= 0 and self._jobs.trouble is None

    def _runner_of(self, job: DaskJob) -> Pod | None:
        """Return the runner's pod; not one of a former job of the same name."""
        pod: Pod | None = self._runners.items.get(runner_name(job))
        begin = job.metadata.creation_timestamp
        if pod is None or not begin or not pod.metadata.creation_timestamp:
            return pod
        return pod if pod.metadata.creation_timestamp >= begin else None

    # --- logs ------------------------------------------------------------------------

    def _log_names(self, job: DaskJob, runner: Pod | None) -> tuple[str, ...]:
        first = runner_name(job)
        kept = self._logs.kept(_folder(job))
        there = runner is not None and is_started(runner)
        others = sorted(
            (it for it in kept if it != first), key=lambda it: ("-scheduler" not in it, it)
        )
        return (*([first] if there or first in kept else []), *others)

    def _keep_logs(self, parts: JobParts) -> None:
        """Follow what runs: the runner, the scheduler and the first workers."""
        runner = parts.runner
        if runner is None or parts.deleted or runner.over:
            return
        others = self._clusters.parts_of(parts.job.metadata.name)
        for pod in (runner, *_first_pods(others, self.log_workers)):
            if is_started(pod):
                self._logs.follow(_printer(parts.job, pod))

    def _is_over(self, printer: Printer) -> bool:
        pod: Pod | None = self._runners.items.get(printer.pod)
        if pod is None:
            name = _name_of(printer.job)
            pod = self._clusters.parts_of(name).pods.get(printer.pod)
        return pod is None or pod.over

    def _log_appeared(self, folder: str) -> None:
        self.mark(_name_of(folder))

    async def logs(self, name: str, pod: str | None, tail: int | None) -> JobLogs:
        """Return what a pod printed: what we kept of it, else what Kubernetes has."""
        picture = self.get(name)
        job: DaskJob = self._jobs.items[name]
        if tail is not None and not 1 <= tail <= LONGEST_TAIL:
            raise InvalidField("tail", f"“tail” is a number from 1 to {LONGEST_TAIL}.")
        runner = runner_name(job)
        if pod not in (None, runner, *picture.logs):
            known = ", ".join(picture.logs) or "none yet"
            raise InvalidField(
                "pod", f"Of “{pod}” there is no log of this job. There are: {known}."
            )
        pod = pod or runner
        printer = self._printer_named(job, pod)
        stored = await self._logs.stored(_folder(job), pod, tail)
        if printer is not None:
            following = self._logs.following(printer)
            if stored is None or not (following or await self._logs.ended(printer)):
                stored = await self._logs.direct(printer, tail)
        if stored is None:
            return JobLogs(name=name, pod=pod, text="", complete=False)
        whole = stored.whole and (
            printer is not None or await self._logs.ended(Printer(_folder(job), pod, ""))
        )
        return JobLogs(name=name, pod=pod, text=stored.text, complete=whole)

    def _printer_named(self, job: DaskJob, name: str) -> Printer | None:
        """Return a pod that Kubernetes still has and that has begun to print."""
        pod = self._runner_of(job)
        if pod is None or name != pod.metadata.name:
            pod = self._clusters.parts_of(job.metadata.name).pods.get(name)
        return _printer(job, pod) if pod is not None and is_started(pod) else None

    # --- the end of a job ------------------------------------------------------------

    def _look_at_the_end(self, parts: JobParts) -> None:
        """Learn what only the log and the folder tell, once."""
        uid = parts.job.metadata.uid
        over = ended(parts)
        if over is None or parts.runner is None:
            return
        if over.exit_code and not over.message and uid not in self._words:
            self._words[uid] = ""
            self._spawn(self._hear_last_words(parts.job, parts.runner))
        if parts.job.metadata.annotations.result and uid not in self._results:
            self._results[uid] = False
            self._spawn(self._look_for_result(parts.job))

    async def _hear_last_words(self, job: DaskJob, runner: Pod) -> None:
        with contextlib.suppress(ClusterError):
            stored = await self._logs.direct(_printer(job, runner), TOLD_LINES)
            lines = [it.strip() for it in stored.text.splitlines() if it.strip()]
            self._words[job.metadata.uid] = lines[-1] if lines else ""
        self.mark(job.metadata.name)

    async def _look_for_result(self, job: DaskJob) -> None:
        path = self._root / job.metadata.annotations.result
        loop = asyncio.get_running_loop()
        self._results[job.metadata.uid] = await loop.run_in_executor(None, path.is_file)
        self.mark(job.metadata.name)

    # --- wishes ----------------------------------------------------------------------

    @property
    def _planner(self) -> Planner:
        size = runner_size(self.runner_cpu, self.runner_memory)
        return Planner(self._clusters, self._root, size, self.wait_seconds)

    async def create(self, request: JobCreate, owner: str) -> Job:
        """Make a DaskJob; the operator does the rest."""
        self._check_available()
        plan = await self._planner.plan(request, owner)
        self._check_name(plan.name)
        with contextlib.ExitStack() as held:
            held.enter_context(self._clusters.hold(plan.cluster))
            self._check_room(plan)
            job = await self._create_once(plan)
            self._spawn(self._release(held.pop_all(), plan.name))
        self._jobs.put(job)
        self._draw(plan.name)
        return self.get(plan.name)

    async def _release(self, held: contextlib.ExitStack, name: str) -> None:
        """Count a cluster for its owner until the operator has made it."""
        with held:
            for _ in range(OPERATOR_LIMIT):
                if name in self._store or name not in self._jobs.items:
                    return
                await asyncio.sleep(1)

    def _check_room(self, plan: Plan) -> None:
        with within("cluster"):
            self._clusters.check_room(plan.manifest, plan.cluster)

    def _check_name(self, name: str) -> None:
        """Refuse what is taken: what is left of others would become part of the new one."""
        parts = self._clusters.parts_of(name)
        if name in self._jobs.items or f"{name}-runner" in self._runners.items:
            raise JobTaken(name)
        if parts != Parts():
            error = JobTaken(name)
            if parts.empty:
                error.message = remains(name, parts, self._api.namespace)
            raise error

    async def _create_once(self, plan: Plan) -> DaskJob:
        """Create a job; an answer that got lost does not make a second one."""
        try:
            return await self._api.create(JOBS, plan.manifest, DaskJob)
        except (BackendUnavailable, NameTaken) as error:
            try:
                found = await self._api.get(JOBS, plan.name, DaskJob)
            except ClusterError:
                found = None
            if found and found.metadata.annotations.request == plan.request_id:
                return found
            if isinstance(error, NameTaken):
                raise JobTaken(plan.name) from None
            raise

    async def preview(self, request: JobCreate, owner: str) -> str:
        """Return as YAML what `create` would make."""
        plan = await self._planner.plan(request, owner)
        if request.name:
            self._check_name(plan.name)
        with self._clusters.hold(plan.cluster):
            self._check_room(plan)
            return await asyncio.to_thread(yaml_text, [plan.manifest])

    async def export(self, cluster: str, path: str | None, owner: str) -> str:
        """Return as YAML a job with a cluster like this one."""
        stored = await self._clusters.read_cluster(cluster)
        manifest = await self._planner.like(stored, path, owner)
        return await asyncio.to_thread(yaml_text, [manifest])

    async def delete(self, name: str, uid: str = "") -> None:
        """Delete a DaskJob; Kubernetes deletes its runner and its cluster."""
        check_uid(self.get(name), uid)
        job: DaskJob = self._jobs.items[name]
        try:
            await self._api.delete(JOBS, name, uid)
        except ResourceNotFound:
            pass  # Gone is what we want.
        except Conflict:
            raise Replaced(name, "job") from None
        self._deleted.add(job.metadata.uid)
        self._draw(name)


def _folder(job: DaskJob) -> str:
    """Return the folder of a job's logs; another job of the same name has another one."""
    return f"{job.metadata.name}-{job.metadata.uid}"


def _name_of(folder: str) -> str:
    """Return the job of a folder: a UID has five parts."""
    return folder.rsplit("-", 5)[0]


def _job_of(item: DaskJob | Pod) -> str:
    if isinstance(item, DaskJob):
        return item.metadata.name
    return item.metadata.labels.cluster


def _first_pods(parts: Parts, workers: int) -> list[Pod]:
    """Return the scheduler of a cluster and so many of its workers, the oldest."""
    pods = sorted(
        parts.pods.values(),
        key=lambda it: (str(it.metadata.creation_timestamp), it.metadata.name),
    )
    kinds = {
        kind: [it for it in pods if it.metadata.labels.component == kind]
        for kind in ("scheduler", "worker")
    }
    return [*kinds["scheduler"], *kinds["worker"][:workers]]


def _printer(job: DaskJob, pod: Pod) -> Printer:
    """Return the container of a pod whose log we want."""
    names = [it.name for it in pod.status.container_statuses]
    runner = runner_container(job)
    wanted = (runner.name if runner else "", pod.metadata.labels.component)
    chosen = [it for it in names if it in wanted] or names
    return Printer(_folder(job), pod.metadata.name, chosen[0])
