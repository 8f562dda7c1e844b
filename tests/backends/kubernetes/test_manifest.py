"""Manifests: the operator's own, with a wish in them."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from jupyter_dask_k8s.backends.kubernetes.manifest import (
    clean_manifest,
    fill_manifest,
    label_value,
)
from jupyter_dask_k8s.backends.kubernetes.pipeline import kfp_code
from jupyter_dask_k8s.backends.kubernetes.program import object_text, python_code, yaml_text
from jupyter_dask_k8s.backends.kubernetes.recipe import Recipe
from jupyter_dask_k8s.backends.kubernetes.rules import Defaults, Rules
from jupyter_dask_k8s.errors import ClusterNotReady, InvalidField
from jupyter_dask_k8s.models import Adapt, ClusterCreate, GroupCreate, Limits, Resources

RULES = Rules(
    Limits(
        max_workers=10,
        max_threads=8,
        memory=None,
        default_workers=2,
        default_threads=1,
        default_memory=2**31,
        max_clusters=None,
    ),
    Defaults(
        image="example.org/dask:1",
        cpu=1000,
        memory=2**31,
        scheduler_cpu=500,
        scheduler_memory=2**30,
        overcommit=4.0,
        idle_minutes=0,
        grace_seconds=0,
        gpu_resource="nvidia.com/gpu",
    ),
)


async def make(request: ClusterCreate, owner: str = "alice") -> dict[str, Any]:
    recipe = Recipe()
    try:
        wish = RULES.wish(request, owner)
        return fill_manifest(await recipe.manifest(wish.name, wish.worker.image), wish)
    finally:
        await recipe.close()


async def test_a_wish_in_the_operators_manifest(jp_asyncio_loop: Any) -> None:
    request = ClusterCreate(
        name="demo",
        workers=3,
        env={"COLOUR": "green"},
        resources=Resources(cpu="2500m", memory="3 GiB", gpus=1),
    )
    made = await make(request, "Alice B. <a@example.org>")
    assert made["kind"] == "DaskCluster"
    assert made["metadata"]["labels"] == {
        "dask-k8s/creator": "jupyter-dask-k8s",
        "dask-k8s/owner": "Alice-B.-a-example.org",
    }
    assert made["metadata"]["annotations"]["dask-k8s/owner"] == "Alice B. <a@example.org>"
    worker = made["spec"]["worker"]["spec"]["containers"][0]
    assert made["spec"]["worker"]["replicas"] == 3
    assert worker["args"][:4] == ["dask", "worker", "--name", "$(DASK_WORKER_NAME)"]
    assert worker["args"][-4:] == ["--nthreads", "2", "--memory-limit", str(3 * 2**30)]
    assert worker["resources"] == {
        "limits": {"cpu": "2500m", "memory": "3Gi", "nvidia.com/gpu": "1"},
        "requests": {"cpu": "625m", "memory": "3Gi", "nvidia.com/gpu": "1"},
    }
    assert worker["env"] == [{"name": "COLOUR", "value": "green"}]
    scheduler = made["spec"]["scheduler"]["spec"]["containers"][0]
    assert scheduler["args"] == ["dask", "scheduler", "--host", "0.0.0.0"]
    assert scheduler["resources"]["limits"] == {"cpu": "500m", "memory": "1Gi"}
    env = {it["name"]: it["value"] for it in scheduler["env"]}
    assert env["COLOUR"] == "green"
    assert (
        "distributed.http.scheduler.api" in env["DASK_DISTRIBUTED__SCHEDULER__HTTP__ROUTES"]
    )
    service = made["spec"]["scheduler"]["service"]
    assert service["selector"]["dask.org/cluster-name"] == "demo"


async def test_a_command_of_ones_own(jp_asyncio_loop: Any) -> None:
    made = await make(ClusterCreate(name="demo", worker_command=["dask", "cuda", "worker"]))
    worker = made["spec"]["worker"]["spec"]["containers"][0]
    assert worker["args"][:4] == ["dask", "cuda", "worker", "--name"]
    assert "--nthreads" not in worker["args"]
    assert "readinessProbe" not in worker


def test_threads_and_cpu_go_together() -> None:
    def size(**resources: Any) -> tuple[int, str]:
        wish = RULES.wish(ClusterCreate(resources=Resources(**resources)), "a")
        return wish.worker.size.threads, wish.worker.size.cpu

    assert size() == (1, "1")
    assert size(threads=3) == (3, "3")
    assert size(cpu="4") == (4, "4")
    assert size(cpu="200m") == (1, "200m")
    assert size(cpu="1", threads=4) == (4, "1")


@pytest.mark.parametrize(
    ("request_", "field"),
    [
        (ClusterCreate(resources=Resources(cpu="lots")), "resources.cpu"),
        (ClusterCreate(resources=Resources(cpu="1m")), "resources.cpu"),
        (ClusterCreate(resources=Resources(cpu="64")), "resources.cpu"),
        (ClusterCreate(resources=Resources(memory="1")), "resources.memory"),
        (ClusterCreate(image=""), "image"),
        (ClusterCreate(image="a b"), "image"),
        (ClusterCreate(image="-x"), "image"),
        (ClusterCreate(worker_command=[]), "worker_command"),
        (ClusterCreate(worker_command=["dask", ""]), "worker_command"),
        (ClusterCreate(workers=11), "workers"),
    ],
)
def test_bad_wishes(request_: ClusterCreate, field: str) -> None:
    with pytest.raises(InvalidField) as caught:
        RULES.wish(request_, "alice")
    assert caught.value.field == field


def test_labels_take_any_owner() -> None:
    for owner in ("Ж", "a" * 80, "-_.", "", "x@y.z"):
        value = label_value(owner)
        assert len(value) <= 63
        assert not value or (value[0].isalnum() and value[-1].isalnum())


async def test_exports_can_be_applied_and_run(jp_asyncio_loop: Any) -> None:
    made = await make(ClusterCreate(name="demo"))
    stored = {
        **made,
        "metadata": {
            **made["metadata"],
            "namespace": "team-a",
            "uid": "1",
            "resourceVersion": "7",
            "managedFields": [],
            "finalizers": ["kopf"],
        },
        "status": {"phase": "Running"},
    }
    stored["metadata"]["annotations"]["kopf.zalando.org/last-handled-configuration"] = "{}"
    text = yaml_text([stored])
    applied = clean_manifest(stored)
    assert applied["metadata"].pop("namespace") == "team-a"
    assert yaml.safe_load(text) == applied
    assert "kopf" not in text
    assert "resourceVersion" not in text
    assert "def read(scheduler, clocks):\n" in text
    group = {
        "kind": "DaskWorkerGroup",
        "metadata": {"name": "demo-highmem"},
        "spec": {"cluster": "demo", "worker": made["spec"]["worker"]},
    }
    compile(python_code([stored, group], Adapt(maximum=3)), "program", "exec")


def test_an_object_without_copies_of_itself() -> None:
    copy, own = "kopf.zalando.org/last-handled-configuration", "example.org/mine"
    stored: dict[str, Any] = {"metadata": {"name": "a", "annotations": {copy: "{}"}}}
    assert yaml.safe_load(object_text(stored)) == {"metadata": {"name": "a"}}
    stored["metadata"]["annotations"][own] = "kept"
    shown = yaml.safe_load(object_text(stored))
    assert shown["metadata"]["annotations"] == {own: "kept"}


def test_a_cluster_whose_workers_have_no_container() -> None:
    """The resource definition permits it; nothing can be made like these workers."""
    stored = {
        "apiVersion": "kubernetes.dask.org/v1",
        "kind": "DaskCluster",
        "metadata": {"name": "demo"},
        "spec": {"scheduler": {}, "worker": {"spec": {"containers": []}}},
    }
    with pytest.raises(ClusterNotReady, match="“demo” have no container"):
        RULES.group_of(stored, GroupCreate(name="big", workers=1))
    with pytest.raises(ClusterNotReady):
        kfp_code([stored])
