"""Since when causes are there: what no object of Kubernetes tells."""

from __future__ import annotations

import datetime
import time
from collections.abc import Callable
from dataclasses import dataclass

from ....models import Phase
from .finding import Facts, Finding, Words
from .judge import Judgement
from .words import sentence

YOUNG = 60.0
"""A cluster of so many seconds has been seen from its beginning."""

BLIND_PAUSE = 5.0
"""Seconds until a late cause is looked at again that nobody can see."""


@dataclass(frozen=True)
class Verdict:
    """What is told of a cluster."""

    phase: Phase
    reason: str = ""
    since: datetime.datetime | None = None
    again: float | None = None
    """Seconds after which something else may be to tell although nothing changes."""


@dataclass
class _Cause:
    kind: str
    since: datetime.datetime | None
    subject: str
    seen: float


class Memory:
    """Remembers the present cause of each cluster.

    Patience is counted from when we saw a cause first: the clocks of other machines may be
    wrong.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._causes: dict[str, _Cause] = {}
        self._known: set[str] = set()

    def settle(
        self,
        name: str,
        judgement: Judgement,
        created: datetime.datetime | None,
        facts: Facts,
    ) -> Verdict:
        """Return what to tell of a cluster now."""
        finding = judgement.finding
        if finding is None:
            self._causes.pop(name, None)
            self._known.add(name)
            return Verdict(judgement.phase)
        cause = self._remember(name, finding, created)
        again = None
        if finding.later is not None:
            left = finding.patience - (self._clock() - cause.seen)
            if left > 0 or facts.blind:
                again = max(left, BLIND_PAUSE) if facts.blind else left
            else:
                finding = finding.later
        phase = judgement.phase
        if judgement.may_fail and finding.broken:
            phase = "Failed"
        return Verdict(phase, _complete(finding, facts.words), cause.since, again)

    def forget(self, name: str) -> None:
        """The cluster is gone."""
        self._causes.pop(name, None)
        self._known.discard(name)

    def _remember(
        self, name: str, finding: Finding, created: datetime.datetime | None
    ) -> _Cause:
        before, now = self._causes.get(name), self._clock()
        if before is not None and before.kind == finding.kind:
            if before.subject != finding.subject:
                before.subject, before.seen = finding.subject, now
            return before
        since = finding.since
        if since is None:
            today = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)
            young = created is not None and (today - created).total_seconds() < YOUNG
            since = today if name in self._known or young else None
        self._known.add(name)
        cause = self._causes[name] = _Cause(finding.kind, since, finding.subject, now)
        return cause


def _complete(finding: Finding, words: Words) -> str:
    """Return a sentence, with the last words of whom it is about."""
    if finding.crash is None:
        return finding.text
    said = sentence(words(*finding.crash))
    return f"{finding.text} It last said: {said}" if said else finding.text
