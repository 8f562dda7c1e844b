"""Manifests of worker groups beside ``default``."""

from __future__ import annotations

import copy
from typing import Any

from .manifest import CREATOR, Pods, fill_worker
from .wish import GroupWish

_REPLACED = ("args", "command", "resources", "readinessProbe", "ports", "image")
"""What a container of the group does not take over from the cluster's own workers."""


def group_key(cluster: str, group: str) -> str:
    """Return the name of a DaskWorkerGroup, as the operator names its own."""
    return f"{cluster}-{group}"


def group_manifest(
    cluster: dict[str, Any], recipe: dict[str, Any], wish: GroupWish, pods: Pods
) -> dict[str, Any]:
    """Return the DaskWorkerGroup for a cluster as stored.

    Volumes, accounts, environment and the like are those of the cluster's own workers;
    ``recipe`` is the operator's worker template, for the command line.
    """
    name = cluster["metadata"]["name"]
    own = cluster["spec"]["worker"]["spec"]
    template = copy.deepcopy(own)
    made = copy.deepcopy(recipe["containers"][0])
    kept = {
        key: value
        for key, value in template["containers"][0].items()
        if key not in _REPLACED
    }
    template["containers"][0] = {**made, **kept}
    fill_worker(template, wish.worker, pods)
    container = template["containers"][0]
    container["env"] = _merge_env(kept.get("env") or [], container["env"])
    return {
        "apiVersion": "kubernetes.dask.org/v1",
        "kind": "DaskWorkerGroup",
        "metadata": {
            "name": group_key(name, wish.name),
            "labels": {
                "dask.org/cluster-name": name,
                "dask.org/component": "workergroup",
                "dask-k8s/creator": CREATOR,
            },
        },
        "spec": {
            "cluster": name,
            "worker": {"replicas": wish.workers, "spec": template},
        },
    }


def _merge_env(
    inherited: list[dict[str, Any]], own: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    names = {it["name"] for it in own}
    return [*(it for it in inherited if it["name"] not in names), *own]
