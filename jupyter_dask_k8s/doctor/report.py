"""The findings as text for a terminal."""

from __future__ import annotations

import textwrap

from ..models import Check, Doctor

MARKS = {"ok": "✓", "warning": "!", "failed": "✗", "skipped": "-"}

_WIDTH = 88


def report(answer: Doctor) -> str:
    """Return a line or more for each check, and what they come to."""
    parts = [_check(it) for it in answer.checks]
    failed = sum(it.verdict == "failed" for it in answer.checks)
    warned = sum(it.verdict == "warning" for it in answer.checks)
    if failed:
        end = f"{_count(failed, 'check')} failed."
    elif warned:
        end = f"Clusters work. {_count(warned, 'warning')}."
    else:
        end = "All is well."
    return "\n".join([*parts, "", end])


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _check(check: Check) -> str:
    lines = textwrap.wrap(
        f"{check.title}: {check.message}",
        _WIDTH,
        initial_indent=f"{MARKS[check.verdict]} ",
        subsequent_indent="  ",
        break_long_words=False,
        break_on_hyphens=False,
    )
    if check.remedy:
        # YAML is copied as it is: a “---” that is indented divides nothing.
        margin = "" if check.remedy_kind == "yaml" else "    "
        lines += ["", textwrap.indent(check.remedy, margin), ""]
    return "\n".join(lines)
