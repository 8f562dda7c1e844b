"""The words of Kubernetes' scheduler, from 1.20 to 1.33, and ours."""

from __future__ import annotations

from typing import Any

import pytest

from jupyter_dask_k8s.backends.kubernetes.diagnosis import examine

from .builders import pod

GPU = {"requests": {"nvidia.com/gpu": "1"}, "limits": {"nvidia.com/gpu": "1"}}


def unplaced(message: str, reason: str = "Unschedulable", **spec: Any) -> Any:
    condition = {
        "type": "PodScheduled",
        "status": "False",
        "reason": reason,
        "message": message,
        "lastTransitionTime": "2026-01-01T00:00:02Z",
    }
    return pod(node="", conditions=[condition], spec=spec)


@pytest.mark.parametrize(
    ("message", "words"),
    [
        (
            "0/1 nodes are available: 1 Insufficient cpu.",
            "cannot be placed: the only node has too little CPU free. It asks for 2 CPU. "
            "Use fewer or smaller workers, or wait until others are done.",
        ),
        (
            "0/3 nodes are available: 1 Insufficient memory, 3 Insufficient cpu. "
            "preemption: "
            "0/3 nodes are available: 3 No preemption victims found for incoming pod.",
            "any of 3 nodes: 1 has too little memory free; all have too little CPU free. "
            "It "
            "asks for 4 GiB and 2 CPU.",
        ),
        (
            # 1.20
            "0/2 nodes are available: 1 node(s) had taint "
            "{node-role.kubernetes.io/master: }, "
            "that the pod didn't tolerate, 1 Insufficient cpu.",
            "1 has the taint node-role.kubernetes.io/master, which it does not tolerate; "
            "1 has "
            "too little CPU free.",
        ),
        (
            "0/2 nodes are available: 2 node(s) had untolerated taint {dedicated: gpu}.",
            "all have the taint dedicated=gpu, which it does not tolerate. Ask an "
            "administrator for a profile with a toleration.",
        ),
        (
            # 1.33
            "0/2 nodes are available: 2 node(s) had untolerated taint(s) {dedicated: gpu}.",
            "all have the taint dedicated=gpu",
        ),
        (
            "0/3 nodes are available: 3 node(s) had untolerated taint "
            "{node.kubernetes.io/disk-pressure: }.",
            "all have too little disk.",
        ),
        (
            "0/1 nodes are available: 1 node(s) were unschedulable. preemption: 0/1 "
            "nodes are "
            "available: 1 Preemption is not helpful for scheduling.",
            "the only node is closed to new pods (cordoned). Wait until a node is opened "
            "again",
        ),
        (
            "0/3 nodes are available: 3 node(s) didn't match Pod's node affinity/selector.",
            "all lack the labels it asks for. Choose another node selector "
            "(pool=gpu), or ask an administrator.",
        ),
        (
            # 1.20
            "0/1 nodes are available: 1 node(s) didn't match Pod's node affinity.",
            "the only node lacks the labels it asks for.",
        ),
        (
            "0/3 nodes are available: 3 node(s) didn't match node selector.",
            "all lack the labels it asks for.",
        ),
        (
            "0/1 nodes are available: 1 Too many pods.",
            "the only node runs as many pods as may be. Wait,",
        ),
        (
            '0/1 nodes are available: persistentvolumeclaim "data" not found. '
            "preemption: no",
            "the namespace has no PersistentVolumeClaim “data”.",
        ),
        ('persistentvolumeclaim "data" not found', "PersistentVolumeClaim “data”."),
        (
            "0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims.",
            "a PersistentVolumeClaim that it uses has no volume (yet).",
        ),
        ("no nodes available to schedule pods", "Kubernetes has no nodes (yet)."),
        ("something new", "cannot be placed on any node: something new."),
        (
            "0/2 nodes are available: 2 node(s) had a bad day.",
            "all say “node(s) had a bad day”. Wait, or ask an administrator.",
        ),
    ],
)
def test_why_no_node(message: str, words: str) -> None:
    found = examine(unplaced(message, nodeSelector={"pool": "gpu"}))
    assert found is not None
    assert words in found.text
    assert str(found.since) == "2026-01-01 00:00:02+00:00"


def test_a_gpu() -> None:
    spec: dict[str, Any] = {"containers": [{"name": "worker", "resources": GPU}]}
    told = "0/4 nodes are available: 1 Too many pods, 4 Insufficient nvidia.com/gpu."
    found = examine(unplaced(told, **spec))
    assert found is not None
    assert "all have too little nvidia.com/gpu free. It asks for 1 GPU." in found.text
    assert "Wait for a free one" in found.text


def test_before_the_scheduler_has_looked() -> None:
    found = examine(pod(node="", conditions=[]))
    assert found is not None
    assert found.text == "is waiting for a node."
    gated = examine(unplaced("Scheduling is blocked", "SchedulingGated"))
    assert gated is not None
    assert "is held back by a scheduling gate" in gated.text
