"""Profiles on Kubernetes: the contract, ConfigMaps, overlays, and what a preview is."""

from __future__ import annotations

import asyncio
import copy
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from jupyter_dask_k8s.pytest_plugin import DaskAPI
from tests.contract.test_profiles import *  # noqa: F403
from tests.contract.test_profiles import with_profiles

from .conftest import Team, kubectl
from .server import as_team, dask_api  # noqa: F401
from .server import jp_server_config as team_config  # noqa: F401

SECONDS = 5.0
"""In which a ConfigMap has to show."""

PLATFORM = "test-profiles-platform"

OVERLAY = {
    "worker": {
        "spec": {
            "volumes": [{"name": "scratch", "emptyDir": {}}],
            "containers": [
                {"volumeMounts": [{"name": "scratch", "mountPath": "/scratch"}]}
            ],
        }
    }
}


@pytest.fixture  # type: ignore[no-redef]
def jp_server_config(
    team_config: dict[str, Any],  # noqa: F811
) -> dict[str, Any]:
    config = with_profiles(team_config)
    # Nobody of the team may read there.
    config["KubernetesBackend"]["platform_namespace"] = PLATFORM
    return config


def config_map(name: str, label: str = "true", **data: Any) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": name, "labels": {"dask-k8s/profile": label}},
        "data": {
            key.replace("_", "."): it if isinstance(it, str) else yaml.safe_dump(it)
            for key, it in data.items()
        },
    }


@pytest.fixture
def apply(team: Team, kubeconfig: Path) -> Any:
    """Apply a ConfigMap in the team's namespace; all are gone afterwards."""

    def run(*args: str, body: Any = None) -> None:
        kubectl(*args, "-n", team.namespace, kubeconfig=kubeconfig, body=body)

    yield lambda body: run("apply", "-f", "-", body=body)
    run("delete", "configmaps", "-l", "dask-k8s/profile")


async def shown(
    api: DaskAPI, accept: Callable[[dict[str, Any], list[str]], bool]
) -> dict[str, Any]:
    """The profiles by name, once they are as wanted."""
    end = time.monotonic() + SECONDS
    while True:
        _, answer = await api("GET", "profiles")
        found = {it["name"]: it for it in answer["profiles"]}
        if accept(found, answer["troubles"]):
            return found
        assert time.monotonic() < end, answer["troubles"]
        await asyncio.sleep(0.1)


async def test_a_config_map_comes_and_goes(
    dask_api: DaskAPI,  # noqa: F811
    apply: Any,
    team: Team,
    kubeconfig: Path,
    jp_serverapp: Any,
) -> None:
    heard: list[dict[str, Any]] = []

    async def listen(logger: Any, schema_id: str, data: dict[str, Any]) -> None:
        heard.append(data)

    jp_serverapp.event_logger.add_listener(
        schema_id="https://schema.jupyter.org/jupyter_dask_k8s/clusters/v1", listener=listen
    )
    highmem = {
        "label": "Much memory",
        "defaults": {"workers": 0, "resources": {"cpu": "50m", "memory": "512Mi"}},
        "bounds": {"workers": {"maximum": 1}},
        "overlay": OVERLAY,
    }
    apply(
        config_map("recipes", highmem_yaml=highmem, other_json=json.dumps({"label": "O"}))
    )
    apply(config_map("one", "named", profile_yaml={"label": "N"}))
    apply(config_map("two", profile_yaml={"extends": "highmem", "label": "T"}))
    names = {"highmem", "other", "named", "two"}
    found = await shown(dask_api, lambda it, troubles: names <= set(it))
    assert found["highmem"]["label"] == "Much memory"
    assert found["two"]["bounds"] == found["highmem"]["bounds"]
    assert {
        "action": "changed",
        "name": "highmem",
        "reason": "",
        "kind": "profiles",
    } in heard

    body = {"name": "demo", "profile": "highmem"}
    status, answer = await dask_api("POST", "clusters", {**body, "workers": 2})
    assert (status, answer["details"]["field"]) == (422, "workers")
    status, cluster = await dask_api("POST", "clusters", body)
    assert (status, cluster["profile"], cluster["bounds"]["maximum"]) == (201, "highmem", 1)
    text = kubectl(
        *("get", "daskcluster", "demo", "-n", team.namespace, "-o", "json"),
        kubeconfig=kubeconfig,
    )
    pod = json.loads(text)["spec"]["worker"]["spec"]
    assert pod["volumes"] == OVERLAY["worker"]["spec"]["volumes"]
    assert pod["containers"][0]["volumeMounts"][0]["mountPath"] == "/scratch"
    assert pod["containers"][0]["args"][:2] == ["dask", "worker"]

    # A change of the profile changes what the cluster may have.
    highmem["bounds"] = {"workers": {"maximum": 3}}
    apply(config_map("recipes", highmem_yaml=highmem))
    await shown(dask_api, lambda it, troubles: "other" not in it)
    await dask_api.until("demo", lambda it: it["bounds"]["maximum"] == 3, SECONDS)
    kubectl(
        *("delete", "configmap", "recipes", "two", "-n", team.namespace),
        kubeconfig=kubeconfig,
    )
    found = await shown(dask_api, lambda it, troubles: not {"highmem", "two"} & set(it))
    assert "named" in found


async def test_a_broken_config_map_is_told(
    dask_api: DaskAPI,  # noqa: F811
    apply: Any,
) -> None:
    apply(
        config_map(
            "mixed",
            good_yaml={"label": "Good"},
            text_yaml="label: [",
            list_yaml="- 1",
            wrong_yaml={"defaults": {"workers": "many"}},
        )
    )
    found = await shown(dask_api, lambda it, troubles: "good" in it)
    assert not {"text", "list", "wrong"} & set(found)
    _, answer = await dask_api("GET", "profiles")
    mine = [it for it in answer["troubles"] if "mixed" in it]
    assert len(mine) == 3
    assert all(it.endswith(".") for it in mine)
    assert any("“text.yaml”" in it and "line" in it for it in mine)
    assert any("“wrong”" in it and "defaults.workers" in it for it in mine)
    # Nothing else is the worse for it, nor for the namespace that we may not read.
    _, status = await dask_api("GET", "status")
    assert (status["state"], status["trouble"]) == ("ready", "")
    status, _ = await dask_api("POST", "preview", {"profile": "good"})
    assert status == 200


async def test_the_preview_can_be_applied(
    dask_api: DaskAPI,  # noqa: F811
    team: Team,
) -> None:
    body = {
        "name": "demo",
        "profile": "gpu",
        "adapt": {"minimum": 0, "maximum": 2},
        "groups": [{"name": "cpus", "workers": 1, "resources": {"gpus": 0}}],
    }
    status, answer = await dask_api("POST", "preview", body)
    assert (status, answer["kind"], answer["mimetype"]) == (200, "yaml", "application/yaml")
    assert "def read(" not in answer["content"]
    cluster, group, autoscaler = yaml.safe_load_all(answer["content"])
    kinds = [it["kind"] for it in (cluster, group, autoscaler)]
    assert kinds == ["DaskCluster", "DaskWorkerGroup", "DaskAutoscaler"]
    worker = cluster["spec"]["worker"]["spec"]["containers"][0]
    assert worker["image"].startswith("nvcr.io/nvidia/rapidsai/base:")
    assert worker["args"][:4] == ["dask", "cuda", "worker", "--name"]
    assert worker["resources"]["limits"]["nvidia.com/gpu"] == "1"
    assert {"name": "DISABLE_JUPYTER", "value": "true"} in worker["env"]
    cpus = group["spec"]["worker"]["spec"]["containers"][0]
    assert cpus["args"][:2] == ["dask", "worker"]
    assert "nvidia.com/gpu" not in cpus["resources"]["limits"]
    for document in (cluster, group, autoscaler):
        kubectl(
            *("apply", "--dry-run=server", "-n", team.namespace, "-f", "-"),
            kubeconfig=team.kubeconfig,
            body=copy.deepcopy(document),
        )
    assert await dask_api("GET", "clusters") == (200, {"clusters": []})
