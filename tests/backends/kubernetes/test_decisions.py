"""What autoscalers decided: from events where there are any, else as we saw it."""

from __future__ import annotations

from typing import Any

import msgspec

from jupyter_dask_k8s.backends.kubernetes.decisions import DecisionLog
from jupyter_dask_k8s.backends.kubernetes.objects import (
    DaskAutoscaler,
    DaskCluster,
    DaskWorkerGroup,
    Event,
)
from jupyter_dask_k8s.backends.kubernetes.world import Parts
from jupyter_dask_k8s.models import Decision, WorkerGroup

BORN = "2026-01-01T10:00:00Z"


def parts(adaptive: bool = True, events: dict[str, str] | None = None) -> Parts:
    """Return a cluster; ``events`` are messages by time."""

    def make(type: Any, **fields: Any) -> Any:
        metadata = {"name": "demo", "creationTimestamp": BORN}
        return msgspec.convert({"metadata": metadata, **fields}, type, strict=False)

    told = {
        time: make(Event, message=message, lastTimestamp=time)
        for time, message in (events or {}).items()
    }
    return Parts(
        cluster=make(DaskCluster),
        groups={"demo-default": make(DaskWorkerGroup)},
        autoscalers={"demo": make(DaskAutoscaler)} if adaptive else {},
        decisions=told,
    )


def steps(decisions: list[Decision]) -> list[tuple[int, int, int | None]]:
    return [(it.before, it.wanted, it.got) for it in decisions]


def group(desired: int, ready: int) -> list[WorkerGroup]:
    return [WorkerGroup(name="default", desired=desired, ready=ready)]


def test_what_we_see() -> None:
    log = DecisionLog()
    assert log.note("demo", parts(), group(0, 0)) == []
    assert steps(log.note("demo", parts(), group(3, 0))) == [(0, 3, 0)]
    assert steps(log.note("demo", parts(), group(3, 2))) == [(0, 3, 2)]
    # The next one ends what the first one got.
    assert steps(log.note("demo", parts(), group(2, 2))) == [(3, 2, 2), (0, 3, 2)]
    for workers in range(3, 12):
        log.note("demo", parts(), group(workers, workers))
    assert len(log.note("demo", parts(), group(11, 11))) == 5


def test_scaling_by_hand_is_no_decision() -> None:
    log = DecisionLog()
    log.note("demo", parts(adaptive=False), group(1, 1))
    log.note("demo", parts(adaptive=False), group(4, 1))
    # The autoscaler comes: what was before it was not its work.
    assert log.note("demo", parts(), group(4, 4)) == []


def test_what_the_operator_tells() -> None:
    log = DecisionLog()
    events = {
        "2026-01-01T09:00:00Z": "Autoscaler updated demo worker count from 5 to 6",
        "2026-01-01T11:00:00Z": "Autoscaler updated demo worker count from 0 to 2",
        "2026-01-01T12:00:00Z": "Autoscaler updated demo worker count from 2 to 3",
    }
    # The first is of a former cluster of this name; what the second got nobody saw.
    told = log.note("demo", parts(events=events), group(3, 3))
    assert steps(told) == [(2, 3, 3), (0, 2, None)]
    assert log.note("demo", parts(events=events), group(3, 3)) == told


def test_seen_and_told_is_one_decision() -> None:
    log = DecisionLog()
    log.note("demo", parts(), group(1, 1))
    [seen] = log.note("demo", parts(), group(2, 1))
    moment = seen.time.isoformat()
    events = {moment: "Autoscaler updated demo worker count from 1 to 2"}
    assert steps(log.note("demo", parts(events=events), group(2, 2))) == [(1, 2, 2)]
