"""An examination of everything."""

from __future__ import annotations

import datetime
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from traitlets.config import Config

from ..backends.base import Backend
from ..backends.examination import (
    Examination,
    Finding,
    examine,
    failed,
    ok,
    skipped,
    warning,
)
from ..models import Check, Doctor
from . import jupyter, settings


@dataclass(frozen=True)
class Situation:
    """How far the choice of a backend has come, and why."""

    backends: Sequence[Backend]
    failed: bool
    reason: str
    passed_over: bool = False
    """Whether there is a Kubernetes that could not be used."""
    remedy: str = ""
    """Settings that mend what has failed."""


def doctor(checks: Sequence[Check]) -> Doctor:
    """Return the answer for the wire."""
    return Doctor(
        healthy=all(it.verdict != "failed" for it in checks),
        time=datetime.datetime.now(datetime.timezone.utc),
        checks=list(checks),
    )


async def examine_all(
    situation: Situation,
    config: Config,
    events: Any | None,
    log: logging.Logger | logging.LoggerAdapter[Any],
) -> list[Check]:
    """Examine everything; the choice of the backend comes first.

    ``events`` is the server's event logger, ``None`` without a server.
    """

    async def choice() -> Finding:
        return _choice(situation)

    todo = [Examination("backend", "Backend", choice), settings.examination(config)]
    for backend in situation.backends:
        todo += backend.examinations()
    todo += jupyter.examinations(events)
    return await examine(todo, log)


def _choice(situation: Situation) -> Finding:
    if situation.failed:
        return failed(
            f"There are no clusters here: {situation.reason}",
            situation.remedy,
            "config" if situation.remedy else "",
        )
    if not situation.backends:
        return skipped(situation.reason)
    if situation.passed_over:
        return warning(
            situation.reason, "jupyter dask-k8s doctor --backend=kubernetes", "command"
        )
    return ok(situation.reason)
