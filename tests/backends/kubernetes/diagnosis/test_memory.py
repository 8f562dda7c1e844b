from __future__ import annotations

import datetime

from jupyter_dask_k8s.backends.kubernetes.diagnosis import (
    Facts,
    Finding,
    Judgement,
    Memory,
)
from jupyter_dask_k8s.backends.kubernetes.diagnosis.finding import BROKEN
from jupyter_dask_k8s.backends.kubernetes.objects import ContainerStatus, Pod

from .builders import pod

LONG_AGO = datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc)


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


NOTHING = Facts()


def test_patience() -> None:
    clock = Clock()
    memory = Memory(clock)
    later = Finding("operator", "It does not.", BROKEN)
    wait = Judgement(
        "Pending", Finding("operator", "It will.", patience=20, later=later), may_fail=True
    )
    first = memory.settle("demo", wait, LONG_AGO, NOTHING)
    assert (first.phase, first.reason, first.again) == ("Pending", "It will.", 20)
    clock.now = 15
    assert memory.settle("demo", wait, LONG_AGO, NOTHING).again == 5
    clock.now = 20
    last = memory.settle("demo", wait, LONG_AGO, NOTHING)
    assert (last.phase, last.reason, last.again) == ("Failed", "It does not.", None)
    # While nobody can see what happens, nobody is late.
    blind = memory.settle("demo", wait, LONG_AGO, Facts(blind=True))
    assert (blind.reason, blind.again) == ("It will.", 5)
    # Another one gets as much patience again.
    memory.settle("demo", Judgement("Running"), LONG_AGO, NOTHING)
    assert memory.settle("demo", wait, LONG_AGO, NOTHING).again == 20


def test_since_when() -> None:
    memory = Memory(Clock())

    def since(finding: Finding | None, name: str = "demo") -> datetime.datetime | None:
        return memory.settle(name, Judgement("Pending", finding), LONG_AGO, NOTHING).since

    told = datetime.datetime(2026, 1, 1, 1, tzinfo=datetime.timezone.utc)
    # Of what was so before we came nobody knows since when, unless an object tells.
    assert since(Finding("image", "a")) is None
    assert since(Finding("image", "a", since=told)) is None
    assert since(Finding("quota", "1 of 2", since=told)) == told
    # Other numbers are no other cause.
    assert since(Finding("quota", "2 of 2", since=LONG_AGO)) == told
    now = since(Finding("image", "a"))
    assert now is not None
    age = datetime.datetime.now(datetime.timezone.utc) - now
    assert age < datetime.timedelta(seconds=5)
    assert since(None) is None
    memory.forget("demo")
    assert since(Finding("image", "a")) is None


def test_a_young_cluster_was_seen_from_its_beginning() -> None:
    memory = Memory(Clock())
    now = datetime.datetime.now(datetime.timezone.utc)
    judgement = Judgement("Pending", Finding("image", "a"))
    assert memory.settle("demo", judgement, now, NOTHING).since is not None


def test_last_words() -> None:
    crash = (pod(), ContainerStatus())
    judgement = Judgement("Failed", Finding("crash", "It crashed.", crash=crash))

    def words(pod: Pod, status: ContainerStatus) -> str:
        return "ImportError: no\nmodule, password=hunter2"

    facts = Facts(words=words)
    told = Memory().settle("demo", judgement, LONG_AGO, facts).reason
    assert told == "It crashed. It last said: ImportError: no module, password=…"
    assert Memory().settle("demo", judgement, LONG_AGO, NOTHING).reason == "It crashed."
