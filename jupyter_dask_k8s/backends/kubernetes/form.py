"""The form for new clusters on Kubernetes, as JSON Schema with our limits and defaults."""

from __future__ import annotations

from typing import Any

from ...models import Limits
from ...quantities import cpu_quantity, format_memory
from ..form import idle_field, name_field, scaling_fields
from .rules import Defaults


def create_form(limits: Limits, defaults: Defaults) -> dict[str, Any]:
    """Return the schema."""
    return {
        "title": "New Dask cluster",
        "type": "object",
        "properties": {
            "name": name_field(),
            **scaling_fields(limits),
            "cpu": {
                "type": "string",
                "title": "CPU per worker",
                "description": "For example 2, or 500m for a half. A thread for each CPU.",
                "default": cpu_quantity(defaults.cpu),
            },
            "memory": {
                "type": "string",
                "title": "Memory per worker",
                "description": "For example 2 GiB. A worker that needs more is restarted.",
                "default": format_memory(defaults.memory),
            },
            "gpus": {
                "type": "integer",
                "title": "GPUs per worker",
                "description": f"Asked for as {defaults.gpu_resource}.",
                "minimum": 0,
                "maximum": 16,
                "default": 0,
            },
            "image": {
                "type": "string",
                "title": "Image",
                "description": "What scheduler and workers run. Use the versions of Python "
                "and Dask that your notebook has.",
                "default": defaults.image,
            },
            "idle_minutes": idle_field(
                "0 keeps the cluster until it is deleted.", defaults.idle_minutes
            ),
        },
    }
