"""A raw overlay, merged into the ``spec`` of a DaskCluster.

Mappings merge, and ``null`` takes a key away. Lists of things that have a name of their
own merge by it (containers, env, volumes and ports by ``name``, volumeMounts by
``mountPath``), tolerations are added, and every other list replaces the one there was. A
container without a name is the operator's own: the scheduler, the worker.
"""

from __future__ import annotations

import copy
from typing import Any

from ...errors import InvalidField

_KEYS = {
    "containers": "name",
    "initContainers": "name",
    "env": "name",
    "volumes": "name",
    "volumeMounts": "mountPath",
    "volumeDevices": "devicePath",
    "ports": "name",
    "imagePullSecrets": "name",
    "hostAliases": "ip",
}
_ADDED = ("tolerations", "envFrom")

_OURS = (
    "DASK_DISTRIBUTED__SCHEDULER__HTTP__ROUTES",
    "DASK_DISTRIBUTED__SCHEDULER__PRELOAD",
    "JUPYTER_DASK_K8S",
)
"""Variables of the scheduler without which we neither see nor scale a cluster right."""


def apply_overlay(spec: dict[str, Any], overlay: dict[str, Any]) -> dict[str, Any]:
    """Return the spec with the overlay in it.

    Raises `InvalidField` where it does not fit, or touches what we stand on: the Service
    of the scheduler, the numbers that have fields of their own, our variables.
    """
    if not overlay:
        return spec
    merged: dict[str, Any] = _merge(copy.deepcopy(spec), overlay, "overlay")
    for path, before, after in zip(_PILLARS, _pillars(spec), _pillars(merged), strict=True):
        if before != after:
            raise InvalidField(
                "overlay", f"An overlay cannot change “{path}”: this server relies on it."
            )
    return merged


def check_overlay(overlay: dict[str, Any]) -> None:
    """Refuse what `apply_overlay` would refuse on any cluster."""
    apply_overlay(_skeleton(), overlay)


# --- merging -------------------------------------------------------------------------


def _merge(under: Any, over: Any, path: str) -> Any:
    if under is None:
        # Nothing is there yet; nulls in what comes have nothing to take away.
        under = {} if isinstance(over, dict) else []
    if isinstance(over, dict):
        if not isinstance(under, dict):
            raise _misfit(path, "a mapping")
        return _merge_mapping(under, over, path)
    if isinstance(over, list):
        if not isinstance(under, list):
            raise _misfit(path, "a list")
        return _merge_list(under, over, path)
    if isinstance(under, dict | list) and under:
        raise _misfit(path, "one value")
    return over


def _misfit(path: str, what: str) -> InvalidField:
    return InvalidField(
        "overlay", f"“{path}” is {what} in the overlay, and something else in the manifest."
    )


def _merge_mapping(under: dict[str, Any], over: dict[str, Any], path: str) -> Any:
    for key, value in over.items():
        if value is None:
            under.pop(key, None)
        else:
            under[key] = _merge(under.get(key), value, f"{path}.{key}")
    return under


def _merge_list(under: list[Any], over: list[Any], path: str) -> list[Any]:
    name = path.rpartition(".")[2]
    if name in _ADDED:
        return [*under, *(it for it in over if it not in under)]
    key = _KEYS.get(name)
    if key is None:
        return over
    for item in over:
        _check_entry(item, key, path)
        found = _partner(under, item, key, first=name == "containers")
        if found is not None:
            _merge_item(found, item, key, f"{path}[{found.get(key, '')}]")
        elif name != "containers" and key not in item:
            raise InvalidField("overlay", f"An entry of “{path}” has no “{key}”.")
        else:
            under.append(_merge({}, item, f"{path}[{item.get(key, '')}]"))
    return under


def _check_entry(item: Any, key: str, path: str) -> None:
    if not isinstance(item, dict):
        raise InvalidField("overlay", f"“{path}” is a list of mappings.")
    if not isinstance(item.get(key), str | None):
        raise InvalidField("overlay", f"“{key}” of an entry of “{path}” is text.")


def _partner(
    under: list[dict[str, Any]], item: dict[str, Any], key: str, first: bool
) -> dict[str, Any] | None:
    """Return what an entry merges into; without a name the first container."""
    if first and not item.get(key):
        return under[0] if under else None
    return next((it for it in under if it.get(key) == item.get(key)), None)


def _merge_item(under: dict[str, Any], over: dict[str, Any], key: str, path: str) -> None:
    if "value" in over or "valueFrom" in over:
        # A variable has one source: the new one replaces the old one.
        under.pop("value", None)
        under.pop("valueFrom", None)
    if "volumes[" in path and "name" in over:
        # So has a volume.
        under.clear()
    _merge_mapping(under, over, path)


# --- what must stay ------------------------------------------------------------------

_PILLARS = (
    "idleTimeout",
    "worker.replicas",
    "scheduler.service.selector",
    "scheduler.service.ports",
    "scheduler.spec.containers[scheduler].ports",
    "scheduler.spec.containers[scheduler].env",
    "worker.spec.containers[worker]",
)


def _pillars(spec: dict[str, Any]) -> list[Any]:
    """Return what an overlay may add to, but not change, in the order of `_PILLARS`."""
    scheduler = _first(spec, "scheduler")
    service = _at(spec, "scheduler", "service")
    env = {it.get("name"): it for it in scheduler.get("env") or []}
    return [
        spec.get("idleTimeout"),
        _at(spec, "worker").get("replicas"),
        service.get("selector"),
        [_port(service.get("ports"), name) for name in ("tcp-comm", "http-dashboard")],
        [_port(scheduler.get("ports"), name) for name in ("tcp-comm", "http-dashboard")],
        [env.get(name) for name in _OURS],
        bool(_first(spec, "worker")),
    ]


def _at(spec: dict[str, Any], *path: str) -> dict[str, Any]:
    value: Any = spec
    for part in path:
        value = value.get(part) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def _first(spec: dict[str, Any], part: str) -> dict[str, Any]:
    containers = _at(spec, part, "spec").get("containers") or [{}]
    first: dict[str, Any] = containers[0]
    return first if first.get("name") == part else {}


def _port(ports: Any, name: str) -> Any:
    return next((it for it in ports or [] if it.get("name") == name), None)


def _skeleton() -> dict[str, Any]:
    """Return as much of a manifest's spec as an overlay can clash with."""
    ports = [{"name": "tcp-comm"}, {"name": "http-dashboard"}]
    return {
        "idleTimeout": 0,
        "scheduler": {
            "spec": {
                "containers": [
                    {
                        "name": "scheduler",
                        "args": [],
                        "env": [{"name": it, "value": ""} for it in _OURS],
                        "ports": copy.deepcopy(ports),
                        "resources": {"limits": {}, "requests": {}},
                    }
                ]
            },
            "service": {
                "type": "ClusterIP",
                "selector": {"dask.org/component": "scheduler"},
                "ports": ports,
            },
        },
        "worker": {
            "replicas": 1,
            "spec": {
                "containers": [
                    {
                        "name": "worker",
                        "args": [],
                        "env": [],
                        "resources": {"limits": {}, "requests": {}},
                    }
                ]
            },
        },
    }
