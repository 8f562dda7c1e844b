"""A profile as an administrator writes it, and what may be wrong with it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

import msgspec

from ..errors import ClusterError, InvalidField
from ..models import BackendName, Bounds, ClusterCreate, ProfileSource
from ..validation import explain
from .fields import FIELDS, MEASURED, PARTS, Flat, covers, flatten, matches, measure

T = TypeVar("T")

NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?", re.ASCII)
"""It is the value of a label of each cluster."""


class WrittenBounds(Bounds, frozen=True, forbid_unknown_fields=True):
    """Bounds in a profile's text: a misspelt one must not go unnoticed."""


class Document(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """What a profile's text may say."""

    name: str = ""
    label: str = ""
    description: str = ""
    icon: str = ""
    backend: BackendName | None = None
    extends: str = ""
    defaults: dict[str, Any] = {}
    fields: list[str] | None = None
    bounds: dict[str, Any] = {}
    overlay: dict[str, Any] = {}


class Broken(Exception):
    """A profile that cannot be used; the text is a sentence for the administrator."""


@dataclass(frozen=True)
class Definition:
    """A profile that can be used."""

    name: str
    label: str = ""
    description: str = ""
    icon: str = ""
    source: ProfileSource = "package"
    extends: str = ""
    defaults: Flat = field(default_factory=dict)
    fields: tuple[str, ...] | None = None
    """What a request may set; ``None``: everything but ``overlay``."""
    bounds: dict[str, Bounds] = field(default_factory=dict)
    overlay: dict[str, Any] = field(default_factory=dict)

    def permits(self, name: str) -> bool:
        """Whether a request may set this field."""
        if self.fields is None:
            return name != "overlay"
        return covers(self.fields, name)


@dataclass(frozen=True)
class Written:
    """A profile as it was found: not yet known to be right."""

    name: str
    place: str
    """Where it was found, as the end of a sentence has it."""
    content: Any
    source: ProfileSource = "platform"


def read(
    found: Written, base: Definition | None, backend: BackendName
) -> Definition | None:
    """Return a profile on top of the one that it extends; raises `Broken`.

    ``None``: it is for another backend.
    """
    try:
        document = _document(found)
        if document.backend not in (None, backend):
            return None
        return _define(found, document, base)
    except ClusterError as error:
        raise Broken(_trouble(found, error.message)) from None


def extends(found: Written) -> str:
    """Return which profile a text builds on, if it says so."""
    content = found.content
    name = content.get("extends") if isinstance(content, Mapping) else None
    return name if isinstance(name, str) else ""


def _trouble(found: Written, what: str) -> str:
    return f"The profile “{found.name}” of {found.place} is left out: {what}"


def _document(found: Written) -> Document:
    if not NAME.fullmatch(found.name):
        raise InvalidField(
            "name",
            "a profile's name has letters, digits, “-”, “_” and “.”, and at most 63 "
            "of them.",
        )
    if not isinstance(found.content, Mapping):
        raise InvalidField("", "it is no mapping of names to values.")
    try:
        return msgspec.convert(found.content, Document)
    except msgspec.ValidationError as error:
        raise explain(error) from None


def _define(found: Written, document: Document, base: Definition | None) -> Definition:
    base = base or Definition(found.name)
    defaults = _defaults(document.defaults)
    _check_names("fields", document.fields or ())
    bounds = {**base.bounds, **_bounds(document.bounds)}
    inherited = {
        name: value
        for name, value in base.defaults.items()
        # One way of scaling replaces the other.
        if not ("workers" in defaults and covers(["adapt"], name))
        and not ("adapt.maximum" in defaults and name == "workers")
    }
    merged = {**inherited, **defaults}
    for name in ("env", "node_selector"):
        if name in merged:
            merged[name] = {**inherited.get(name, {}), **defaults.get(name, {})}
    for name, value in merged.items():
        _check_default(name, value, bounds.get(name))
    return Definition(
        name=found.name,
        label=document.label or base.label or found.name,
        description=document.description or base.description,
        icon=document.icon or base.icon,
        source=found.source,
        extends=document.extends,
        defaults=merged,
        fields=base.fields if document.fields is None else tuple(document.fields),
        bounds=bounds,
        overlay=document.overlay or base.overlay,
    )


def _defaults(content: dict[str, Any]) -> Flat:
    for name in ("name", "backend", "profile", "overlay"):
        if name in content:
            where = " Put it beside “defaults”." if name == "overlay" else ""
            raise InvalidField(name, f"“defaults.{name}” has no meaning.{where}")
    request = _convert("defaults", _with_texts(content), ClusterCreate)
    if request.workers is not None and request.adapt is not None:
        raise InvalidField("defaults", "“defaults” has both “workers” and “adapt”.")
    return flatten(request)


def _bounds(content: dict[str, Any]) -> dict[str, Bounds]:
    bounds: dict[str, Bounds] = {}
    for name, text in content.items():
        bounds[name] = _convert(f"bounds.{name}", text, WrittenBounds)
        _check_bound(name, bounds[name])
    return bounds


def _convert(where: str, content: Any, type: type[T]) -> T:
    """Return a part of the text as ``type``; errors name the way to it."""
    if not isinstance(content, Mapping):
        raise InvalidField(where, f"“{where}” is no mapping of names to values.")
    try:
        return msgspec.convert(content, type)
    except msgspec.ValidationError as error:
        wrong = explain(error)
        field = f"{where}.{wrong.field}"
        words = wrong.message.replace(f"“{wrong.field}”", f"“{field}”", 1)
        raise InvalidField(field, words) from None


def _with_texts(content: dict[str, Any]) -> dict[str, Any]:
    """Return defaults with amounts as text: in YAML ``cpu: 2`` is a number."""
    resources = content.get("resources")
    if not isinstance(resources, dict):
        return content
    texts = {
        name: str(amount)
        for name, amount in resources.items()
        if name in ("cpu", "memory") and type(amount) in (int, float)
    }
    return {**content, "resources": {**resources, **texts}}


def _check_names(where: str, names: Any) -> None:
    for name in names:
        if name not in FIELDS and name not in PARTS:
            raise InvalidField(where, f"“{where}” names “{name}”, which is no field.")


def _check_bound(name: str, bound: Bounds) -> None:
    if name not in FIELDS or FIELDS[name] in ("map", "items"):
        raise InvalidField("bounds", f"“bounds” names “{name}”, which has no bounds.")
    kind = FIELDS[name]
    ends = [it for it in (bound.minimum, bound.maximum) if it is not None]
    if ends and kind not in MEASURED:
        raise InvalidField(name, f"“bounds.{name}” can have “choices” only.")
    try:
        amounts = [measure(kind, it) for it in ends]
    except ValueError as error:
        raise InvalidField(name, f"in “bounds.{name}”, {error}") from None
    if amounts != sorted(amounts):
        raise InvalidField(name, f"in “bounds.{name}”, the minimum is above the maximum.")
    if bound.choices is not None and not bound.choices:
        raise InvalidField(name, f"in “bounds.{name}”, the list of choices is empty.")


def _check_default(name: str, value: Any, bound: Bounds | None) -> None:
    """Check one default; raises `InvalidField` where it breaks the profile's own bound."""
    if bound is not None:
        trouble = outside(name, value, bound)
        if trouble:
            raise InvalidField(name, f"in “defaults.{name}”, {trouble}")


def outside(name: str, value: Any, bound: Bounds) -> str:
    """Return why a value is out of bounds, as the end of a sentence; else nothing.

    Raises `InvalidField` where the value is no amount at all.
    """
    kind = FIELDS[name]
    if kind in MEASURED:
        try:
            amount = measure(kind, value)
        except ValueError as error:
            raise InvalidField(name, str(error)) from None
        if bound.minimum is not None and amount < measure(kind, bound.minimum):
            return f"{value} is below the minimum of {bound.minimum}."
        if bound.maximum is not None and amount > measure(kind, bound.maximum):
            return f"{value} is above the maximum of {bound.maximum}."
    if bound.choices is None:
        return ""
    for text in value if name == "packages" else [_as_choice(name, value)]:
        if not any(_chosen(name, choice, text) for choice in bound.choices):
            return f"“{text}” is none of {', '.join(bound.choices)}."
    return ""


def _as_choice(name: str, value: Any) -> str:
    return " ".join(value) if name == "worker_command" else str(value)


def _chosen(name: str, choice: str, text: str) -> bool:
    kind = FIELDS[name]
    if kind in ("memory", "cpu"):
        try:
            return measure(kind, choice) == measure(kind, text)
        except ValueError:
            return False
    return matches(choice, text)
