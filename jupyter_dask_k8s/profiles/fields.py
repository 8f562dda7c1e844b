"""The fields of a request that profiles speak of, by dotted name, and how they compare."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal, TypeVar

import msgspec

from ..models import Adapt, ClusterCreate, LifetimeRequest, Resources, WorkerOptions
from ..quantities import format_duration, parse_cpu, parse_memory

Flat = dict[str, Any]
"""The fields that are given, by dotted name."""

Kind = Literal["count", "seconds", "memory", "cpu", "text", "words", "map", "items"]

FIELDS: dict[str, Kind] = {
    "workers": "count",
    "adapt.minimum": "count",
    "adapt.maximum": "count",
    "image": "text",
    "resources.threads": "count",
    "resources.memory": "memory",
    "resources.cpu": "cpu",
    "resources.gpus": "count",
    "env": "map",
    "worker_command": "words",
    "node_selector": "map",
    "tolerations": "items",
    "lifetime.kind": "text",
    "lifetime.seconds": "seconds",
    "lifetime.no_client_seconds": "seconds",
    "groups": "items",
    "packages": "words",
    "overlay": "items",
}

PARTS: dict[str, type[Any]] = {
    "adapt": Adapt,
    "resources": Resources,
    "lifetime": LifetimeRequest,
}

OF_WORKERS = tuple(
    name for name in FIELDS if name.partition(".")[0] in WorkerOptions.__struct_fields__
)
"""What a worker group has for itself."""

MEASURED: tuple[Kind, ...] = ("count", "seconds", "memory", "cpu")
"""Kinds with a minimum and a maximum."""

S = TypeVar("S", bound=WorkerOptions)


def flatten(request: WorkerOptions) -> Flat:
    """Return what a request gives."""
    flat: Flat = {}
    for name in FIELDS:
        value: Any = request
        for part in name.split("."):
            value = getattr(value, part, None)
        if value is not None:
            flat[name] = value
    return flat


def of_workers(request: WorkerOptions) -> Flat:
    """Return what a request says of its workers."""
    return {name: it for name, it in flatten(request).items() if name in OF_WORKERS}


def unflatten(flat: Flat, request: S) -> S:
    """Return the request with exactly these fields (and its name, profile ...)."""
    known = {name.partition(".")[0] for name in FIELDS}
    nested: dict[str, Any] = {}
    for name, value in flat.items():
        head, _, tail = name.partition(".")
        if tail:
            nested.setdefault(head, {})[tail] = value
        else:
            nested[head] = value
    for head, part in PARTS.items():
        if head in nested:
            nested[head] = part(**nested[head])
    given = request.__struct_fields__
    empty = {name: None for name in known if name in given and name != "workers"}
    if isinstance(request, ClusterCreate):
        empty["workers"] = None
    return msgspec.structs.replace(request, **{**empty, **nested})


def covers(names: Iterable[str], field: str) -> bool:
    """Whether one of the names means the field: ``resources`` means ``resources.cpu``."""
    head = field.partition(".")[0]
    return any(name in (field, head) for name in names)


def measure(kind: Kind, value: Any) -> float:
    """Return a value as a number that compares; raises `ValueError`."""
    if kind == "memory":
        return parse_memory(str(value))
    if kind == "cpu":
        return parse_cpu(str(value))
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError(f"“{value}” is no whole number.")
    return value


def same(field: str, one: Any, other: Any) -> bool:
    """Whether two values mean the same: ``16Gi`` and ``16 GiB`` do."""
    kind = FIELDS[field]
    if one == other:
        return True
    if one is None or other is None or kind not in MEASURED:
        return False
    try:
        return measure(kind, one) == measure(kind, other)
    except ValueError:
        return False


def say(field: str, value: Any) -> str:
    """Return a value as a sentence has it."""
    if FIELDS[field] == "seconds":
        return f"{value} ({format_duration(value)})" if value >= 120 else f"{value}"
    if isinstance(value, list):
        return " ".join(str(it) for it in value)
    return str(value)


def matches(choice: str, value: str) -> bool:
    """Whether a value is what a choice means; one with ``*`` at its end is a beginning."""
    if choice.endswith("*"):
        return value.startswith(choice[:-1])
    return choice == value
