"""Phase and cause of a cluster: the first stage that is not passed decides."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ....models import Phase, WorkerGroup
from ..reach import Health, scheduler_pod, service_host
from ..world import Parts
from .finding import SETUP, STARTING, UNREADY, Facts, Finding
from .operator import before_the_pod, name_trouble, stopping
from .pods import examine
from .workers import unlinked_workers, waiting_workers

ANSWER_PATIENCE = 30.0
"""Seconds that a scheduler which is ready may take to answer us."""


@dataclass(frozen=True)
class Judgement:
    """A phase, and why; a finding that does not mend itself may make it ``Failed``."""

    phase: Phase
    finding: Finding | None = None
    may_fail: bool = False


def judge(
    name: str, parts: Parts, health: Health, groups: list[WorkerGroup], facts: Facts
) -> Judgement:
    """Return the phase of a cluster, and what it waits for: nothing when it is complete."""
    cluster = parts.cluster
    if cluster is None or cluster.metadata.deletion_timestamp is not None:
        return Judgement("Stopping", stopping(name, parts, facts))
    trouble = name_trouble(cluster, parts)
    if trouble is not None:
        return Judgement("Failed", trouble)
    pod = scheduler_pod(parts)
    if pod is None:
        found = before_the_pod(cluster, parts, facts).named("scheduler")
        return Judgement("Pending", found, may_fail=True)
    if not pod.ready:
        waits = examine(pod, facts.about(pod))
        if waits is not None:
            waits = replace(waits, subject=pod.metadata.uid)
            waits = waits.about("The scheduler").named("scheduler")
            waits = _more_urgent(waits, parts, groups, facts)
        return Judgement("Pending", waits, may_fail=True)
    if health.route is None:
        return Judgement("Pending", _no_answer(health).named("scheduler"))
    return _judge_workers(name, parts, groups, facts)


def _more_urgent(
    waits: Finding, parts: Parts, groups: list[WorkerGroup], facts: Facts
) -> Finding:
    """Return what workers suffer from where their scheduler is just starting."""
    desired = sum(group.desired for group in groups)
    if waits.weight >= UNREADY or sum(group.ready for group in groups) >= desired:
        return waits
    found = waiting_workers(parts, groups, facts).named("workers")
    return found if found.weight >= SETUP else waits


def _no_answer(health: Health) -> Finding:
    """Return that a scheduler is ready and we have not heard of it."""
    why = f" {health.problem}" if health.problem else ""
    if health.refused:
        words = f"The scheduler runs, but there is no way to it from here.{why}"
        return Finding("answer", words, UNREADY)
    text = f"The scheduler runs; waiting for its answer.{why}"
    later = Finding(
        "answer",
        f"The scheduler runs, but this Jupyter server cannot reach it.{why} Usually a "
        "NetworkPolicy or a sidecar is in the way: see what the doctor says.",
        UNREADY,
    )
    return Finding("answer", text, STARTING, None, ANSWER_PATIENCE, later, health.pod)


def _judge_workers(
    name: str, parts: Parts, groups: list[WorkerGroup], facts: Facts
) -> Judgement:
    desired = sum(group.desired for group in groups)
    ready = sum(group.ready for group in groups)
    if ready < desired:
        phase: Phase = "Running" if ready else "Pending"
        found = waiting_workers(parts, groups, facts).named("workers")
        return Judgement(phase, found, may_fail=not ready)
    if ready > desired:
        text = f"Retiring {ready - desired} of {ready} workers."
        return Judgement("Running", Finding("workers:retiring", text))
    if facts.unlinked and ready:
        host = f"{service_host(name, facts.namespace)}:8786"
        served = parts.service is not None
        found = unlinked_workers(facts.unlinked, ready, host, served).named("workers")
        return Judgement("Running", found)
    return Judgement("Running")
