"""Pods that Kubernetes does not even make: quotas, limits, policies, missing accounts.

The Deployment tells it, in its condition ReplicaFailure (1.20 to 1.33).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal

from ..objects import Condition, Deployment
from ..quotawords import parse_exceeded, parse_unspecified, quota_name
from ..show import bare, resource_of, show
from .finding import BROKEN, REFUSED, Finding
from .words import listed, sentence

_FORBIDDEN = re.compile(r'^(?:pods|Pod) "[^"]*" is (?:forbidden|invalid): ')
_BOUND = re.compile(
    r"(maximum|minimum) (\S+) usage per (Container|Pod) is ([^,\s]+), but (limit|request) "
    r"is ([^,\s\]]+)"
)
_UNSAID = re.compile(
    r"(maximum|minimum) (\S+) usage per (Container|Pod) is ([^,\s]+)\.\s+No (limit|request)"
)
_RATIO = re.compile(r"(\S+) max limit to request ratio per (Container|Pod) is ([^,\s]+)")
_WEBHOOK = re.compile(r'admission webhook "([^"]+)" denied the request(?:: (.*))?$', re.S)
_SILENT = re.compile(r'failed calling webhook "([^"]+)"')
_SECURITY = re.compile(r'violates PodSecurity "([^":]+)(?::[^"]*)?": (.*)$', re.S)
_ACCOUNT = re.compile(r'serviceaccount "([^"]+)" not found')
_PRIORITY = re.compile(r"no PriorityClass with name (\S+) was found")


def refusal_of(deployment: Deployment) -> Condition | None:
    """Return the condition by which a Deployment tells that it cannot make its pod."""
    for condition in deployment.status.conditions:
        if condition.type == "ReplicaFailure" and condition.status == "True":
            return condition
    return None


def explain(conditions: Iterable[Condition], who: str) -> Finding:
    """Return why Kubernetes does not make some like pods; ``who`` is one of them.

    The first refusal speaks for all; how many there are enters the arithmetic of quotas.
    """
    conditions = list(conditions)
    first = conditions[0]
    told, since = _FORBIDDEN.sub("", first.message.strip()), first.last_transition_time
    if quota_name(told):
        return Finding("quota", _quota(told, who, len(conditions)), REFUSED, since)
    range_words = _limit_range(told)
    if range_words:
        text = (
            f"The LimitRange of the namespace refuses {who}: {range_words}. Choose other "
            "resources."
        )
        return Finding("limits", text, BROKEN, since)
    return _policy(told, who, first)


def _quota(told: str, who: str, count: int) -> str:
    """Return the arithmetic of a quota: what is wanted, what is left."""
    name = quota_name(told)
    begin = f"The quota “{name}” of the namespace refuses {who}"
    unspecified = parse_unspecified(told)
    if unspecified:
        words = listed([f"no {_key_name(it)}" for it in unspecified])
        return (
            f"{begin}: it has {words}, which the quota counts. Choose resources, or ask an "
            "administrator for defaults (a LimitRange)."
        )
    parts = []
    for resource, requested, used, limited in parse_exceeded(told):
        kind = resource_of(resource)
        left = max(Decimal(0), limited - used)
        wanted = show(kind, requested)
        if count > 1:
            wanted = f"{count} × {wanted}"
        parts.append(f"{wanted}, {bare(kind, left)} of {bare(kind, limited)} left")
    if not parts:
        return f"{begin}: {sentence(told)}"
    if count > 1:
        whom = who.replace("a worker", f"{count} workers", 1)
        begin = f"The quota “{name}” of the namespace refuses {whom}"
    wants = "they want" if count > 1 else "it wants"
    advice = "Delete what you do not need, or ask an administrator for more."
    if "worker" in who:
        advice = "Use fewer or smaller workers, or delete what you do not need."
    return f"{begin}: {wants} {'; '.join(parts)}. {advice}"


def _limit_range(told: str) -> str:
    """Return what a LimitRange says; an empty string where none spoke."""
    parts = []
    for bound, resource, type, allowed, which, given in _BOUND.findall(told):
        what = _resource_name(resource)
        extreme = "at most" if bound == "maximum" else "at least"
        each = type.lower()
        parts.append(
            f"each {each} may have {extreme} {allowed} {what}, its {which} is {given}"
        )
    for bound, resource, type, allowed, which in _UNSAID.findall(told):
        extreme = "at most" if bound == "maximum" else "at least"
        parts.append(
            f"each {type.lower()} may have {extreme} {allowed} {_resource_name(resource)}, "
            f"and it has no {which}"
        )
    for resource, type, ratio in _RATIO.findall(told):
        parts.append(
            f"the {_resource_name(resource)} limit of each {type.lower()} may be at most "
            f"{ratio} times its request"
        )
    return "; ".join(dict.fromkeys(parts))


def _key_name(key: str) -> str:
    """Return ``limits.cpu`` as ``CPU limit``."""
    part, _, rest = key.partition(".")
    if part not in ("limits", "requests"):
        return _resource_name(key)
    return f"{_resource_name(rest)} {part.rstrip('s')}"


def _resource_name(resource: str) -> str:
    return "CPU" if resource == "cpu" else resource


def _policy(told: str, who: str, condition: Condition) -> Finding:
    """Return what a policy or something missing says."""
    since = condition.last_transition_time
    webhook, security = _WEBHOOK.search(told), _SECURITY.search(told)
    account, priority = _ACCOUNT.search(told), _PRIORITY.search(told)
    silent = _SILENT.search(told)
    if webhook is not None:
        words = sentence(webhook[2] or "it gives no reason")
        text = f"The admission webhook {webhook[1]} refuses {who}: {words}"
        return Finding("policy", text, BROKEN, since)
    if silent is not None:
        text = (
            f"Kubernetes cannot make {who}: its admission webhook {silent[1]} does not "
            "answer. Kubernetes tries again; if it goes on, tell an administrator."
        )
        return Finding("webhook", text, REFUSED, since)
    if security is not None:
        text = (
            f"The PodSecurity level “{security[1]}” of the namespace refuses {who}: "
            f"{sentence(security[2])} Ask an administrator for a profile that fits."
        )
        return Finding("policy", text, BROKEN, since)
    if account is not None:
        name = account[1].rpartition("/")[2]
        text = (
            f"Kubernetes cannot make {who}: the namespace has no service account "
            f"“{name}”. Ask an administrator for it, or do without it."
        )
        return Finding("account", text, BROKEN, since)
    if priority is not None:
        text = (
            f"Kubernetes cannot make {who}: there is no PriorityClass “{priority[1]}”. "
            "Choose another one."
        )
        return Finding("policy", text, BROKEN, since)
    text = f"Kubernetes does not make {who}: {sentence(told)}"
    return Finding("refused", text, REFUSED, since)
