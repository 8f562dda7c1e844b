"""The form for new clusters on Kubernetes, as JSON Schema with our limits and defaults."""

from __future__ import annotations

from typing import Any

from ...models import Limits
from ...quantities import cpu_quantity, format_memory
from ..form import (
    command_field,
    env_field,
    lifetime_fields,
    name_field,
    node_selector_field,
    packages_field,
    scaling_fields,
    whole_number,
)
from .rules import Defaults


def create_form(
    limits: Limits, defaults: Defaults, ends: tuple[str, ...] = ("idle", "keep")
) -> dict[str, Any]:
    """Return the schema; ``ends`` are the lifetimes that are possible here."""
    assert limits.max_threads is not None
    return {
        "title": "New Dask cluster",
        "type": "object",
        "properties": {
            "name": name_field(),
            **scaling_fields(limits),
            # Only where a profile speaks of them: else they follow the CPU.
            "threads": whole_number(
                "Threads per worker",
                "Tasks that a worker runs at the same time.",
                minimum=1,
                maximum=limits.max_threads,
            ),
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
            **lifetime_fields(ends, defaults.idle_minutes, "until it is deleted."),
            "env": env_field(),
            "packages": packages_field(),
            "worker_command": command_field(),
            "node_selector": node_selector_field(),
        },
    }
