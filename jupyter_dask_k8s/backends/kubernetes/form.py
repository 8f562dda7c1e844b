"""The form for new clusters on Kubernetes, as JSON Schema with our limits and defaults."""

from __future__ import annotations

from collections.abc import Mapping
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
from .limitrange import Ranges
from .rules import Defaults
from .show import bare


def create_form(
    limits: Limits,
    defaults: Defaults,
    ends: tuple[str, ...] = ("idle", "keep"),
    room: Mapping[str, float] | None = None,
    ranges: Ranges | None = None,
) -> dict[str, Any]:
    """Return the schema; ``ends`` are the lifetimes that are possible here.

    ``room`` is what quotas leave for workers beside a scheduler (``cpu`` in cores,
    ``memory`` in bytes, ``gpus``, ``pods``). It goes into ``x-room``: how many workers fit
    depends on what else is typed, so the form does the division.
    """
    assert limits.max_threads is not None
    schema: dict[str, Any] = {
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
    if limits.room is not None:
        for name in ("workers", "minimum", "maximum"):
            schema["properties"][name]["description"] += f" {limits.room.sentence}"
    for name in ("cpu", "memory"):
        bounds = _bounds(name, ranges or Ranges())
        schema["properties"][name]["description"] += bounds
    return {**schema, "x-room": dict(room)} if room else schema


def _bounds(resource: str, ranges: Ranges) -> str:
    """Return what LimitRanges say of a container, as a sentence that goes on."""
    least, most, name = ranges.bounds(resource)
    words = [
        f"{word} {bare(resource, amount)}"
        for word, amount in (("at least", least), ("at most", most))
        if amount is not None
    ]
    return f" The LimitRange “{name}” allows {', '.join(words)}." if words else ""
