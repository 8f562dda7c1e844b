"""Whether there are GPUs."""

from __future__ import annotations

from ....errors import NotPermitted
from ....quantities import parse_quantity
from ...examination import Examination, Finding, ok, skipped
from .patient import Patient


def examinations(patient: Patient) -> list[Examination]:
    """Return those of this topic."""

    async def gpus() -> Finding:
        return await _gpus(patient)

    return [Examination("gpus", "GPUs", gpus)]


async def _gpus(patient: Patient) -> Finding:
    resource = patient.defaults.gpu_resource
    try:
        answer = await patient.get("/api/v1/nodes", limit="500")
    except NotPermitted:
        return skipped("Whether there are nodes with GPUs we may not ask.")
    counts = [
        int(parse_quantity((it["status"].get("allocatable") or {}).get(resource, 0)))
        for it in answer["items"]
    ]
    nodes = sum(count > 0 for count in counts)
    if not nodes:
        return skipped(f"No node offers {resource}: workers with GPUs would wait for ever.")
    return ok(f"{sum(counts)} {resource} on {nodes} of {len(counts)} nodes.")
