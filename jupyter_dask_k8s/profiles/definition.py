"""A profile as an administrator writes it, and what may be wrong with it."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

import msgspec

from ..errors import ClusterError, InvalidField
from ..models import BackendName, Bounds, ClusterCreate, ProfileSource
from ..validation import explain
from .bounds import bound_of, check_bounds, merged, outside
from .fields import FIELDS, PARTS, Flat, covers, flatten, of_workers, unflatten

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
    """A profile that cannot be used; the text is why, as the end of a sentence."""


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

    def bound(self, name: str) -> Bounds | None:
        """Return the bounds of a field."""
        return bound_of(self.bounds, name)

    def without(self, names: Collection[str]) -> Definition:
        """Return the profile without all that it says of some fields."""
        if not names:
            return self
        defaults = _left(self.defaults, names)
        if "groups" in defaults:
            defaults["groups"] = [
                unflatten(_left(of_workers(group), names), group)
                for group in defaults["groups"]
            ]
        return replace(
            self,
            defaults=defaults,
            bounds=_left(self.bounds, names),
            overlay={} if "overlay" in names else self.overlay,
        )


def _left(values: Mapping[str, T], names: Collection[str]) -> dict[str, T]:
    return {name: value for name, value in values.items() if name not in names}


@dataclass(frozen=True)
class Written:
    """A profile as it was found: not yet known to be right."""

    name: str
    place: str
    """Where it was found, as the end of a sentence has it."""
    content: Any
    source: ProfileSource = "platform"

    @property
    def title(self) -> str:
        """What a sentence about it begins with."""
        return f"The profile “{self.name}” of {self.place}"


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
        raise Broken(error.message) from None


def extends(found: Written) -> str:
    """Return which profile a text builds on, if it says so."""
    content = found.content
    name = content.get("extends") if isinstance(content, Mapping) else None
    return name if isinstance(name, str) else ""


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
        raise explain(error, Document) from None


def _define(found: Written, document: Document, base: Definition | None) -> Definition:
    base = base or Definition(found.name, label=found.name)
    defaults = _defaults(document.defaults)
    _check_names("fields", document.fields or ())
    bounds = _bounds(document.bounds, base.bounds)
    inherited = {
        name: value
        for name, value in base.defaults.items()
        # One way of scaling replaces the other.
        if not ("workers" in defaults and covers(["adapt"], name))
        and not ("adapt.maximum" in defaults and name == "workers")
    }
    values = {**inherited, **defaults}
    for name in ("env", "node_selector"):
        if name in values:
            values[name] = {**inherited.get(name, {}), **defaults.get(name, {})}
    for name, value in values.items():
        _check_default(name, value, bound_of(bounds, name))
    return Definition(
        name=found.name,
        # A profile in the place of another is that one; one beside it is not.
        label=document.label or (base.label if base.name == found.name else found.name),
        description=document.description or base.description,
        icon=document.icon or base.icon,
        source=found.source,
        extends=document.extends,
        defaults=values,
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


def _bounds(content: dict[str, Any], inherited: dict[str, Bounds]) -> dict[str, Bounds]:
    bounds = dict(inherited)
    for name, text in content.items():
        own = _convert(f"bounds.{name}", text, WrittenBounds)
        bounds[name] = merged(inherited.get(name), own)
    check_bounds(bounds)
    return bounds


def _convert(where: str, content: Any, type: type[T]) -> T:
    """Return a part of the text as ``type``; errors name the way to it."""
    if not isinstance(content, Mapping):
        raise InvalidField(where, f"“{where}” is no mapping of names to values.")
    try:
        return msgspec.convert(content, type)
    except msgspec.ValidationError as error:
        wrong = explain(error, type)
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


def _check_default(name: str, value: Any, bound: Bounds | None) -> None:
    """Check one default; raises `InvalidField` where it breaks the profile's own bound."""
    if bound is not None:
        trouble = outside(name, value, bound)
        if trouble:
            raise InvalidField(name, f"in “defaults.{name}”, {trouble}")
