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


def lifetime_fields(ends: tuple[str, ...], minutes: int, keep: str) -> dict[str, Any]:
    """Return the fields for the lifetime.

    ``minutes`` is the default of the idle clock, 0 for none; ``keep`` says until when a
    cluster is kept.
    """
    words = {
        "idle": "Idle: without work.",
        "notebook": "Notebook: with this notebook server.",
        "keep": f"Keep: {keep}",
    }
    return {
        "ends": {
            "type": "string",
            "title": "Ends",
            "description": " ".join(words[it] for it in ends),
            "enum": list(ends),
            "default": "idle" if minutes else "keep",
        },
        "idle_minutes": whole_number(
            "After idle minutes",
            "The cluster ends when it has had no work for so long.",
            minimum=1,
            maximum=525_600,
            default=minutes or 60,
        ),
        "no_client_minutes": whole_number(
            "After minutes without client",
            "It also ends when nobody was connected for so long. 0: no such clock.",
            minimum=0,
            maximum=525_600,
            default=0,
        ),
    }


def _texts(title: str, description: str) -> dict[str, Any]:
    """Return a field for texts by name."""
    return {
        "type": "object",
        "title": title,
        "description": description,
        "additionalProperties": {"type": "string"},
    }


def _words(title: str, description: str) -> dict[str, Any]:
    """Return a field for a list of texts."""
    return {
        "type": "array",
        "title": title,
        "description": description,
        "items": {"type": "string", "minLength": 1},
    }


def env_field() -> dict[str, Any]:
    """Return the field for environment variables."""
    return _texts("Environment", "Variables of scheduler and workers, as NAME=value.")


def packages_field() -> dict[str, Any]:
    """Return the field for packages."""
    return _words("Packages", "What pip installs when scheduler and workers start.")


def command_field() -> dict[str, Any]:
    """Return the field for the command of workers."""
    return _words("Worker command", "Instead of “dask worker”; our options follow it.")


def node_selector_field() -> dict[str, Any]:
    """Return the field for labels that nodes must have."""
    return _texts("Nodes", "Labels of the nodes that workers may run on.")
