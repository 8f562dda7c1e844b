"""What the doctor looks at: examinations, each with a verdict; backends have their own."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal

from ..errors import BackendUnavailable, ClusterError, NotPermitted
from ..models import Check

LIMIT = 5.0
"""Seconds that an examination may take."""

Verdict = Literal["ok", "warning", "failed", "skipped"]
RemedyKind = Literal["", "yaml", "command", "config"]


@dataclass(frozen=True)
class Finding:
    """What came of an examination."""

    verdict: Verdict
    message: str
    remedy: str = ""
    kind: RemedyKind = ""


def ok(message: str) -> Finding:
    """All is well."""
    return Finding("ok", message)


def skipped(message: str) -> Finding:
    """Nobody can say, or it does not matter here."""
    return Finding("skipped", message)


def warning(message: str, remedy: str = "", kind: RemedyKind = "") -> Finding:
    """Clusters work, but something else does not."""
    return Finding("warning", message, remedy, kind)


def failed(message: str, remedy: str = "", kind: RemedyKind = "") -> Finding:
    """Clusters do not work as long as this is so."""
    return Finding("failed", message, remedy, kind)


@dataclass(frozen=True)
class Examination:
    """One thing to look at; ``look`` leaves nothing behind."""

    id: str
    title: str
    look: Callable[[], Awaitable[Finding]]
    limit: float = LIMIT

    def check(self, finding: Finding) -> Check:
        """Return what the wire says of a finding."""
        return Check(
            id=self.id,
            title=self.title,
            verdict=finding.verdict,
            message=finding.message,
            remedy=finding.remedy.strip("\n"),
            remedy_kind=finding.kind,
        )


async def examine(
    examinations: Iterable[Examination],
    log: logging.Logger | logging.LoggerAdapter[Any],
) -> list[Check]:
    """Make all examinations at the same time; each answers within its limit."""
    return list(await asyncio.gather(*(_examine(it, log) for it in examinations)))


async def _examine(
    examination: Examination, log: logging.Logger | logging.LoggerAdapter[Any]
) -> Check:
    try:
        finding = await asyncio.wait_for(examination.look(), examination.limit)
    except asyncio.TimeoutError:
        finding = failed(f"There was no answer within {examination.limit:g} s.")
    except NotPermitted as error:
        finding = skipped(f"This cannot be seen from here. {error.message}")
    except BackendUnavailable as error:
        # One check tells of that, and these could not be made.
        finding = skipped(error.message)
    except ClusterError as error:
        finding = failed(error.message)
    except Exception as error:
        # One examination that breaks must not hide what the others have found.
        log.exception("The examination “%s” broke.", examination.id)
        finding = failed(f"This could not be examined: {type(error).__name__}: {error}")
    return examination.check(finding)
