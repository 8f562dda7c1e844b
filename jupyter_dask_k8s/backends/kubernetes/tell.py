"""All that keeps us from seeing everything, as few sentences."""

from __future__ import annotations

from collections.abc import Iterable

from ...errors import ClusterError, NotPermitted
from .diagnosis.words import listed
from .refusals import OperatorMissing


def tell(troubles: Iterable[ClusterError]) -> str:
    """Return what is wrong; an empty string when nothing is.

    One cause is told once: an API server that does not answer is enough, and the rights
    that are missing make one sentence.
    """
    troubles = list(troubles)
    refused = [it for it in troubles if isinstance(it, NotPermitted)]
    absent = [it for it in troubles if isinstance(it, OperatorMissing)]
    away = [it for it in troubles if it not in refused and it not in absent]
    if away:
        return away[0].message
    told = [it.message for it in absent[:1]]
    if refused:
        told.append(_refused(refused))
    return " ".join(told)


def _refused(troubles: list[NotPermitted]) -> str:
    """Return which rights are missing."""
    by_kind = {_resource(it): it for it in troubles}
    if len(by_kind) == 1 or "" in by_kind:
        return troubles[0].message
    who, where = troubles[0].details.get("user"), troubles[0].details.get("namespace")
    return (
        f"Not allowed: {who} may not list or watch {listed(list(by_kind))} in {where}. The "
        "doctor shows the rules that are missing."
    )


def _resource(trouble: NotPermitted) -> str:
    rule = trouble.details.get("rule")
    return str(rule["resources"][0]) if isinstance(rule, dict) else ""
