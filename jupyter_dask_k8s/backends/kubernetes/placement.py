"""Where worker pods may run: node selectors and tolerations."""

from __future__ import annotations

import re
from typing import Any

from ...errors import InvalidField
from ...models import Toleration

_VALUE = re.compile(r"([A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?)?", re.ASCII)
_PREFIX = re.compile(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?", re.ASCII)


def _is_key(text: str) -> bool:
    """Tell whether Kubernetes takes this as the key of a label or a taint."""
    prefix, slash, name = text.rpartition("/")
    return bool(name and _VALUE.fullmatch(name)) and (
        not slash or bool(_PREFIX.fullmatch(prefix))
    )


def check_node_selector(labels: dict[str, str]) -> dict[str, str]:
    """Return the labels that nodes must have; raises `InvalidField`."""
    for key, value in labels.items():
        if not _is_key(key) or not _VALUE.fullmatch(value):
            raise InvalidField("node_selector", f"No node can have a label {key}={value}.")
    return labels


def toleration(wish: Toleration) -> dict[str, Any]:
    """Return a toleration as Kubernetes writes it; raises `InvalidField`."""
    if wish.key is not None and not _is_key(wish.key):
        raise InvalidField("tolerations", f"“{wish.key}” cannot be the key of a taint.")
    if wish.operator == "Exists" and wish.value:
        raise InvalidField("tolerations", "With the operator Exists there is no value.")
    if wish.operator == "Equal" and wish.key is None:
        raise InvalidField("tolerations", "Without a key the operator must be Exists.")
    fields = {
        "key": wish.key,
        "operator": wish.operator,
        "value": wish.value,
        "effect": wish.effect,
    }
    return {name: value for name, value in fields.items() if value is not None}
