"""Whether there is room for a cluster."""

from __future__ import annotations

import json
from decimal import Decimal

from ....errors import InvalidField
from ....quantities import memory_quantity
from ...examination import Examination, Finding, ok, skipped, warning
from ..demand import Demand, Size
from ..quota import Entry
from ..show import unit_of
from .patient import Patient


def examinations(patient: Patient) -> list[Examination]:
    """Return those of this topic."""

    async def quota() -> Finding:
        return _quota(patient)

    return [Examination("quota", "Room for clusters", quota)]


def _quota(patient: Patient) -> Finding:
    if not patient.quota.readable:
        return skipped("Quotas of the namespace cannot be read.")
    demands = _smallest(patient)
    try:
        patient.quota.check(demands)
    except InvalidField as error:
        return warning(
            f"There is no room for a cluster with one worker. {error.message}",
            _remedy(patient, demands),
            "command",
        )
    room = patient.limits.room
    if room is None:
        return ok("No quota bounds what clusters may have.")
    return ok(f"There is room for a cluster. {room.sentence}")


def _smallest(patient: Patient) -> list[Demand]:
    """Return a scheduler and one worker of the default size."""
    defaults = patient.defaults
    share = Decimal(str(defaults.overcommit))

    def size(cpu: int, memory: int) -> list[Size]:
        cores, most = Decimal(cpu) / 1000, Decimal(memory)
        return [
            Size({"cpu": cores / share, "memory": most}, {"cpu": cores, "memory": most})
        ]

    return [
        Demand("worker", 1, size(defaults.cpu, defaults.memory)),
        Demand("scheduler", 1, size(defaults.scheduler_cpu, defaults.scheduler_memory)),
    ]


def _remedy(patient: Patient, demands: list[Demand]) -> str:
    """Return the command that raises the quotas by just enough."""
    hard: dict[str, dict[str, str]] = {}
    for entry in patient.quota.coming:
        wanted = sum((it.cost.get(entry.key, Decimal(0)) for it in demands), Decimal(0))
        if wanted > entry.left:
            hard.setdefault(entry.quota, {})[entry.written] = _text(entry, wanted)
    space = f"--namespace {patient.namespace}"
    if not hard:
        return f"kubectl {space} describe limitranges"
    return "\n".join(
        f"kubectl {space} patch resourcequota {name} --type=merge "
        f"--patch '{json.dumps({'spec': {'hard': amounts}})}'"
        for name, amounts in hard.items()
    )


def _text(entry: Entry, wanted: Decimal) -> str:
    amount = entry.kept + wanted
    if not unit_of(entry.resource):
        return memory_quantity(int(amount))
    return f"{amount.normalize():f}"
