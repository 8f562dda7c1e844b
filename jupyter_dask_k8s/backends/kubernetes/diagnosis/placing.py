"""Why no node takes a pod: the words of Kubernetes' scheduler, taken apart.

``0/3 nodes are available: 1 Insufficient cpu, 2 node(s) had untolerated taint {gpu: yes}.
preemption: ...``: the same from 1.20 to 1.33 but for small words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from ....quantities import parse_quantity
from ..objects import Condition, Pod
from ..show import show
from .finding import BROKEN, NOWHERE, STARTING, Finding
from .words import listed, sentence, short

_NODES = re.compile(r"^0/(\d+) nodes are available: (.*)$", re.DOTALL)
_PART = re.compile(r"(\d+) (.*?)(?=, \d+ |$)", re.DOTALL)
_TAINT = re.compile(r"taint(?:\(s\))? \{([^:}]+):? ?([^}]*)\}")
_CLAIM = re.compile(r'persistentvolumeclaim "([^"]+)" (not found|is being deleted)')
_INSUFFICIENT = re.compile(r"^Insufficient (\S+)$")

_ILL = {
    "not-ready": "are not ready",
    "unreachable": "are unreachable",
    "disk-pressure": "have too little disk",
    "memory-pressure": "have too little memory",
    "pid-pressure": "run too many processes",
    "network-unavailable": "have no network",
    "unschedulable": "are closed to new pods (cordoned)",
    "uninitialized": "are just starting",
}
"""Taints that Kubernetes sets by itself, by the end of their keys."""

_OTHERS = (
    (r"were unschedulable", "are closed to new pods (cordoned)"),
    (r"(?<!volume )node affinity|node selector", "lack the labels it asks for"),
    (r"anti-affinity", "are kept free by a rule on which pods go together (anti-affinity)"),
    (r"pod affinity", "lack the pods that it wants beside it (affinity)"),
    (r"volume node affinity|volume zone", "cannot have its volume"),
    (r"max volume count", "have as many volumes as may be"),
    (r"free ports", "have the port taken that it asks for"),
    (r"topology spread", "would spread the pods too unevenly (topology spread)"),
)


def unplaced(pod: Pod) -> Finding:
    """Return why a pod has no node yet."""
    scheduled = pod.condition("PodScheduled")
    if scheduled is None or scheduled.status != "False":
        created = pod.metadata.creation_timestamp
        return Finding("node", "is waiting for a node.", STARTING, created)
    if scheduled.reason == "SchedulingGated":
        text = (
            "is held back by a scheduling gate: what set it (a queue such as Kueue) must "
            "let it go."
        )
        return Finding("gate", text, NOWHERE, scheduled.last_transition_time)
    if scheduled.reason != "Unschedulable":
        text = f"is not placed on a node: {sentence(scheduled.message)}"
        return Finding("node", text, NOWHERE, scheduled.last_transition_time)
    return _unschedulable(pod, scheduled)


def _unschedulable(pod: Pod, scheduled: Condition) -> Finding:
    told, since = scheduled.message, scheduled.last_transition_time
    claim = _CLAIM.search(told)
    if claim is not None:
        text = (
            f"cannot be placed: the namespace has no PersistentVolumeClaim “{claim[1]}”. "
            "Create it, or do without it."
        )
        return Finding("volume", text, BROKEN, since)
    if "unbound immediate PersistentVolumeClaim" in told:
        text = (
            "cannot be placed: a PersistentVolumeClaim that it uses has no volume (yet). "
            "See what the claim's events say, or ask an administrator."
        )
        return Finding("volume", text, NOWHERE, since)
    if "no nodes available" in told:
        text = "cannot be placed: Kubernetes has no nodes (yet)."
        return Finding("nodes", text, NOWHERE, since)
    match = _NODES.search(told.partition(" preemption:")[0].strip().rstrip("."))
    if match is None:
        text = f"cannot be placed on any node: {sentence(told)}"
        return Finding("nodes", text, NOWHERE, since)
    return Finding("nodes", _explain(pod, int(match[1]), match[2]), NOWHERE, since)


def _explain(pod: Pod, total: int, told: str) -> str:
    """Return which nodes do not take a pod, and what can be done."""
    parts = [(int(count), words.strip()) for count, words in _PART.findall(told)]
    short_of = [found[1] for _, words in parts if (found := _INSUFFICIENT.match(words))]
    asks = listed(list(_asked(pod, short_of)))
    asked = f" It asks for {asks}." if asks else ""
    reasons = [_reason(count, words, total) for count, words in parts]
    if not parts:
        reasons = [sentence(told).rstrip(".")]
    where = "cannot be placed: the only node"
    if total != 1:
        where = f"cannot be placed on any of {total} nodes:"
    advice = _advice(pod, short_of, [words for _, words in parts])
    return f"{where} {'; '.join(reasons)}.{asked} {advice}"


def _reason(count: int, words: str, total: int) -> str:
    """Return ``2 have too little CPU free``."""
    if total == 1:
        return _one(_meaning(words))
    nodes = "all" if count == total else str(count)
    return f"{nodes} {_one(_meaning(words)) if count == 1 else _meaning(words)}"


def _one(words: str) -> str:
    """Return what is said of several as it is said of one."""
    first, _, rest = words.partition(" ")
    one = {"have": "has", "are": "is", "lack": "lacks", "run": "runs", "say": "says"}
    return f"{one.get(first, first)} {rest}"


def _meaning(words: str) -> str:
    lacking = _INSUFFICIENT.match(words)
    if lacking is not None:
        return f"have too little {_named(lacking[1])} free"
    if words.startswith("Too many pods"):
        return "run as many pods as may be"
    taint = _TAINT.search(words)
    if taint is not None:
        for key, meaning in _ILL.items():
            if taint[1].strip() == f"node.kubernetes.io/{key}":
                return meaning
        value = taint[2].strip()
        shown = f"{taint[1].strip()}={value}" if value else taint[1].strip()
        return f"have the taint {shown}, which it does not tolerate"
    for pattern, meaning in _OTHERS:
        if re.search(pattern, words):
            return meaning
    return f"say “{short(words, 80)}”"


def _named(resource: str) -> str:
    if resource == "cpu":
        return "CPU"
    return {"memory": "memory", "ephemeral-storage": "disk"}.get(resource, resource)


def _asked(pod: Pod, resources: list[str]) -> Iterator[str]:
    """Yield what the pod asks for of the resources that nodes lack."""
    for resource in dict.fromkeys(resources):
        total = Decimal(0)
        for container in pod.spec.containers:
            given = container.resources
            wanted = (given.requests or {}).get(resource) if given else None
            if wanted is None and given is not None:
                wanted = (given.limits or {}).get(resource)
            try:
                total += parse_quantity(wanted or 0)
            except ValueError:
                continue
        if total:
            yield show(resource, total)


def _advice(pod: Pod, short_of: list[str], words: list[str]) -> str:
    if any("/" in resource for resource in short_of):
        return "Wait for a free one, use fewer workers, or workers without it."
    if short_of:
        return "Use fewer or smaller workers, or wait until others are done."
    if any(re.search(_OTHERS[1][0], it) for it in words):
        labels = listed([f"{k}={v}" for k, v in (pod.spec.node_selector or {}).items()])
        wanted = f" ({short(labels, 100)})" if labels else ""
        return f"Choose another node selector{wanted}, or ask an administrator."
    if any("unschedulable" in it for it in words):
        return "Wait until a node is opened again, or ask an administrator."
    if any(_TAINT.search(it) for it in words):
        return "Ask an administrator for a profile with a toleration."
    return "Wait, or ask an administrator."
