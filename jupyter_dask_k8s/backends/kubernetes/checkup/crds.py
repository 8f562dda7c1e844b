"""Whether the operator's resources are there, and have the fields that we ask for."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec

from ...examination import Examination, Finding, failed, ok, skipped, warning
from ..refusals import ResourceNotFound
from ..resources import GROUP
from .operator import CHART
from .patient import Patient

INSTALL = (
    "helm install --repo https://helm.dask.org --namespace dask-operator "
    f"--create-namespace --generate-name {CHART}"
)
UPDATE = (
    f"helm show crds --repo https://helm.dask.org {CHART} "
    "| kubectl apply --server-side --force-conflicts --filename -"
)
"""Helm itself does not bring CRDs up to date."""

KINDS = ("daskclusters", "daskworkergroups", "daskautoscalers", "daskjobs")

FIELDS = ("idleTimeout",)
"""Fields of a DaskCluster's ``spec`` that old CRDs lack: Kubernetes drops them silently."""


def examinations(patient: Patient) -> list[Examination]:
    """Return those of this topic."""

    async def crds() -> Finding:
        return await _crds(patient)

    async def fields() -> Finding:
        return await _fields(patient)

    return [
        Examination("crds", "Resources of the Dask operator", crds),
        Examination("crds.fields", "Fields of DaskCluster", fields),
    ]


async def _crds(patient: Patient) -> Finding:
    """Ask the discovery, which everybody who has logged in may read."""
    try:
        answer = await patient.get(f"/apis/{GROUP}/v1")
    except ResourceNotFound:
        found: set[str] = set()
    else:
        found = {it["name"] for it in answer["resources"]}
    lost = [kind for kind in KINDS if kind not in found]
    if len(lost) == len(KINDS):
        return failed("This Kubernetes has no Dask operator.", INSTALL, "command")
    if lost:
        names = ", ".join(lost)
        return failed(f"The operator is old: there are no {names}.", UPDATE, "command")
    return ok(f"{', '.join(KINDS)} are there.")


# --- fields --------------------------------------------------------------------------


class Schema(msgspec.Struct):
    """A part of OpenAPI."""

    properties: dict[str, Schema] | None = None


class Schemas(msgspec.Struct):
    """``components`` of OpenAPI 3."""

    schemas: dict[str, msgspec.Raw] = {}


class OpenAPI(msgspec.Struct):
    """What ``/openapi/v2`` or ``/openapi/v3/...`` answers, as far as we need it."""

    definitions: dict[str, msgspec.Raw] = {}
    components: Schemas = msgspec.field(default_factory=Schemas)


async def _fields(patient: Patient) -> Finding:
    """Read the schema in OpenAPI, for which one needs no right of one's own."""
    for path in (f"/openapi/v3/apis/{GROUP}/v1", "/openapi/v2"):
        try:
            answer = await patient.send("GET", path)
        except ResourceNotFound:
            continue
        # The older one is of all kinds, some megabytes.
        spec = await asyncio.to_thread(_spec_fields, answer)
        if spec is not None:
            break
    else:
        return skipped("Kubernetes does not tell the schema of DaskCluster.")
    lost = [field for field in FIELDS if field not in spec]
    if lost:
        return warning(
            f"The schema of DaskCluster has no {', '.join(lost)}: Kubernetes drops it, and "
            "clusters do not end when they are idle.",
            UPDATE,
            "command",
        )
    return ok(f"DaskCluster has {', '.join(FIELDS)}.")


def _spec_fields(answer: bytes) -> dict[str, Any] | None:
    """Return the fields of a DaskCluster's ``spec``; ``None`` where there is no schema."""
    try:
        document = msgspec.json.decode(answer, type=OpenAPI)
        for name, raw in (document.components.schemas or document.definitions).items():
            if name.endswith(".DaskCluster"):
                schema = msgspec.json.decode(raw, type=Schema)
                spec = (schema.properties or {}).get("spec")
                return spec.properties if spec else None
    except msgspec.MsgspecError:
        pass
    return None
