"""Bounds of profiles: which can be kept, what they come to, what is outside of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from ..errors import InvalidField
from ..models import Bounds
from .fields import FIELDS, MEASURED, Kind, matches, measure

_LEAST = {"resources.threads": 1, "resources.memory": 1, "resources.cpu": 1}
_LEAST |= {"lifetime.seconds": 1, "lifetime.no_client_seconds": 1}
"""The least that a field can have, where that is not 0."""

_TWINS = {"workers": "adapt.maximum", "adapt.maximum": "workers"}


def merged(inherited: Bounds | None, own: Bounds) -> Bounds:
    """Return a bound on top of the one that it narrows or moves, key by key."""
    if inherited is None:
        return own
    said = {key: it for key, it in msgspec.structs.asdict(own).items() if it is not None}
    return msgspec.structs.replace(inherited, **said)


def bound_of(bounds: Mapping[str, Bounds], name: str) -> Bounds | None:
    """Return the bounds of a field.

    The most workers are the most for both ways of scaling, where only one has a bound:
    otherwise one would be the way around the other.
    """
    bound, twin = bounds.get(name), _TWINS.get(name, "")
    most = ends_of(twin, bounds[twin]).maximum if twin in bounds else None
    if most is None or ends_of(name, bound or Bounds()).maximum is not None:
        return bound
    return msgspec.structs.replace(bound or Bounds(), maximum=most)


def ends_of(name: str, bound: Bounds) -> Bounds:
    """Return a bound with the minimum and the maximum that its choices come to."""
    kind = FIELDS[name]
    possible = _possible(kind, bound)
    if not possible:
        return bound
    ordered = sorted(possible, key=lambda it: measure(kind, it))
    return msgspec.structs.replace(bound, minimum=ordered[0], maximum=ordered[-1])


def check_bounds(bounds: Mapping[str, Bounds]) -> None:
    """Check that there are values that keep all bounds; raises `InvalidField`."""
    for name, bound in bounds.items():
        _check_shape(name, bound)
    for name in bounds:
        bound = bound_of(bounds, name) or Bounds()
        if FIELDS[name] in MEASURED:
            _check_possible(name, bound)


def _check_shape(name: str, bound: Bounds) -> None:
    """Check what a bound is made of."""
    if name not in FIELDS or FIELDS[name] in ("map", "items"):
        raise InvalidField("bounds", f"“bounds” names “{name}”, which has no bounds.")
    kind = FIELDS[name]
    if bound.choices is not None and not bound.choices:
        raise InvalidField(name, f"in “bounds.{name}”, the list of choices is empty.")
    ends = [it for it in (bound.minimum, bound.maximum) if it is not None]
    if kind not in MEASURED:
        if ends:
            raise InvalidField(name, f"“bounds.{name}” can have “choices” only.")
        return
    least = _LEAST.get(name, 0)
    try:
        for value in [*ends, *(_value(kind, it) for it in bound.choices or ())]:
            if measure(kind, value) < least:
                raise InvalidField(
                    name,
                    f"in “bounds.{name}”, {value} cannot be: there are no such values "
                    f"below {least}.",
                )
    except ValueError as error:
        raise InvalidField(name, f"in “bounds.{name}”, {error}") from None


def _check_possible(name: str, bound: Bounds) -> None:
    kind = FIELDS[name]
    ends = [it for it in (bound.minimum, bound.maximum) if it is not None]
    amounts = [measure(kind, it) for it in ends]
    if amounts != sorted(amounts):
        raise InvalidField(name, f"in “bounds.{name}”, the minimum is above the maximum.")
    if bound.choices and not _possible(kind, bound):
        raise InvalidField(
            name, f"in “bounds.{name}”, no choice is between the minimum and the maximum."
        )


def outside(name: str, value: Any, bound: Bounds) -> str:
    """Return why a value is out of bounds, as the end of a sentence; else nothing.

    Raises `InvalidField` where the value is no amount at all.
    """
    kind = FIELDS[name]
    if kind in MEASURED:
        try:
            measure(kind, value)
        except ValueError as error:
            raise InvalidField(name, str(error)) from None
        beyond = _beyond(kind, value, bound)
        if beyond:
            return beyond
    if bound.choices is None:
        return ""
    for text in value if name == "packages" else [_as_choice(name, value)]:
        if not any(_chosen(kind, choice, text) for choice in bound.choices):
            return f"“{text}” is none of {', '.join(bound.choices)}."
    return ""


def first_choice(name: str, bound: Bounds) -> Any:
    """Return the first choice that can be had as it stands; raises `InvalidField`."""
    kind = FIELDS[name]
    if kind in MEASURED:
        return _possible(kind, bound)[0]
    for choice in bound.choices or []:
        if not choice.endswith("*"):
            return choice.split() if kind == "words" else choice
    raise InvalidField(
        name, f"Choose “{name}”: one of {', '.join(bound.choices or [])} is possible."
    )


def _beyond(kind: Kind, value: Any, bound: Bounds) -> str:
    amount = measure(kind, value)
    if bound.minimum is not None and amount < measure(kind, bound.minimum):
        return f"{value} is below the minimum of {bound.minimum}."
    if bound.maximum is not None and amount > measure(kind, bound.maximum):
        return f"{value} is above the maximum of {bound.maximum}."
    return ""


def _possible(kind: Kind, bound: Bounds) -> list[int | str]:
    """Return the choices among amounts that keep the rest of their bound."""
    if kind not in MEASURED:
        return []
    values = [_value(kind, choice) for choice in bound.choices or ()]
    return [value for value in values if not _beyond(kind, value, bound)]


def _value(kind: Kind, choice: str) -> int | str:
    """Return a choice as requests have it; raises `ValueError`."""
    if kind not in ("count", "seconds"):
        return choice
    try:
        return int(choice)
    except ValueError:
        raise ValueError(f"“{choice}” is no whole number.") from None


def _as_choice(name: str, value: Any) -> str:
    return " ".join(value) if name == "worker_command" else str(value)


def _chosen(kind: Kind, choice: str, text: str) -> bool:
    if kind in ("memory", "cpu"):
        return measure(kind, choice) == measure(kind, text)
    return matches(choice, text)
