"""Overlays: what merges how, and what stays."""

from __future__ import annotations

import asyncio
import copy
import dataclasses
from typing import Any

import pytest

from jupyter_dask_k8s.backends.kubernetes.manifest import fill_manifest
from jupyter_dask_k8s.backends.kubernetes.overlay import apply_overlay, check_overlay
from jupyter_dask_k8s.backends.kubernetes.recipe import Recipe
from jupyter_dask_k8s.errors import InvalidField
from jupyter_dask_k8s.models import ClusterCreate

from .test_manifest import RULES


@pytest.fixture(scope="module")
def recipe() -> dict[str, Any]:
    """The operator's manifest; asking for it takes seconds."""

    async def ask() -> dict[str, Any]:
        asked = Recipe()
        try:
            return await asked.manifest("demo", "example.org/dask:1")
        finally:
            await asked.close()

    return asyncio.run(ask())


@pytest.fixture
def spec(recipe: dict[str, Any]) -> dict[str, Any]:
    wish = RULES.wish(ClusterCreate(name="demo", env={"A": "1"}), "alice")
    made: dict[str, Any] = fill_manifest(copy.deepcopy(recipe), wish)["spec"]
    return made


@pytest.fixture
def merge(spec: dict[str, Any]) -> Any:
    def merged(overlay: dict[str, Any]) -> dict[str, Any]:
        before = copy.deepcopy(spec)
        done = apply_overlay(spec, overlay)
        assert spec == before
        return done

    return merged


CLAIM = {"name": "data", "persistentVolumeClaim": {"claimName": "x"}}


def worker(spec: dict[str, Any]) -> dict[str, Any]:
    container: dict[str, Any] = spec["worker"]["spec"]["containers"][0]
    return container


@pytest.mark.parametrize("name", [{}, {"name": "worker"}])
def test_the_operators_container_is_meant(merge: Any, name: dict[str, str]) -> None:
    mount = {"name": "data", "mountPath": "/data"}
    overlay = {
        "worker": {
            "spec": {
                "volumes": [{"name": "data", "emptyDir": {}}],
                "containers": [
                    {
                        **name,
                        "volumeMounts": [mount],
                        "env": [{"name": "A", "value": "2"}, {"name": "B", "value": "3"}],
                    }
                ],
            }
        }
    }
    done = merge(overlay)
    assert len(done["worker"]["spec"]["containers"]) == 1
    assert worker(done)["name"] == "worker"
    assert worker(done)["args"][:2] == ["dask", "worker"]
    assert worker(done)["volumeMounts"] == [mount]
    assert worker(done)["env"] == [
        {"name": "A", "value": "2"},
        {"name": "B", "value": "3"},
    ]
    assert done["worker"]["spec"]["volumes"] == [{"name": "data", "emptyDir": {}}]
    # A second one changes what the first one brought.
    again = apply_overlay(
        done,
        {
            "worker": {
                "spec": {
                    "volumes": [
                        {"name": "data", "persistentVolumeClaim": {"claimName": "x"}}
                    ],
                    "containers": [
                        {"volumeMounts": [{"mountPath": "/data", "readOnly": True}]}
                    ],
                }
            }
        },
    )
    assert worker(again)["volumeMounts"] == [{**mount, "readOnly": True}]
    assert again["worker"]["spec"]["volumes"] == [
        {"name": "data", "persistentVolumeClaim": {"claimName": "x"}}
    ]


def test_sidecars_tolerations_and_nulls(merge: Any) -> None:
    taint = {"key": "gpu", "operator": "Exists"}
    pod = {
        "containers": [{"name": "proxy", "image": "example.org/proxy:1"}],
        "tolerations": [taint],
        "nodeSelector": {"pool": "big"},
    }
    done = merge({"scheduler": {"spec": pod}, "worker": {"spec": pod}})
    for part in ("scheduler", "worker"):
        made = done[part]["spec"]
        assert [it["name"] for it in made["containers"]] == [part, "proxy"]
        assert made["tolerations"] == [taint]
    again = apply_overlay(
        done,
        {
            "worker": {
                "spec": {
                    "tolerations": [taint, {"key": "spot", "operator": "Exists"}],
                    "nodeSelector": None,
                    "containers": [{"readinessProbe": None}],
                }
            }
        },
    )
    assert [it["key"] for it in again["worker"]["spec"]["tolerations"]] == ["gpu", "spot"]
    assert "nodeSelector" not in again["worker"]["spec"]
    assert "readinessProbe" not in worker(again)


def test_a_variable_has_one_source(merge: Any) -> None:
    secret = {"secretKeyRef": {"name": "s", "key": "k"}}
    overlay = {"env": [{"name": "A", "valueFrom": secret}]}
    done = merge({"worker": {"spec": {"containers": [overlay]}}})
    assert worker(done)["env"] == [{"name": "A", "valueFrom": secret}]


def test_a_service_of_another_type(merge: Any) -> None:
    ports = [{"name": "extra", "port": 9000}]
    done = merge({"scheduler": {"service": {"type": "NodePort", "ports": ports}}})
    service = done["scheduler"]["service"]
    assert service["type"] == "NodePort"
    assert [it["name"] for it in service["ports"]] == [
        "tcp-comm",
        "http-dashboard",
        "extra",
    ]
    assert service["selector"]["dask.org/component"] == "scheduler"


def scheduler(**container: Any) -> dict[str, Any]:
    return {"scheduler": {"spec": {"containers": [container]}}}


@pytest.mark.parametrize(
    ("overlay", "words"),
    [
        ({"idleTimeout": 5}, "idleTimeout"),
        ({"worker": {"replicas": 50}}, "worker.replicas"),
        ({"worker": None}, "worker"),
        ({"worker": {"spec": {"containers": None}}}, "worker.spec"),
        ({"worker": {"spec": {"containers": {}}}}, "mapping"),
        ({"worker": {"spec": 3}}, "one value"),
        ({"scheduler": None}, "scheduler"),
        ({"scheduler": {"service": {"selector": {"app": "mine"}}}}, "selector"),
        ({"scheduler": {"service": None}}, "selector"),
        (
            {"scheduler": {"service": {"ports": [{"name": "tcp-comm", "port": 1}]}}},
            "ports",
        ),
        (scheduler(ports=[{"name": "http-dashboard", "containerPort": 1}]), "ports"),
        (
            scheduler(
                env=[{"name": "DASK_DISTRIBUTED__SCHEDULER__PRELOAD", "value": "os"}]
            ),
            "env",
        ),
        (scheduler(env=None), "env"),
        (scheduler(env=[{"value": "x"}]), "name"),
    ],
)
def test_what_we_stand_on_stays(
    spec: dict[str, Any], overlay: dict[str, Any], words: str
) -> None:
    for refuse in (lambda: apply_overlay(spec, overlay), lambda: check_overlay(overlay)):
        with pytest.raises(InvalidField) as caught:
            refuse()
        assert caught.value.field == "overlay"
        assert words in caught.value.message


def test_the_profile_has_the_last_word(recipe: dict[str, Any]) -> None:
    def priority(name: str) -> dict[str, Any]:
        return {"worker": {"spec": {"priorityClassName": name}}}

    request = ClusterCreate(name="demo", overlay=priority("mine"))
    wish = RULES.wish(request, "alice")
    wish = dataclasses.replace(wish, overlay=priority("theirs"))
    made = fill_manifest(copy.deepcopy(recipe), wish)
    assert made["spec"]["worker"]["spec"]["priorityClassName"] == "theirs"
    assert made["metadata"]["labels"]["dask-k8s/creator"] == "jupyter-dask-k8s"
