"""Whether profiles can be used, and those of the platform be read."""

from __future__ import annotations

import asyncio

from ....errors import NotPermitted
from ... import checkup
from ...examination import Examination, Finding, ok, warning
from ..refusals import ResourceNotFound
from .patient import Patient
from .rights import RULES, may, role_text

_CONFIGMAPS = next(it for it in RULES if it.resource == "configmaps")
_SETTING = "KubernetesBackend.platform_namespace"

LIMIT = 10.0
"""Seconds: the first list of ConfigMaps alone may take five."""


def examinations(patient: Patient) -> list[Examination]:
    """Return those of this topic."""

    async def platform() -> Finding:
        return await _platform(patient)

    found = [
        checkup.profiles("profiles", "Profiles", "KubernetesBackend", patient.book, LIMIT)
    ]
    if patient.platform not in ("", patient.namespace):
        found.append(Examination("profiles.platform", "Profiles of the platform", platform))
    return found


async def _platform(patient: Patient) -> Finding:
    """A namespace that is not there has no ConfigMaps, or may not be read."""
    name = patient.platform
    try:
        await patient.get(f"/api/v1/namespaces/{name}")
    except NotPermitted:
        pass  # Most users may not; whether they may read the ConfigMaps is what counts.
    except ResourceNotFound:
        return warning(
            f"There is no namespace {name} with profiles for everybody ({_SETTING}).",
            f"kubectl create namespace {name}",
            "command",
        )
    verbs = _CONFIGMAPS.verbs
    answers = await asyncio.gather(*(may(patient, _CONFIGMAPS, it, name) for it in verbs))
    lost = [verb for verb, allowed in zip(verbs, answers, strict=True) if not allowed]
    if not lost:
        return ok(f"Profiles for everybody are read from the namespace {name}.")
    user = await patient.user()
    return warning(
        f"{user or 'We'} may not {', '.join(lost)} configmaps in {name}: its profiles for "
        f"everybody are missing ({_SETTING}).",
        role_text(_CONFIGMAPS, name, user),
        "yaml",
    )
