"""The DaskJob that we make: a runner like our own pod, and a cluster."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .jobsource import Work
from .manifest import CREATOR, label_value
from .ownpod import OwnPod

RUNNER = Path(__file__).with_name("runner.py")

ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount"
"""Kubernetes puts that into every pod by itself."""

NOT_ENV = ("NB_PREFIX", "DASK_SCHEDULER_ADDRESS")
"""Variables of our pod that the runner must not have, and those of Jupyter's server."""

GRACE = 5
"""Seconds that a runner has to end."""


@dataclass(frozen=True)
class RunnerSize:
    """What the runner gets, as Kubernetes writes it."""

    cpu: str
    memory: str

    @property
    def resources(self) -> dict[str, Any]:
        """``resources`` of its container."""
        amounts = {"cpu": self.cpu, "memory": self.memory}
        return {"limits": amounts, "requests": dict(amounts)}


@dataclass(frozen=True)
class JobWish:
    """A new job, with every choice made."""

    name: str
    owner: str
    request_id: str
    work: Work
    image: str
    python: str
    """The program that runs runner.py."""
    size: RunnerSize
    wait_seconds: int
    """How long the runner waits for its scheduler."""
    cluster: dict[str, Any]
    """``worker`` and ``scheduler`` of the cluster beside it."""
    profile: str = ""
    env: dict[str, str] = field(default_factory=dict)
    own: OwnPod | None = None


def job_manifest(wish: JobWish) -> dict[str, Any]:
    """Return the DaskJob; the operator copies its labels and annotations to all pods."""
    labels = {
        "dask-k8s/creator": CREATOR,
        "dask-k8s/owner": label_value(wish.owner),
        "dask-k8s/profile": label_value(wish.profile),
    }
    annotations = {
        "dask-k8s/owner": wish.owner,
        "dask-k8s/request": wish.request_id,
        "dask-k8s/source": wish.work.source,
        "dask-k8s/result": wish.work.result,
    }
    return {
        "apiVersion": "kubernetes.dask.org/v1",
        "kind": "DaskJob",
        "metadata": {
            "name": wish.name,
            "labels": {key: it for key, it in labels.items() if it},
            "annotations": {key: it for key, it in annotations.items() if it},
        },
        "spec": {"job": {"spec": _runner_pod(wish)}, "cluster": {"spec": wish.cluster}},
    }


def program() -> str:
    """Return the text of the runner's program: its image does not have us."""
    lines = RUNNER.read_text().splitlines(keepends=True)
    return "".join(line for line in lines if not line.startswith("# mypy"))


def _runner_pod(wish: JobWish) -> dict[str, Any]:
    container: dict[str, Any] = {
        "name": "runner",
        "image": wish.image,
        # The entry point of a notebook's image would start a notebook.
        "command": [wish.python, "-c", program()],
        "args": [wish.work.kind, *(literal(word) for word in wish.work.words)],
        "env": _env(wish),
        "resources": wish.size.resources,
        # So the pod itself tells why it failed.
        "terminationMessagePolicy": "FallbackToLogsOnError",
    }
    if wish.work.folder is not None:
        container["workingDir"] = wish.work.folder
    pod = {
        "restartPolicy": "Never",
        "terminationGracePeriodSeconds": GRACE,
        "containers": [container],
    }
    if wish.own is not None:
        _take_over(pod, container, wish.own)
    return pod


def _env(wish: JobWish) -> list[dict[str, Any]]:
    ours = {
        **{key: literal(it) for key, it in wish.env.items()},
        "DASK_K8S_WAIT": str(wish.wait_seconds),
        **wish.work.env,
    }
    theirs = [
        it
        for it in (wish.own.container.get("env") or [] if wish.own else [])
        if it["name"] not in (*NOT_ENV, *ours) and not it["name"].startswith("JUPYTER")
    ]
    return [*theirs, *({"name": key, "value": it} for key, it in ours.items())]


def literal(text: str) -> str:
    """Return what Kubernetes reads as this text: it replaces ``$(NAME)``."""
    return text.replace("$", "$$") if "$(" in text or "$$" in text else text


# --- what the runner has of our own pod ----------------------------------------------


def _take_over(pod: dict[str, Any], container: dict[str, Any], own: OwnPod) -> None:
    """Give the runner our volumes, and the identity with which we can write there."""
    for key in ("serviceAccountName", "imagePullSecrets", "securityContext", "tolerations"):
        if own.spec.get(key):
            pod[key] = own.spec[key]
    for key in ("securityContext", "envFrom"):
        if own.container.get(key):
            container[key] = own.container[key]
    volumes = {it["name"]: it for it in own.volumes if _is_kept(it)}
    mounts = [it for it in own.mounts if _is_wanted(it) and it["name"] in volumes]
    used = {it["name"] for it in mounts}
    if mounts:
        container["volumeMounts"] = mounts
        pod["volumes"] = [it for name, it in volumes.items() if name in used]
    node = own.spec.get("nodeName")
    if node and any("persistentVolumeClaim" in volumes[name] for name in used):
        pod["affinity"] = _near(node)


def _is_kept(volume: dict[str, Any]) -> bool:
    return "ephemeral" not in volume and not volume["name"].startswith("istio")


def _is_wanted(mount: dict[str, Any]) -> bool:
    return str(mount.get("mountPath", "")) != ACCOUNT


def _near(node: str) -> dict[str, Any]:
    """Prefer our own node: many volumes can be at one node only (ReadWriteOnce)."""
    field = {"key": "metadata.name", "operator": "In", "values": [node]}
    term = {"weight": 100, "preference": {"matchFields": [field]}}
    return {"nodeAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": [term]}}
