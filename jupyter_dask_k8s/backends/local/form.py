"""The form for new local clusters, as JSON Schema with our limits and defaults."""

from __future__ import annotations

from typing import Any

from ...models import MAX_NAME_LENGTH, NAME_PATTERN, Limits
from ...quantities import format_memory


def _whole_number(title: str, description: str, **bounds: int) -> dict[str, Any]:
    return {"type": "integer", "title": title, "description": description, **bounds}


def create_form(limits: Limits, idle_minutes: int) -> dict[str, Any]:
    """Return the schema; ``idle_minutes`` is the default lifetime, 0 for none."""
    most = limits.max_workers
    return {
        "title": "New Dask cluster",
        "type": "object",
        "properties": {
            "name": {
                "type": "string",
                "title": "Name",
                "description": "Leave empty for a name of our choice.",
                "pattern": NAME_PATTERN,
                "maxLength": MAX_NAME_LENGTH,
            },
            "scaling": {
                "type": "string",
                "title": "Scaling",
                "description": "A fixed number of workers, or as many as the work needs.",
                "enum": ["fixed", "adaptive"],
                "default": "fixed",
            },
            "workers": _whole_number(
                "Workers",
                "How many workers the cluster has.",
                minimum=0,
                maximum=most,
                default=limits.default_workers,
            ),
            "minimum": _whole_number(
                "At least",
                "Workers that stay without work.",
                minimum=0,
                maximum=most,
                default=0,
            ),
            "maximum": _whole_number(
                "At most", "Workers under full load.", minimum=1, maximum=most, default=most
            ),
            "threads": _whole_number(
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
            "idle_minutes": _whole_number(
                "Shut down after idle minutes",
                "0 keeps the cluster until it is deleted or Jupyter ends.",
                minimum=0,
                maximum=525_600,
                default=idle_minutes,
            ),
        },
    }
