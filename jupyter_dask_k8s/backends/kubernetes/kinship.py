"""Whether something of which only kind and name are known belongs to a cluster.

Events outlive what they speak of, and have no labels. Names alone can mislead: what begins
with ``a-`` may belong to the cluster ``a-b``.
"""

from __future__ import annotations

import re

from .world import Parts

_HASH = "[bcdfghjklmnpqrstvwxz2456789]"
"""What Kubernetes makes random names of: no word of ours consists of these alone."""

_MADE = {
    "Deployment": "",
    "ReplicaSet": f"-{_HASH}+",
    "Pod": f"-{_HASH}+-{_HASH}{{5}}",
}
"""How the names of what a Deployment makes go on."""

_LONGEST = 63
_SUFFIX = 5
"""A pod's name has at most so many characters: what precedes the last five is cut."""

_WORKER = re.compile(r"-worker-[0-9a-f]{10}")


class Kin:
    """Knows what is or was part of a cluster, there or gone."""

    def __init__(self, cluster: str, parts: Parts) -> None:
        self._cluster = cluster
        self._parts = parts
        self._scheduler = f"{cluster}-scheduler"
        self._groups = {f"{cluster}-default", *parts.groups}
        # Most events of a namespace are about something else: that is seen at once.
        stems = (self._scheduler, *(f"{it}-worker-" for it in self._groups))
        self._stems = tuple(stem[: _LONGEST - _SUFFIX] for stem in stems)

    def has(self, kind: str, name: str) -> bool:
        """Tell whether an object belongs to the cluster."""
        if kind == "DaskCluster":
            return name == self._cluster
        if kind == "DaskAutoscaler":
            return name == self._cluster or name in self._parts.autoscalers
        if kind == "DaskWorkerGroup":
            return name in self._groups
        if kind in ("Service", "Endpoints", "EndpointSlice"):
            return name == self._scheduler
        if kind not in _MADE:
            return False
        if name in self._parts.deployments or (kind == "Pod" and name in self._parts.pods):
            return True
        if not name.startswith(self._stems):
            return False
        return _made_for(self._scheduler, kind, name) or any(
            _made_for_worker(group, kind, name) for group in self._groups
        )


def _made_for(deployment: str, kind: str, name: str) -> bool:
    if not name.startswith(deployment[: _LONGEST - _SUFFIX]):
        return False
    if re.fullmatch(_MADE[kind], name[len(deployment) :]):
        return True
    # Of a pod with a long name only the beginning of its Deployment's may be left.
    cut = kind == "Pod" and len(name) == _LONGEST
    rest = name[len(deployment) : -_SUFFIX]
    return cut and re.fullmatch(f"(-{_HASH}*-?)?", rest) is not None


def _made_for_worker(group: str, kind: str, name: str) -> bool:
    found = _WORKER.match(name, len(group)) if name.startswith(group) else None
    if found is not None:
        return _made_for(name[: found.end()], kind, name)
    whole = f"{group}-worker-"
    cut = kind == "Pod" and len(name) == _LONGEST
    if not cut or len(whole) + 10 < _LONGEST - _SUFFIX:
        return False
    known = name[:-_SUFFIX]
    return known.startswith(whole[: len(known)]) and bool(
        re.fullmatch("[0-9a-f]*", known[len(whole) :])
    )
