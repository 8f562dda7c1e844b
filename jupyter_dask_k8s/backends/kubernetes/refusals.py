"""What the Kubernetes API refuses, as our errors: one sentence, and for 403 the rule."""

from __future__ import annotations

import re

import msgspec

from ...errors import (
    BackendUnavailable,
    ClusterError,
    ClusterNotFound,
    InvalidField,
    LimitReached,
    NameTaken,
    NotPermitted,
)
from .objects import Status
from .resources import CLUSTERS, GROUP, Kind


class CredentialsRefused(BackendUnavailable):
    """Kubernetes does not know who we are (401)."""


class OperatorMissing(BackendUnavailable):
    """The resources of the Dask operator are not installed (404 of the CRD)."""


class ApiBusy(BackendUnavailable):
    """429; ``retry_after`` in seconds."""

    def __init__(self, message: str, retry_after: float) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class WatchSilent(BackendUnavailable):
    """A watch without a sign of life; perhaps there was nothing to tell."""


class ResourceGone(ClusterError):
    """410: what we knew is too old; list again."""

    status = 503


class ResourceNotFound(ClusterError):
    """404 of one object that is no cluster."""

    status = 404


class Conflict(ClusterError):
    """409: somebody else changed it at the same moment."""

    status = 409


_USER = re.compile(r'User "([^"]+)"')
_WEBHOOK = re.compile(
    r'admission webhook "([^"]+)" denied the request(?:: (.*))?$', re.DOTALL
)
_QUOTA = re.compile(r"exceeded quota: (.*)$", re.DOTALL)


def read_status(body: bytes) -> Status:
    """Return the API's ``Status``; an empty one where the body is something else."""
    try:
        return msgspec.json.decode(body, type=Status)
    except msgspec.MsgspecError:
        return Status()


def refusal(
    code: int,
    body: bytes,
    *,
    verb: str,
    kind: Kind | None,
    namespace: str,
    name: str = "",
    retry_after: str | None = None,
) -> ClusterError:
    """Return our error for an answer of the API server."""
    namespace = (kind.namespace if kind else "") or namespace
    status = read_status(body)
    words = status.message.strip() or body[:200].decode(errors="replace").strip()
    if code == 401:
        return CredentialsRefused(
            "Kubernetes does not accept our credentials (401). Log in again, or restart "
            "the notebook if this lasts."
        )
    if code == 403:
        return _forbidden(words, verb, kind, namespace)
    if code == 404:
        return _not_found(status, kind, name)
    if code == 409:
        if status.reason == "AlreadyExists":
            return NameTaken(name)
        return Conflict(
            f"“{name}” was changed by somebody else at the same moment. Try again."
        )
    if code == 410:
        return ResourceGone("Kubernetes has forgotten the state that we knew.")
    if code in (400, 422):
        return _invalid(status, words)
    if code == 429:
        return ApiBusy(
            "The Kubernetes API asks us to wait: too many requests.", _seconds(retry_after)
        )
    return BackendUnavailable(f"The Kubernetes API answers with an error ({code}): {words}")


def _seconds(text: str | None) -> float:
    try:
        return min(30.0, max(0.5, float(text or 1)))
    except ValueError:
        return 1.0


def _forbidden(words: str, verb: str, kind: Kind | None, namespace: str) -> ClusterError:
    quota = _QUOTA.search(words)
    if quota:
        return LimitReached(f"The quota of {namespace} does not allow this: {quota[1]}")
    webhook = _WEBHOOK.search(words)
    if webhook:
        return _denied(webhook)
    if kind is None or " cannot " not in words:
        return NotPermitted(f"Kubernetes does not allow this: {words}")
    user = _USER.search(words)
    who = user[1] if user else "we"
    resource = kind.plural
    verbs = ["list", "watch"] if verb in ("list", "watch") else [verb]
    rule = {"apiGroups": [kind.group], "resources": [resource], "verbs": verbs}
    shown = msgspec.json.encode(rule).decode()
    return NotPermitted(
        f"Not allowed: {who} may not {verb} {kind.full_name} in {namespace}. "
        f"The missing rule is {shown}.",
        rule=rule,
        user=who,
        namespace=namespace,
    )


def _denied(webhook: re.Match[str]) -> ClusterError:
    words = (webhook[2] or "it gives no reason").strip()
    return NotPermitted(f"The admission webhook {webhook[1]} refused this: {words}")


def _not_found(status: Status, kind: Kind | None, name: str) -> ClusterError:
    known = status.details is not None and status.details.name
    if kind is not None and not known and kind.group == GROUP:
        return OperatorMissing(
            "This Kubernetes has no Dask operator: it does not know "
            f"{kind.full_name}. Ask an administrator to install dask-kubernetes-operator."
        )
    if kind is CLUSTERS:
        return ClusterNotFound(name)
    what = kind.plural if kind else "resource"
    return ResourceNotFound(f"Kubernetes has no {what} “{name}”.")


def _invalid(status: Status, words: str) -> ClusterError:
    webhook = _WEBHOOK.search(words)
    if webhook:
        return _denied(webhook)
    causes = status.details.causes if status.details else []
    if causes:
        told = "; ".join(f"{it.field}: {it.message}" for it in causes[:3])
        return InvalidField(
            _our_field(causes[0].field), f"Kubernetes refuses this: {told}."
        )
    return InvalidField("", f"Kubernetes refuses this: {words}")


def _our_field(path: str) -> str:
    """Return the field of our request for a field of a manifest, as far as there is one."""
    for part, field in (
        ("metadata.name", "name"),
        (".image", "image"),
        ("resources.limits.memory", "resources.memory"),
        ("resources.requests.memory", "resources.memory"),
        ("resources.limits.cpu", "resources.cpu"),
        ("resources.requests.cpu", "resources.cpu"),
        ("worker.replicas", "workers"),
        (".env", "env"),
        ("idleTimeout", "lifetime"),
    ):
        if part in path:
            return field
    return ""
