"""The API's words become one sentence of ours."""

from __future__ import annotations

import json
from typing import Any

import pytest

from jupyter_dask_k8s.backends.kubernetes.refusals import refusal
from jupyter_dask_k8s.backends.kubernetes.resources import CLUSTERS, PODS, Kind
from jupyter_dask_k8s.errors import ClusterError


def refuse(
    code: int, reason: str = "", message: str = "", kind: Kind = CLUSTERS, **details: Any
) -> ClusterError:
    body = {"code": code, "reason": reason, "message": message, "details": details or None}
    return refusal(
        code,
        json.dumps(body).encode(),
        verb="create",
        kind=kind,
        namespace="team-a",
        name="demo",
    )


@pytest.mark.parametrize(
    ("code", "reason", "message", "error", "status", "words"),
    [
        (401, "Unauthorized", "Unauthorized", "CredentialsRefused", 503, "credentials"),
        (409, "AlreadyExists", "exists", "NameTaken", 409, "“demo” exists already"),
        (409, "Conflict", "modified", "Conflict", 409, "somebody else"),
        (410, "Expired", "too old", "ResourceGone", 503, "forgotten"),
        (429, "", "slow down", "ApiBusy", 503, "too many requests"),
        (500, "", "etcd is away", "BackendUnavailable", 503, "etcd is away"),
        (404, "NotFound", "page not found", "OperatorMissing", 503, "no Dask operator"),
        (
            403,
            "Forbidden",
            'pods "x" is forbidden: exceeded quota: q, requested: cpu=2, limited: cpu=3',
            "LimitReached",
            409,
            "q, requested: cpu=2",
        ),
        (
            403,
            "Forbidden",
            'admission webhook "policy.example.org" denied the request: no such image',
            "NotPermitted",
            403,
            "policy.example.org refused this: no such image",
        ),
        (
            400,
            "BadRequest",
            'admission webhook "w.example.org" denied the request: label missing',
            "NotPermitted",
            403,
            "label missing",
        ),
    ],
)
def test_refusals(
    code: int, reason: str, message: str, error: str, status: int, words: str
) -> None:
    got = refuse(code, reason, message)
    assert (got.reason, got.status) == (error, status)
    assert words in got.message


def test_the_missing_rule_is_exact() -> None:
    message = (
        'pods is forbidden: User "system:serviceaccount:team-a:default-editor" cannot '
        'create resource "pods" in API group "" in the namespace "team-a"'
    )
    error = refuse(403, "Forbidden", message, kind=PODS)
    assert error.status == 403
    assert error.details["rule"] == {
        "apiGroups": [""],
        "resources": ["pods"],
        "verbs": ["create"],
    }
    assert (
        "system:serviceaccount:team-a:default-editor may not create pods" in error.message
    )


def test_one_absent_object_is_no_absent_operator() -> None:
    error = refuse(404, "NotFound", "not found", name="demo", kind_="daskclusters")
    assert error.reason == "ClusterNotFound"


def test_invalid_fields_are_those_of_the_request() -> None:
    cause = {
        "field": "spec.worker.spec.containers[0].resources.limits.cpu",
        "message": "must match the regex",
        "reason": "FieldValueInvalid",
    }
    error = refuse(422, "Invalid", "invalid", causes=[cause])
    assert (error.status, error.details["field"]) == (422, "resources.cpu")
    assert "must match the regex" in error.message


def test_answers_that_are_no_status() -> None:
    error = refusal(
        502,
        b"<html>bad gateway</html>",
        verb="list",
        kind=CLUSTERS,
        namespace="team-a",
    )
    assert error.status == 503
    assert "bad gateway" in error.message
