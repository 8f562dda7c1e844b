"""The form for new local clusters, as JSON Schema with our limits and defaults."""

from __future__ import annotations

from typing import Any

from ...models import Limits
from ...quantities import format_memory
from ..form import (
    env_field,
    lifetime_fields,
    name_field,
    scaling_fields,
    whole_number,
)


def create_form(limits: Limits, idle_minutes: int) -> dict[str, Any]:
    """Return the schema; ``idle_minutes`` is the default lifetime, 0 for none."""
    assert limits.max_threads is not None
    assert limits.memory is not None
    return {
        "title": "New Dask cluster",
        "type": "object",
        "properties": {
            "name": name_field(),
            **scaling_fields(limits),
            "threads": whole_number(
                "Threads per worker",
                "Tasks that a worker runs at the same time.",
                minimum=1,
                maximum=limits.max_threads,
                default=limits.default_threads,
            ),
            "memory": {
                "type": "string",
                "title": "Memory per worker",
                "description": (
                    "For example 2 GiB. A worker that needs more is restarted; this "
                    f"machine has {format_memory(limits.memory)}."
                ),
                "default": format_memory(limits.default_memory),
            },
            **lifetime_fields(
                ("idle", "keep"), idle_minutes, "until it is deleted or Jupyter ends."
            ),
            "env": env_field(),
        },
    }
