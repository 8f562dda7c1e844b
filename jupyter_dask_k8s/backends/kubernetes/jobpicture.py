"""From Kubernetes' objects to the job that the wire shows; no I/O.

The phase comes from the runner's pod: an operator that died leaves the DaskJob's status as
it was.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field

from ...models import Cluster, Job, JobPhase
from .diagnosis import describe_pod, is_broken
from .diagnosis.finding import Troubles
from .diagnosis.operator import ABSENT
from .objects import Container, ContainerStatus, DaskJob, Pod, Terminated
from .podphase import statuses

LONGEST_WORD = 200
"""Characters of one word of a command; the rest is a program, not a word."""

OUT_OF_MEMORY = "OOMKilled"


@dataclass
class JobParts:
    """All that there is of one job."""

    job: DaskJob
    runner: Pod | None = None
    cluster: Cluster | None = None
    """Its cluster as the list of clusters shows it."""
    deleted: bool = False
    """Have we deleted it, and the watch still shows it?"""
    last_words: str = ""
    """The last line that the runner printed, where that is known."""
    has_result: bool = False
    logs: tuple[str, ...] = ()
    late: bool = False
    """Has the operator had time enough to make the runner?"""
    troubles: Troubles = field(default_factory=dict)
    """Warnings about the runner, by their reason."""


def runner_container(job: DaskJob) -> Container | None:
    """Return the container that does the work: the first one."""
    containers = job.spec.job.spec.containers
    return containers[0] if containers else None


def runner_name(job: DaskJob) -> str:
    """Return the name that the operator gives to the runner's pod."""
    return f"{job.metadata.name}-runner"


def is_started(pod: Pod) -> bool:
    """Tell whether a pod has begun to print."""
    return any(
        it.state.running or it.state.terminated or it.last_state.terminated
        for it in pod.status.container_statuses
    )


def runner_status(parts: JobParts) -> ContainerStatus | None:
    """Return the state of the container that does the work."""
    statuses = parts.runner.status.container_statuses if parts.runner else []
    container = runner_container(parts.job)
    named = [it for it in statuses if container and it.name == container.name]
    return next(iter(named or statuses), None)


def ended(parts: JobParts) -> Terminated | None:
    """Return how the runner ended; ``None`` while it has not."""
    status = runner_status(parts)
    if parts.runner is None or not parts.runner.over or status is None:
        return None
    return status.state.terminated


def draw_job(parts: JobParts, namespace: str) -> Job:
    """Return the picture of a job from its parts."""
    job, meta = parts.job, parts.job.metadata
    phase, reason = _judge(parts)
    container = runner_container(job)
    begin, end = _times(parts)
    return Job(
        name=meta.name,
        namespace=namespace,
        owner=meta.annotations.owner or meta.labels.owner,
        phase=phase,
        reason=reason,
        cluster=parts.cluster.name if parts.cluster else None,
        source=meta.annotations.source or None,
        result=(meta.annotations.result or None) if parts.has_result else None,
        image=(container.image or None) if container else None,
        command=_command(container) if container else [],
        profile=meta.labels.profile,
        created=meta.creation_timestamp or datetime.datetime.now(datetime.timezone.utc),
        started=begin,
        ended=end,
        logs=list(parts.logs),
        uid=meta.uid,
    )


def _command(container: Container) -> list[str]:
    """Return the command line; of a program in the midst of it only how it begins."""
    words = [*(container.command or []), *(container.args or [])]
    return [_word(word) for word in words]


def _word(word: str) -> str:
    line = word.strip().partition("\n")[0]
    return word if line == word.strip()[:LONGEST_WORD] else f"{line[:LONGEST_WORD]} …"


def _times(parts: JobParts) -> tuple[datetime.datetime | None, datetime.datetime | None]:
    status = runner_status(parts)
    over = ended(parts)
    begin, end = parts.job.status.start_time, parts.job.status.end_time
    if over is not None:
        return over.started_at or begin, over.finished_at or end
    if status is not None and status.state.running is not None:
        return status.state.running.started_at or begin, None
    return begin, end


# --- phase and reason ----------------------------------------------------------------


def _judge(parts: JobParts) -> tuple[JobPhase, str]:
    if parts.deleted or parts.job.metadata.deletion_timestamp is not None:
        return "Stopping", "Shutting down."
    pod = parts.runner
    if pod is None:
        return _without_runner(parts)
    if pod.status.phase == "Succeeded":
        return "Succeeded", ""
    if pod.status.phase == "Failed":
        return "Failed", _why_failed(parts)
    if pod.metadata.deletion_timestamp is not None:
        return "Failed", "Somebody deleted the runner's pod."
    status = runner_status(parts)
    again = status.last_state.terminated if status else None
    if again is not None and again.exit_code == 0:
        return "Running", (
            "The runner ended well and is started again and again: its restartPolicy is "
            "not Never."
        )
    broken = is_broken(pod, parts.troubles)
    if pod.status.phase == "Pending" or broken:
        phase: JobPhase = "Failed" if broken else "Pending"
        return phase, f"The runner {describe_pod(pod, parts.troubles)}"
    return "Running", _about_the_cluster(parts)


def _without_runner(parts: JobParts) -> tuple[JobPhase, str]:
    status = parts.job.status.job_status or ""
    if status == "Successful":
        return "Succeeded", ""
    if status == "Failed":
        return "Failed", "The runner failed; its pod is gone, and with it the reason."
    if status == "Running":
        return "Failed", "The runner's pod is gone: somebody deleted it, or its node."
    if not status:
        return "Pending", (
            f"The Dask operator does not act on this job. {ABSENT}"
            if parts.late
            else "Accepted. Waiting for the Dask operator to act on it."
        )
    return "Pending", (
        "The Dask operator has not made the runner: it has stopped, or Kubernetes refuses "
        "what it makes. The operator's log tells that: ask an administrator."
        if parts.late
        else "The operator is making the runner and its cluster."
    )


def _about_the_cluster(parts: JobParts) -> str:
    """Return what keeps the runner waiting: it cannot compute before its cluster runs."""
    cluster = parts.cluster
    if cluster is None:
        return "Its cluster is not there (yet)."
    if cluster.phase in ("Pending", "Failed"):
        return f"Its cluster: {cluster.reason}"
    return ""


def _why_failed(parts: JobParts) -> str:
    pod, over = parts.runner, ended(parts)
    assert pod is not None
    if over is not None and _has_failed(over):
        return _how_failed("The runner", over, parts.last_words)
    # The work did not fail: Kubernetes ended it, or another container did.
    if told := pod.status.message or pod.status.reason:
        return f"Kubernetes ended the runner: {_sentence(told)}"
    for it in statuses(pod):
        if it.state.terminated is not None and _has_failed(it.state.terminated):
            what = f"The container “{it.name}” of the runner's pod"
            return _how_failed(what, it.state.terminated)
    return "It failed."


def _has_failed(over: Terminated) -> bool:
    return over.exit_code != 0 or over.reason == OUT_OF_MEMORY


def _how_failed(what: str, over: Terminated, last_words: str = "") -> str:
    """Return how a container failed; its own message says its last words otherwise."""
    if over.reason == OUT_OF_MEMORY:
        return f"{what} was killed: it needed more memory than its limit{_code(over)}."
    words = last_words or _last_line(over.message)
    told = f" Its last words: {_sentence(words)}" if words else ""
    return f"{what} failed with exit code {over.exit_code}.{told}"


def _code(over: Terminated) -> str:
    return f" (exit code {over.exit_code})" if over.exit_code else ""


def _last_line(text: str) -> str:
    lines = text.strip().splitlines()
    return lines[-1].strip() if lines else ""


def _sentence(text: str) -> str:
    text = " ".join(text.split())[:300]
    return text if text.endswith((".", "!", "?", "…")) else f"{text}."
