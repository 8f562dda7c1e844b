"""What can be seen of deploy/ without a Kubernetes; tests/kubernetes has the rest."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from jupyter_dask_k8s.app import DaskK8sApp
from jupyter_dask_k8s.backends.kubernetes.backend import KubernetesBackend

OVERLAYS = Path(__file__).parents[1] / "deploy/overlays"


def load(path: str) -> Any:
    return yaml.safe_load((OVERLAYS / path).read_text())


def of_kubeflow() -> Any:
    return json.loads(load("kubeflow/settings.yaml")["data"]["settings.json"])


def of_jupyterhub() -> Any:
    file = load("jupyterhub/values.yaml")["singleuser"]["extraFiles"]["dask-clusters"]
    assert file["mountPath"] == "/etc/jupyter/jupyter_dask_k8s_config.json"
    return file["data"]


@pytest.mark.parametrize("settings", [of_kubeflow(), of_jupyterhub()])
def test_settings_are_there(settings: dict[str, dict[str, Any]]) -> None:
    """Jupyter passes over what it does not know: a wrong name would do nothing."""
    known = {it.__name__: it for it in (DaskK8sApp, KubernetesBackend)}
    for name, values in settings.items():
        assert set(values) <= set(known[name].class_trait_names(config=True)), name


def test_the_pod_default_mounts_what_there_is() -> None:
    spec = load("kubeflow/poddefault.yaml")["spec"]
    settings = load("kubeflow/settings.yaml")
    (volume,) = spec["volumes"]
    assert volume["configMap"]["name"] == settings["metadata"]["name"]
    mounted = {it["subPath"] for it in spec["volumeMounts"]}
    assert mounted == set(settings["data"])
    assert {it["name"] for it in spec["volumeMounts"]} == {volume["name"]}


def test_the_account_of_jupyterhub() -> None:
    path = OVERLAYS / "jupyterhub/account.yaml"
    account, binding = yaml.safe_load_all(path.read_text())
    name = account["metadata"]["name"]
    assert load("jupyterhub/values.yaml")["singleuser"]["serviceAccountName"] == name
    assert binding["subjects"] == [{"kind": "ServiceAccount", "name": name}]
    role = yaml.safe_load((OVERLAYS.parent / "base/edit.yaml").read_text())
    assert binding["roleRef"]["name"] == role["metadata"]["name"]
