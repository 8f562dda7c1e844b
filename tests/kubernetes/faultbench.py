"""Clusters with a fault, made as kubectl makes them, and what their cards say."""

from __future__ import annotations

import copy
import json
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from .conftest import kubectl
from .workbench import MANIFESTS, Workbench

LATE = 5.0
"""Seconds after which the card must say what Kubernetes knows."""

LIMIT = 120.0
"""Seconds that Kubernetes may take to find a fault, and to get over it."""

Spec = dict[str, Any]
Admin = Callable[..., str]
Make = Callable[..., str]

RIGHT_ARGS = ["dask", "worker", "--name", "$(DASK_WORKER_NAME)", "--nthreads", "1"]
LITTLE = {"requests": {"cpu": "10m", "memory": "100Mi"}, "limits": {"memory": "350Mi"}}


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
        for container in target.get("initContainers", ()):
            container["image"] = bench.image
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


def touch(admin: Admin, name: str) -> None:
    """Let Kubernetes try again at once: by itself it may wait for minutes."""
    label = f"dask.org/cluster-name={name}"
    admin("annotate", "replicasets", "-l", label, "again=yes", "--overwrite")
