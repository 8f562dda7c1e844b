"""Each fault is made for real: the sentence, how soon it appears, and that it goes again.

The clusters are made as kubectl makes them, small, with one fault each.
"""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from .conftest import until
from .faultbench import (
    LIMIT,
    LITTLE,
    RIGHT_ARGS,
    Make,
    Spec,
    admin,
    clusters,
    patch,
    told,
)
from .workbench import Workbench, bench, empty_bench

__all__ = ["admin", "bench", "clusters", "empty_bench"]


@dataclass(frozen=True)
class Fault:
    """One fault of a cluster's worker, or of its scheduler."""

    name: str
    container: Spec
    """What is wrong in the container."""
    known: str
    """What in pods and Deployments shows that Kubernetes knows of it."""
    words: str
    """What the card must say, as a regular expression."""
    right: Spec | None = None
    """What is right there; by default as in all others."""
    part: str = "worker"
    pod: Spec | None = None
    """What is wrong in the pod."""
    phase: str = "Failed"


SHELL = ["sh", "-c"]
PREPARE = {"name": "prepare", "command": [*SHELL, "echo no data >&2; exit 2"]}
LIVENESS = {"exec": {"command": ["false"]}, "periodSeconds": 1, "failureThreshold": 1}
EAT = "x = bytearray()\nwhile True: x += bytes(10**7)"
HUGE = {"requests": {"cpu": "500", "memory": "100Mi"}, "limits": {"memory": "350Mi"}}
TINY = {"requests": {"memory": "64Mi"}, "limits": {"memory": "64Mi"}}

FAULTS = (
    Fault(
        "image",
        {"image": "localhost/dask:nowhere"},
        "ErrImagePull|ImagePullBackOff",
        r"A worker cannot get its image localhost/dask:nowhere: .*",
        phase="Failed|Pending",
    ),
    Fault(
        "imagename",
        {"image": "Not An Image"},
        "InvalidImageName",
        r"A worker cannot start: “Not An Image” is no name of an image",
    ),
    Fault(
        "scheduler",
        {"args": [*SHELL, "echo no such thing >&2; exit 1"]},
        '"exitCode": 1,',
        r"The scheduler has crashed .* with exit code 1. It last said: no such thing\.",
        {"args": ["dask", "scheduler"]},
        part="scheduler",
        phase="Failed|Pending",
    ),
    Fault(
        "crash",
        {"args": [*SHELL, "echo 'ValueError: wrong' >&2; exit 3"]},
        '"exitCode": 3,',
        r"A worker has crashed .* with exit code 3. It last said: ValueError: wrong\.",
        {"args": RIGHT_ARGS},
        phase="Failed|Pending",
    ),
    Fault(
        "program",
        {"args": ["dask-worker-of-old"]},
        "executable file not found|no such file",
        r"A worker cannot start: its image has no program “dask-worker-of-old”\.",
        {"args": RIGHT_ARGS},
        phase="Failed|Pending",
    ),
    Fault(
        "memory",
        {"args": ["python", "-c", EAT], "resources": TINY},
        "OOMKilled",
        r"A worker ran out of memory \(its limit is 64Mi\) and was killed",
        {"args": RIGHT_ARGS, "resources": LITTLE},
        phase="Failed|Pending",
    ),
    Fault(
        "headmemory",
        {"args": ["python", "-c", EAT], "resources": TINY},
        "OOMKilled",
        r"The scheduler ran out of memory \(its limit is 64Mi\) and was killed",
        {"args": ["dask", "scheduler"], "resources": LITTLE},
        part="scheduler",
        phase="Failed|Pending",
    ),
    Fault(
        "init",
        {},
        '"exitCode": 2,',
        r"A worker .*: its init container “prepare” has crashed .* It last said: no data\.",
        {},
        pod={"initContainers": [PREPARE]},
        phase="Failed|Pending",
    ),
    Fault(
        "liveness",
        {"livenessProbe": LIVENESS},
        '"restartCount": [1-9]',
        r"worker was killed.*, since it (did|does) not pass (the|its) liveness probe",
        {"livenessProbe": None},
        phase="Running|Failed|Pending",
    ),
    Fault(
        "cpu",
        {"resources": HUGE},
        "Insufficient cpu",
        r"A worker cannot be placed.* too little CPU free.* It asks for 500 CPU\.",
        {"resources": LITTLE},
        phase="Pending",
    ),
    Fault(
        "selector",
        {},
        "node affinity|node selector",
        r"A worker cannot be placed.* the labels it asks for\. .*pool=moon",
        {},
        pod={"nodeSelector": {"pool": "moon"}},
        phase="Pending",
    ),
)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda it: it.name)
def test_a_fault(bench: Workbench, clusters: Make, fault: Fault) -> None:
    name = clusters(fault.name, fault.part, pod=fault.pod, **fault.container)
    card = told(bench, name, fault.known, fault.words)
    assert card["phase"] in fault.phase.split("|")
    right = {"image": bench.image} if fault.right is None else fault.right
    pod = dict.fromkeys(fault.pod or {})
    patch(bench, name, fault.part, right, pod)
    bench.until(name, lambda it: it and it["phase"] == "Running" and not it["reason"])


def test_a_missing_config_map(bench: Workbench, clusters: Make) -> None:
    source = [{"configMapRef": {"name": "settings"}}]
    name = clusters("config", envFrom=source)
    words = r"A worker cannot start: the namespace has no ConfigMap “settings”, which it"
    card = told(bench, name, "CreateContainerConfigError", words)
    assert card["phase"] == "Failed"
    bench.kubectl("create", "configmap", "settings", "--from-literal=a=b")
    bench.running(name)
    bench.kubectl("delete", "configmap", "settings")


def test_a_config_map_that_is_mounted(bench: Workbench, clusters: Make) -> None:
    volume = [{"name": "files", "configMap": {"name": "files"}}]
    mount = [{"name": "files", "mountPath": "/files"}]
    name = clusters("volume", pod={"volumes": volume}, volumeMounts=mount)
    words = r"A worker cannot start: the namespace has no ConfigMap “files”, which it mount"
    card = told(bench, name, "never in a pod", words)
    assert card["phase"] == "Failed"
    bench.kubectl("create", "configmap", "files", "--from-literal=a=b")
    bench.running(name)
    bench.kubectl("delete", "configmap", "files")


def test_a_worker_that_is_deleted(bench: Workbench, clusters: Make) -> None:
    name = clusters("lost", workers=2)
    bench.running(name)
    label = f"dask.org/cluster-name={name},dask.org/component=worker"
    pods = bench.kubectl("get", "pods", "-l", label, "-o", "name").split()
    bench.kubectl("delete", pods[0], "--wait=false")
    told(bench, name, "never", r"1 worker was deleted by somebody\.")
    bench.running(name)


def test_a_scheduler_that_is_deleted(bench: Workbench, clusters: Make) -> None:
    name = clusters("head")
    bench.running(name)
    label = f"dask.org/cluster-name={name},dask.org/component=scheduler"
    bench.kubectl("delete", "pods", "-l", label, "--wait=false")
    told(bench, name, "never", r"The scheduler was restarted at \d\d:\d\d UTC")
    bench.running(name)


def test_a_service_that_is_deleted(bench: Workbench, clusters: Make) -> None:
    name = clusters("served")
    bench.running(name)
    service = bench.get("service", f"{name}-scheduler")
    bench.kubectl("delete", "service", f"{name}-scheduler")
    told(bench, name, "never", f"The Service “{name}-scheduler” is gone: somebody delete")
    spec = {key: service["spec"][key] for key in ("ports", "selector", "type")}
    metadata = {key: service["metadata"][key] for key in ("name", "labels")}
    body = {"apiVersion": "v1", "kind": "Service", "metadata": metadata, "spec": spec}
    bench.kubectl("create", "-f", "-", body=body)
    bench.until(name, lambda it: it and it["phase"] == "Running" and not it["warnings"])


def test_nothing_is_left_of_it(bench: Workbench) -> None:
    """A cluster without a fault says nothing."""
    found = bench.create("well", workers=1)
    assert (found["reason"], found["since"]) == ("", None)
    bench.done("DELETE", "clusters/well")
    until("it is gone", lambda: "well" not in bench.names(), LIMIT)
