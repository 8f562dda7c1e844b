"""Pods that Kubernetes does not make: its words, and ours."""

from __future__ import annotations

import pytest

from jupyter_dask_k8s.backends.kubernetes.diagnosis.refused import explain, refusal_of

from .builders import deployment

FORBIDDEN = 'pods "demo-worker-1-5d9-" is forbidden: '
QUOTA = (
    f"{FORBIDDEN}exceeded quota: team, requested: limits.cpu=2,pods=1, used: "
    "limits.cpu=9,pods=4, limited: limits.cpu=10,pods=4"
)


def told(message: str, count: int = 1, who: str = "a worker") -> tuple[str, bool]:
    conditions = [
        refusal_of(deployment(f"w{index}", "worker", message)) for index in range(count)
    ]
    found = explain([it for it in conditions if it is not None], who)
    assert str(found.since) == "2026-01-01 00:00:07+00:00"
    return found.text, found.broken


def test_the_arithmetic_of_a_quota() -> None:
    assert told(QUOTA) == (
        "The quota “team” of the namespace refuses a worker: it wants 2 CPU, 1 of 10 "
        "left; 1 "
        "pod, 0 of 4 left. Use fewer or smaller workers, or delete what you do not need.",
        False,
    )
    assert told(QUOTA, 4)[0].startswith(
        "The quota “team” of the namespace refuses 4 workers: they want 4 × 2 CPU, 1 of 10 "
        "left; 4 × 1 pod, 0 of 4 left."
    )
    text, _ = told(
        f"{FORBIDDEN}exceeded quota: q, requested: "
        "limits.memory=4Gi,requests.nvidia.com/gpu"
        "=1, used: limits.memory=14Gi,requests.nvidia.com/gpu=2, limited: "
        "limits.memory=16Gi,requests.nvidia.com/gpu=2",
        who="the scheduler",
    )
    assert "it wants 4 GiB, 2 GiB of 16 GiB left; 1 GPU, 0 of 2 left." in text


@pytest.mark.parametrize(
    ("message", "broken", "words"),
    [
        (
            f"{FORBIDDEN}failed quota: team: must specify limits.cpu,limits.memory",
            False,
            "a worker: it has no CPU limit and no memory limit, which the quota counts. Ch",
        ),
        (
            f"{FORBIDDEN}failed quota: team: must specify limits.cpu for: worker; "
            "requests.memory for: worker",
            False,
            "it has no CPU limit and no memory request, which the quota counts.",
        ),
        (
            f"{FORBIDDEN}maximum memory usage per Container is 1Gi, but limit is 2Gi",
            True,
            "The LimitRange of the namespace refuses a worker: each container may have at "
            "most 1Gi memory, its limit is 2Gi. Choose other resources.",
        ),
        (
            f"{FORBIDDEN}[minimum cpu usage per Pod is 1, but request is 500m, maximum "
            "memory "
            "usage per Container is 1Gi, but limit is 2Gi]",
            True,
            "each pod may have at least 1 CPU, its request is 500m; each container may "
            "have "
            "at most 1Gi memory, its limit is 2Gi.",
        ),
        (
            f"{FORBIDDEN}maximum cpu usage per Container is 2.  No limit is specified",
            True,
            "each container may have at most 2 CPU, and it has no limit.",
        ),
        (
            f"{FORBIDDEN}cpu max limit to request ratio per Container is 2, but provided "
            "ratio is 4.000000",
            True,
            "the CPU limit of each container may be at most 2 times its request.",
        ),
        (
            'admission webhook "validate.kyverno.svc-fail" denied the request: '
            "\n\nresource "
            "blocked\n\nrule: no latest tag",
            True,
            "The admission webhook validate.kyverno.svc-fail refuses a worker: resource "
            "blocked rule: no latest tag.",
        ),
        (
            'Internal error occurred: failed calling webhook "x.y.io": Post "https://...": '
            "connection refused",
            False,
            "its admission webhook x.y.io does not answer.",
        ),
        (
            f'{FORBIDDEN}violates PodSecurity "restricted:latest": runAsNonRoot != true '
            "(pod "
            'or container "worker" must set securityContext.runAsNonRoot=true)',
            True,
            "The PodSecurity level “restricted” of the namespace refuses a worker: "
            "runAsNonRoot != true",
        ),
        (
            f'{FORBIDDEN}error looking up service account team-a/bot: serviceaccount "bot" '
            "not found",
            True,
            "the namespace has no service account “bot”.",
        ),
        (
            f"{FORBIDDEN}no PriorityClass with name fast was found",
            True,
            "no PriorityClass “fast”.",
        ),
        (f"{FORBIDDEN}something new", False, "does not make a worker: something new."),
    ],
)
def test_other_refusals(message: str, broken: bool, words: str) -> None:
    text, stays = told(message)
    assert words in text
    assert stays == broken
    assert "\n" not in text


def test_none() -> None:
    assert refusal_of(deployment("w", "worker")) is None
