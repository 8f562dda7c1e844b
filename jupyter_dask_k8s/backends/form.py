"""The fields that the forms of all backends have."""

from __future__ import annotations

from typing import Any

from ..models import MAX_NAME_LENGTH, NAME_PATTERN, Limits


def whole_number(title: str, description: str, **bounds: int) -> dict[str, Any]:
    """Return a field for a whole number."""
    return {"type": "integer", "title": title, "description": description, **bounds}


def name_field() -> dict[str, Any]:
    """Return the field for the name."""
    return {
        "type": "string",
        "title": "Name",
        "description": "Leave empty for a name of our choice.",
        "pattern": NAME_PATTERN,
        "maxLength": MAX_NAME_LENGTH,
    }


def scaling_fields(limits: Limits) -> dict[str, Any]:
    """Return the fields for the number of workers, fixed or adaptive."""
    most = limits.max_workers
    return {
        "scaling": {
            "type": "string",
            "title": "Scaling",
            "description": "A fixed number of workers, or as many as the work needs.",
            "enum": ["fixed", "adaptive"],
            "default": "fixed",
        },
        "workers": whole_number(
            "Workers",
            "How many workers the cluster has.",
            minimum=0,
            maximum=most,
            default=limits.default_workers,
        ),
        "minimum": whole_number(
            "At least",
            "Workers that stay without work.",
            minimum=0,
            maximum=most,
            default=0,
        ),
        "maximum": whole_number(
            "At most",
            "Workers under full load.",
            minimum=1,
            maximum=most,
            default=min(most, max(10, limits.default_workers)),
        ),
    }


def idle_field(description: str, default: int) -> dict[str, Any]:
    """Return the field for the lifetime; ``default`` in minutes, 0 for none."""
    return whole_number(
        "Shut down after idle minutes",
        description,
        minimum=0,
        maximum=525_600,
        default=default,
    )
