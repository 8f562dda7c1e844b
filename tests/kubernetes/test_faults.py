"""Each fault is made for real: the sentence, how soon it appears, and that it goes again.

The clusters are made as kubectl makes them, small, with one fault each.
"""

from __future__ import annotations

import copy
import json
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from .conftest import kubectl, until
from .workbench import MANIFESTS, Workbench, bench, count, empty_bench

__all__ = ["bench", "empty_bench"]

LATE = 5.0
"""Seconds after which the card must say what Kubernetes knows."""

LIMIT = 120.0
"""Seconds that Kubernetes may take to find a fault, and to get over it."""

Spec = dict[str, Any]
Admin = Callable[..., str]


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


RIGHT_ARGS = ["dask", "worker", "--name", "$(DASK_WORKER_NAME)", "--nthreads", "1"]
SHELL = ["sh", "-c"]
EAT = "x = bytearray()\nwhile True: x += bytes(10**7)"
LITTLE = {"requests": {"cpu": "10m", "memory": "100Mi"}, "limits": {"memory": "350Mi"}}
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


@pytest.fixture
def admin(bench: Workbench, kubeconfig: Path) -> Admin:
    """Run kubectl in the team's namespace with all rights."""

    def run(*args: str, body: Any = None) -> str:
        space = ("-n", bench.team.namespace)
        return kubectl(*args, *space, kubeconfig=kubeconfig, body=body, timeout=120)

    return run


@pytest.fixture
def clusters(bench: Workbench) -> Iterator[Callable[..., str]]:
    """Make clusters as kubectl does; they are gone afterwards."""
    made: list[str] = []

    def make(name: str, part: str = "worker", **changes: Any) -> str:
        manifest = spec_of(bench, name, changes.pop("workers", 1))
        target = manifest["spec"][part]["spec"]
        target.update(changes.pop("pod", None) or {})
        target["containers"][0].update(changes)
        made.append(name)
        bench.kubectl("create", "-f", "-", body=manifest)
        return name

    yield make
    for name in made:
        bench.kubectl("delete", "daskcluster", name, "--ignore-not-found", "--wait=false")
    for name in made:
        bench.gone(name)


def spec_of(bench: Workbench, name: str, workers: int) -> Spec:
    """Return a manifest of a small cluster."""
    text = (MANIFESTS / "simple.yaml").read_text().replace("simple", name)
    manifest: Spec = yaml.safe_load(text)
    for part in ("scheduler", "worker"):
        container = manifest["spec"][part]["spec"]["containers"][0]
        container["image"] = bench.image
        container["resources"] = copy.deepcopy(LITTLE)
        manifest["spec"][part]["spec"]["terminationGracePeriodSeconds"] = 0
    manifest["spec"]["worker"]["replicas"] = workers
    manifest["spec"]["worker"]["spec"]["containers"][0]["args"] = RIGHT_ARGS
    return manifest


def told(bench: Workbench, name: str, known: str, words: str) -> dict[str, Any]:
    """Return a cluster whose card says something, soon after Kubernetes knows it."""
    what = ("get", "pods,deployments", "-l", f"dask.org/cluster-name={name}", "-o", "json")
    pattern = re.compile(words)
    begin = time.monotonic()
    knew = said = None
    card: dict[str, Any] = {}
    while said is None:
        assert time.monotonic() - begin < LIMIT, f"{name}: {knew=} {card.get('reason')}"
        # The card first: it must not have the time that kubectl takes.
        found = bench.ask("GET", f"clusters/{name}")
        card = found[1] if found[0] == 200 else {}
        if pattern.search(" ".join([card.get("reason", ""), *card.get("warnings", ())])):
            said = time.monotonic()
        if knew is None and re.search(known, bench.kubectl(*what)):
            knew = time.monotonic()
        time.sleep(0.2)
    late = 0.0 if knew is None else max(0.0, said - knew)
    print(f"\n{name}: {late:.1f} s late, {said - begin:.1f} s after the fault:")
    print(f"  {card['phase']}: {card['reason']}", *card["warnings"], sep="\n  ")
    assert late < LATE
    assert "\n" not in card["reason"]
    return card


def deployment(bench: Workbench, name: str, part: str) -> str:
    """Return the Deployment of a cluster's scheduler, or that of its worker."""
    label = f"dask.org/cluster-name={name},dask.org/component={part}"
    return bench.kubectl("get", "deployments", "-l", label, "-o", "name").split()[0]


def patch(bench: Workbench, name: str, part: str, container: Spec, pod: Spec) -> None:
    """Change a Deployment as `kubectl patch` does."""
    found = {**pod, "containers": [{"name": part, **container}]}
    body = {"spec": {"template": {"spec": found}}}
    bench.kubectl("patch", deployment(bench, name, part), "-p", json.dumps(body))


@pytest.mark.parametrize("fault", FAULTS, ids=lambda it: it.name)
def test_a_fault(bench: Workbench, clusters: Callable[..., str], fault: Fault) -> None:
    name = clusters(fault.name, fault.part, pod=fault.pod, **fault.container)
    card = told(bench, name, fault.known, fault.words)
    assert card["phase"] in fault.phase.split("|")
    right = {"image": bench.image} if fault.right is None else fault.right
    pod = dict.fromkeys(fault.pod or {})
    patch(bench, name, fault.part, right, pod)
    bench.until(name, lambda it: it and it["phase"] == "Running" and not it["reason"])


def test_a_missing_config_map(bench: Workbench, clusters: Callable[..., str]) -> None:
    source = [{"configMapRef": {"name": "settings"}}]
    name = clusters("config", envFrom=source)
    words = r"A worker cannot start: the namespace has no ConfigMap “settings”, which it"
    card = told(bench, name, "CreateContainerConfigError", words)
    assert card["phase"] == "Failed"
    bench.kubectl("create", "configmap", "settings", "--from-literal=a=b")
    bench.running(name)
    bench.kubectl("delete", "configmap", "settings")


def test_a_config_map_that_is_mounted(
    bench: Workbench, clusters: Callable[..., str]
) -> None:
    volume = [{"name": "files", "configMap": {"name": "files"}}]
    mount = [{"name": "files", "mountPath": "/files"}]
    name = clusters("volume", pod={"volumes": volume}, volumeMounts=mount)
    words = r"A worker cannot start: the namespace has no ConfigMap “files”, which it mount"
    card = told(bench, name, "never in a pod", words)
    assert card["phase"] == "Failed"
    bench.kubectl("create", "configmap", "files", "--from-literal=a=b")
    bench.running(name)
    bench.kubectl("delete", "configmap", "files")


def test_a_quota_of_two_pods(
    bench: Workbench, clusters: Callable[..., str], admin: Admin
) -> None:
    admin("create", "quota", "two", "--hard=pods=2")
    try:
        name = clusters("quota", workers=3)
        words = (
            "The quota “two” of the namespace refuses 2 workers: they want 2 × 1 pod, 0 of "
            "2 left"
        )
        card = told(bench, name, "exceeded quota", words)
        assert (card["phase"], count(card)) == ("Running", (1, 3)) or card["reason"]
    finally:
        admin("delete", "quota", "two")
    touch(admin, name)
    bench.running(name)


def test_a_limit_range(
    bench: Workbench, clusters: Callable[..., str], admin: Admin
) -> None:
    limits = [{"type": "Container", "max": {"memory": "300Mi"}}]
    body = {
        "apiVersion": "v1",
        "kind": "LimitRange",
        "metadata": {"name": "small"},
        "spec": {"limits": limits},
    }
    admin("create", "-f", "-", body=body)
    try:
        name = clusters("limits")
        words = (
            r"The LimitRange of the namespace refuses the scheduler: each container may "
            r"have at most 300Mi memory, its limit is 350Mi\."
        )
        card = told(bench, name, "maximum memory usage", words)
        assert card["phase"] == "Failed"
    finally:
        admin("delete", "limitrange", "small")
    touch(admin, name)
    bench.running(name)


def touch(admin: Admin, name: str) -> None:
    """Let Kubernetes try again at once: by itself it may wait for minutes."""
    label = f"dask.org/cluster-name={name}"
    admin("annotate", "replicasets", "-l", label, "again=yes", "--overwrite")


def test_a_service_account_that_is_missing(
    bench: Workbench, clusters: Callable[..., str], admin: Admin
) -> None:
    name = clusters("account", pod={"serviceAccountName": "robot"})
    words = r"Kubernetes cannot make a worker: the namespace has no service account “robot”"
    card = told(bench, name, "serviceaccount .*robot", words)
    assert card["phase"] == "Failed"
    admin("create", "serviceaccount", "robot")
    touch(admin, name)
    bench.running(name)


def test_a_name_of_sixty_characters(bench: Workbench, kubeconfig: Path) -> None:
    name = "n" * 60
    manifest = spec_of(bench, name, 1)
    bench.kubectl("create", "-f", "-", body=manifest)
    words = "it has 60 characters, and 53 are the most"
    card = told(bench, name, "never in a pod", words)
    assert card["phase"] == "Failed"
    bench.done("DELETE", f"clusters/{name}")
    bench.gone(name)
    assert bench.get("daskcluster", name) is None


def test_a_worker_that_is_deleted(bench: Workbench, clusters: Callable[..., str]) -> None:
    name = clusters("lost", workers=2)
    bench.running(name)
    label = f"dask.org/cluster-name={name},dask.org/component=worker"
    pods = bench.kubectl("get", "pods", "-l", label, "-o", "name").split()
    bench.kubectl("delete", pods[0], "--wait=false")
    told(bench, name, "never", r"1 worker was deleted by somebody\.")
    bench.running(name)


def test_a_scheduler_that_is_deleted(
    bench: Workbench, clusters: Callable[..., str]
) -> None:
    name = clusters("head")
    bench.running(name)
    label = f"dask.org/cluster-name={name},dask.org/component=scheduler"
    bench.kubectl("delete", "pods", "-l", label, "--wait=false")
    told(bench, name, "never", r"The scheduler was restarted at \d\d:\d\d UTC")
    bench.running(name)


def test_a_cordoned_node(
    bench: Workbench, clusters: Callable[..., str], kubeconfig: Path
) -> None:
    name = clusters("cordon")
    bench.running(name)
    nodes = json.loads(kubectl("get", "nodes", "-o", "json", kubeconfig=kubeconfig))
    free = [it["metadata"]["name"] for it in nodes["items"] if not it["spec"].get("taints")]
    try:
        for node in free:
            kubectl("cordon", node, kubeconfig=kubeconfig)
        bench.done("PATCH", f"clusters/{name}", {"workers": 2})
        words = (
            r"1 of 2 ready\. A worker cannot be placed.* closed to new pods \(cordoned\)"
        )
        card = told(bench, name, "unschedulable", words)
        assert (card["phase"], count(card)) == ("Running", (1, 2))
    finally:
        for node in free:
            kubectl("uncordon", node, kubeconfig=kubeconfig)
    bench.running(name)


@pytest.fixture
def no_operator(kubeconfig: Path) -> Iterator[Callable[[], None]]:
    """Stop the operator; returns what starts it again."""
    where = ("-n", "dask-operator", "deployment/dask-kubernetes-operator")

    def scale(replicas: int) -> None:
        kubectl("scale", *where, f"--replicas={replicas}", kubeconfig=kubeconfig)
        pods = ("get", "pods", *where[:2], "-l", "app=dask-operator", "-o", "name")
        if not replicas:
            until("no operator", lambda: not kubectl(*pods, kubeconfig=kubeconfig), 90)

    def start() -> None:
        scale(1)
        wait = ("rollout", "status", *where, "--timeout=120s")
        kubectl(*wait, kubeconfig=kubeconfig, timeout=150)

    scale(0)
    try:
        yield start
    finally:
        start()


def test_an_operator_that_is_stopped(
    bench: Workbench, clusters: Callable[..., str], no_operator: Callable[[], None]
) -> None:
    begin = time.monotonic()
    name = clusters("silent")
    words = r"The Dask operator does not act on this cluster\."
    card = told(bench, name, "never", words)
    assert 20 <= time.monotonic() - begin < 20 + LATE
    assert (card["phase"], card["since"]) == ("Pending", card["created"])
    no_operator()
    bench.running(name)


def test_nothing_is_left_of_it(bench: Workbench) -> None:
    """A cluster without a fault says nothing."""
    found = bench.create("well", workers=1)
    assert (found["reason"], found["since"]) == ("", None)
    bench.done("DELETE", "clusters/well")
    until("it is gone", lambda: "well" not in bench.names(), LIMIT)
