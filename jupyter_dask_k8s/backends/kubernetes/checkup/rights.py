"""All that we ask of Kubernetes, and whether we may; with the YAML for what we may not.

The table is the truth: deploy/base/edit.yaml has the same rules, and a test compares them.
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from typing import Literal

import msgspec

from ...examination import Examination, Finding, failed, ok, skipped, warning
from ..resources import GROUP
from .patient import Patient

AT_ONCE = 8
"""Questions that are open at the same time."""

LIMIT = 15.0
"""Seconds that all questions together may take: there are about fifty of them."""

When = Literal["always", "pod", "forward"]


@dataclass(frozen=True)
class Rule:
    """Verbs on one kind of resource, and what does not work without them."""

    group: str
    resource: str
    """With a subresource: ``pods/log``."""
    verbs: tuple[str, ...]
    without: str
    needed: bool = False
    """Whether there are no clusters without it."""
    when: When = "always"
    """``pod``: in a pod only; ``forward``: where Services cannot be reached."""
    any: bool = False
    """Whether one of the verbs is enough: which one, Kubernetes' version decides."""

    @property
    def full_name(self) -> str:
        """``daskclusters.kubernetes.dask.org``."""
        return f"{self.resource}.{self.group}" if self.group else self.resource


_ALL = ("get", "list", "watch", "create", "patch", "delete")
_SEEN = ("list", "watch")

RULES = (
    Rule(GROUP, "daskclusters", _ALL, "No clusters.", needed=True),
    Rule(GROUP, "daskworkergroups", _ALL, "No scaling and no groups.", needed=True),
    Rule(
        GROUP,
        "daskautoscalers",
        ("list", "watch", "create", "patch", "delete"),
        "No adaptive scaling.",
        needed=True,
    ),
    Rule(GROUP, "daskjobs", ("get", "list", "watch", "create", "delete"), "No jobs."),
    Rule("", "pods", ("get", *_SEEN), "Clusters stay Pending.", needed=True),
    Rule("", "services", _SEEN, "Schedulers are not found.", needed=True),
    Rule(
        "apps",
        "deployments",
        (*_SEEN, "delete"),
        "Reasons are not told, and of several groups none can be scaled down.",
        needed=True,
    ),
    Rule("", "events", _SEEN, "Reasons and decisions of autoscalers are missing."),
    Rule("", "configmaps", _SEEN, "No profiles in ConfigMaps."),
    Rule("", "resourcequotas", _SEEN, "The form does not know what is left."),
    Rule("", "limitranges", _SEEN, "The form does not know the bounds of pods."),
    Rule("", "pods/log", ("get",), "No logs."),
    Rule(
        "apps",
        "statefulsets",
        ("get",),
        "Clusters end with the pod instead of the Notebook.",
        when="pod",
    ),
    Rule(
        "kubeflow.org",
        "notebooks",
        ("get",),
        "Clusters end with the pod instead of the Notebook.",
        when="pod",
    ),
    Rule(
        "",
        "pods/portforward",
        ("get", "create"),
        "Schedulers cannot be reached from here.",
        needed=True,
        when="forward",
        any=True,
    ),
)


def examinations(patient: Patient) -> list[Examination]:
    """Return one for each rule."""
    gate = asyncio.Semaphore(AT_ONCE)
    return [_examination(patient, rule, gate) for rule in RULES]


def _examination(patient: Patient, rule: Rule, gate: asyncio.Semaphore) -> Examination:
    async def look() -> Finding:
        return await _look(patient, rule, gate)

    return Examination(f"rbac.{rule.resource}", f"Rights on {rule.resource}", look, LIMIT)


async def _look(patient: Patient, rule: Rule, gate: asyncio.Semaphore) -> Finding:
    reason = _unneeded(patient, rule)
    if reason:
        return skipped(reason)
    answers = await asyncio.gather(
        *(_asked(patient, rule, verb, gate) for verb in rule.verbs)
    )
    lost = [verb for verb, allowed in zip(rule.verbs, answers, strict=True) if not allowed]
    if not lost or (rule.any and len(lost) < len(rule.verbs)):
        return ok(f"We may {', '.join(rule.verbs)} {rule.full_name}.")
    user = await patient.user()
    tell = failed if rule.needed else warning
    return tell(
        f"{user or 'We'} may not {', '.join(lost)} {rule.full_name} in "
        f"{patient.namespace}. {rule.without}",
        role_text(rule, patient.namespace, user),
        "yaml",
    )


def _unneeded(patient: Patient, rule: Rule) -> str:
    """Return why a right does not matter here; empty where it does."""
    inside = patient.api.access.inside
    if rule.when == "pod" and not inside:
        return "This server runs in no pod of this Kubernetes: the right is not needed."
    by_service = patient.reach == "service" or (inside and patient.reach == "auto")
    if rule.when == "forward" and by_service:
        return "Schedulers are reached by their Services: the right is not needed."
    return ""


async def _asked(patient: Patient, rule: Rule, verb: str, gate: asyncio.Semaphore) -> bool:
    async with gate:
        return await may(patient, rule, verb, patient.namespace)


async def may(patient: Patient, rule: Rule, verb: str, namespace: str) -> bool:
    """Ask by a SelfSubjectAccessReview, which everybody may who has logged in."""
    resource, _, subresource = rule.resource.partition("/")
    attributes = {
        "namespace": namespace,
        "verb": verb,
        "group": rule.group,
        "resource": resource,
    }
    if subresource:
        attributes["subresource"] = subresource
    body = {
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SelfSubjectAccessReview",
        "spec": {"resourceAttributes": attributes},
    }
    path = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
    answer = await patient.send("POST", path, body=body)
    return bool(msgspec.json.decode(answer).get("status", {}).get("allowed"))


# --- the remedy ----------------------------------------------------------------------


def role_text(rule: Rule, namespace: str, user: str) -> str:
    """Return the Role and RoleBinding that give us a rule, as YAML.

    The whole rule, as this Role replaces a former one of the same name.
    """
    name = f"jupyter-dask-k8s-{rule.resource.replace('/', '-')}"
    return f"""apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: {name}
  namespace: {namespace}
rules:
  - apiGroups: [{json.dumps(rule.group)}]
    resources: [{json.dumps(rule.resource)}]
    verbs: {json.dumps(rule.verbs)}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  name: {name}
  namespace: {namespace}
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: Role
  name: {name}
subjects:
{_subject(user)}
"""


def _subject(user: str) -> str:
    parts = user.split(":")
    if parts[:2] == ["system", "serviceaccount"] and len(parts) == 4:
        return f"  - kind: ServiceAccount\n    name: {parts[3]}\n    namespace: {parts[2]}"
    # Kubernetes does not always tell; then the administrator has to.
    name = json.dumps(user or "NAME-OF-THE-USER")
    return f"  - kind: User\n    apiGroup: rbac.authorization.k8s.io\n    name: {name}"
