from __future__ import annotations

from decimal import Decimal

from jupyter_dask_k8s.backends.kubernetes.quotawords import (
    Exceeded,
    parse_exceeded,
    parse_unspecified,
    quota_name,
)


def test_what_is_exceeded() -> None:
    told = (
        'pods "x" is forbidden: exceeded quota: team, requested: limits.cpu=500m,'
        "requests.memory=1Gi, used: limits.cpu=9,requests.memory=3Gi, limited: "
        "limits.cpu=9,requests.memory=3584Mi"
    )
    assert quota_name(told) == "team"
    cpu, memory = parse_exceeded(told)
    assert cpu == Exceeded("limits.cpu", Decimal("0.5"), Decimal(9), Decimal(9))
    assert memory.resource == "requests.memory"
    assert memory.left == 2**29
    assert cpu.left == 0


def test_other_words() -> None:
    assert parse_exceeded("maximum memory usage per Container is 1Gi") == []
    assert quota_name("something else") == ""
    told = "failed quota: team: must specify limits.cpu for: worker; pods for: worker"
    assert parse_unspecified(told) == ["limits.cpu", "pods"]
    assert quota_name(told) == "team"
    strange = "exceeded quota: q, requested: cpu=x, used: cpu=1, limited: cpu=1"
    assert parse_exceeded(strange) == []
