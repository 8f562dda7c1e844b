"""The form of one profile: the backend's JSON Schema with what the profile says.

The properties of the schema, and the field of a request that each one fills:

===================  ==================================  ==============================
property             type                                field of the request
===================  ==================================  ==============================
name                 string                              name
scaling              ``fixed`` or ``adaptive``           (none: which of the next three)
workers              integer                             workers
minimum, maximum     integer                             adapt.minimum, adapt.maximum
threads              integer                             resources.threads
cpu, memory          string                              resources.cpu, resources.memory
gpus                 integer                             resources.gpus
image                string                              image
ends                 ``idle``, ``notebook``, ``keep``    lifetime.kind
idle_minutes         integer                             lifetime.seconds, for ``idle``
no_client_minutes    integer, 0 for none                 lifetime.no_client_seconds
env, node_selector   object of strings                   env, node_selector (added to the
                                                         profile's own)
worker_command       list of strings                     worker_command
packages             list of strings                     packages
===================  ==================================  ==============================

A field that may not be changed is left out. ``scaling`` with one value in its ``enum``
needs no control. Choices become ``enum``; bounds of numbers ``minimum`` and ``maximum``;
those of quantities ``x-minimum`` and ``x-maximum``, and a sentence in the description.
"""

from __future__ import annotations

import copy
from typing import Any

from ..models import Bounds, ClusterCreate
from .bounds import outside
from .definition import Definition
from .fields import Flat, flatten
from .rules import possible_kinds, resolve

PROPERTIES = {
    "workers": "workers",
    "minimum": "adapt.minimum",
    "maximum": "adapt.maximum",
    "threads": "resources.threads",
    "cpu": "resources.cpu",
    "memory": "resources.memory",
    "gpus": "resources.gpus",
    "image": "image",
    "ends": "lifetime.kind",
    "idle_minutes": "lifetime.seconds",
    "no_client_minutes": "lifetime.no_client_seconds",
    "env": "env",
    "node_selector": "node_selector",
    "worker_command": "worker_command",
    "packages": "packages",
}

_MINUTE = 60


def profile_form(schema: dict[str, Any], profile: Definition, base: Flat) -> dict[str, Any]:
    """Return the form of a profile; ``schema`` is that of its backend."""
    start = flatten(resolve(profile, ClusterCreate(), base))
    properties: dict[str, Any] = {}
    for name, shape in schema["properties"].items():
        field = PROPERTIES.get(name)
        if name == "scaling":
            properties[name] = _scaling(profile, shape, start)
        elif field is None:
            properties[name] = shape
        elif _shown(profile, field, base):
            properties[name] = _property(name, field, copy.deepcopy(shape), profile, start)
    form = {**schema, "properties": {key: it for key, it in properties.items() if it}}
    if "x-room" in schema:
        # What a worker is where the form has no field for it, or that is empty.
        worker = {**base, **start}
        form["x-worker"] = {
            name: worker[PROPERTIES[name]]
            for name in ("threads", "cpu", "memory", "gpus")
            if PROPERTIES[name] in worker
        }
    return form


def _shown(profile: Definition, field: str, base: Flat) -> bool:
    """Whether to show a field. Threads follow the CPU unless a profile names them."""
    named = field in (*profile.defaults, *profile.bounds, *(profile.fields or ()))
    if field == "resources.threads" and "resources.cpu" in base and not named:
        return False
    return profile.permits(field)


def _scaling(profile: Definition, shape: dict[str, Any], start: Flat) -> dict[str, Any]:
    ways = ["fixed"] if profile.permits("workers") else []
    ways += ["adaptive"] if profile.permits("adapt.maximum") else []
    wanted = "adaptive" if "adapt.maximum" in start else "fixed"
    if not ways:
        return {}
    return {**shape, "enum": ways, "default": wanted if wanted in ways else ways[0]}


def _property(
    name: str, field: str, shape: dict[str, Any], profile: Definition, start: Flat
) -> dict[str, Any]:
    bound = profile.bound(field) or Bounds()
    unit = _MINUTE if name.endswith("_minutes") else 1
    if field in start and shape["type"] != "object":
        value = start[field]
        shape["default"] = -(-value // unit) if isinstance(value, int) else value
    if shape["type"] == "integer":
        _narrow(shape, bound, unit)
    elif name == "ends":
        kinds = [kind for kind in shape["enum"] if _possible(profile, kind)]
        shape["enum"] = kinds or [start.get(field, shape["default"])]
        if shape["default"] not in shape["enum"]:
            shape["default"] = shape["enum"][0]
        return shape
    elif bound.minimum is not None or bound.maximum is not None:
        shape["description"] += f" {_range(bound)}"
        for end, amount in (("minimum", bound.minimum), ("maximum", bound.maximum)):
            if amount is not None:
                shape[f"x-{end}"] = str(amount)
    if bound.choices and shape["type"] != "array":
        _offer(shape, field, bound)
    return shape


def _possible(profile: Definition, kind: str) -> bool:
    """Whether the profile lets a cluster end like this."""
    kinds = possible_kinds(profile)
    return not kinds or kind in kinds


def _narrow(shape: dict[str, Any], bound: Bounds, unit: int) -> None:
    if bound.minimum is not None:
        least = -(-int(bound.minimum) // unit)
        shape["minimum"] = max(least, shape.get("minimum", least))
    if bound.maximum is not None:
        most = max(1, int(bound.maximum) // unit) if unit > 1 else int(bound.maximum)
        shape["maximum"] = min(most, shape.get("maximum", most))
    if "default" in shape:
        value = max(shape.get("minimum", shape["default"]), shape["default"])
        shape["default"] = min(shape.get("maximum", value), value)


def _range(bound: Bounds) -> str:
    if bound.minimum is None:
        return f"At most {bound.maximum}."
    if bound.maximum is None:
        return f"At least {bound.minimum}."
    return f"From {bound.minimum} to {bound.maximum}."


def _offer(shape: dict[str, Any], field: str, bound: Bounds) -> None:
    """Offer the choices: as such where they are all that is possible."""
    choices = bound.choices or []
    if any(choice.endswith("*") for choice in choices):
        shape["description"] += f" One of {', '.join(choices)}."
        return
    shape["enum"] = [int(it) for it in choices] if shape["type"] == "integer" else choices
    if "default" not in shape or outside(field, shape["default"], bound):
        shape["default"] = shape["enum"][0]
