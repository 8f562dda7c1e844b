"""What the doctor looks at on Kubernetes."""

from __future__ import annotations

from ...examination import Examination
from . import api, crds, nodes, operator, profiles, quota, rights, schedulers
from .patient import Patient

__all__ = ["Patient", "examinations"]


def examinations(patient: Patient) -> list[Examination]:
    """Return all examinations of a backend, the most basic first."""
    return [
        part
        for topic in (api, crds, operator, rights, profiles, quota, schedulers, nodes)
        for part in topic.examinations(patient)
    ]
