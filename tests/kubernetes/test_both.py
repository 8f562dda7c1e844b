"""Two backends at once: Kubernetes, and local processes beside Jupyter."""

from __future__ import annotations

from typing import Any

import pytest

from jupyter_dask_k8s.pytest_plugin import DaskAPI
from tests.contract.test_clusters import SMALL

from .server import as_team, connect, dask_api  # noqa: F401
from .server import jp_server_config as kubernetes_config  # noqa: F401


@pytest.fixture
def jp_server_config(kubernetes_config: dict[str, Any]) -> dict[str, Any]:  # noqa: F811
    kubernetes_config["DaskK8sApp"]["backend"] = "both"
    return kubernetes_config


async def test_clusters_on_both(dask_api: DaskAPI) -> None:  # noqa: F811
    _, status = await dask_api("GET", "status")
    assert (status["backend"], status["backends"]) == (
        "kubernetes",
        ["kubernetes", "local"],
    )
    _, profiles = await dask_api("GET", "profiles")
    assert {it["backend"] for it in profiles["profiles"]} == {"kubernetes", "local"}

    body = {"workers": 1, "resources": SMALL}
    code, answer = await dask_api(
        "POST", "clusters", {**body, "name": "here", "backend": "local"}
    )
    assert (code, answer["backend"]) == (201, "local")
    here = await dask_api.running("here")
    assert here["namespace"] is None

    # The same sizes on Kubernetes: what “promote” asks for.
    request = {**body, "name": "there", "backend": "kubernetes"}
    code, answer = await dask_api("POST", "preview", request)
    assert (code, answer["kind"]) == (200, "yaml")
    code, answer = await dask_api("POST", "clusters", {**request, "name": "here"})
    assert (code, answer["reason"]) == (409, "NameTaken")
    code, answer = await dask_api("POST", "clusters", request)
    assert (code, answer["backend"]) == (201, "kubernetes")
    there = await dask_api.running("there")
    assert there["groups"][0]["memory"] == "512Mi"

    for name, workers in (("here", 2), ("there", 0)):
        code, answer = await dask_api("PATCH", f"clusters/{name}", {"workers": workers})
        assert code == 200, answer
        cluster = await dask_api.running(name)
        assert cluster["groups"][0]["ready"] == workers
    assert (await dask_api("GET", "clusters/here/metrics"))[1]["workers"] == 2
    for name in ("here", "there"):
        assert (await dask_api("DELETE", f"clusters/{name}"))[0] == 204
        await dask_api.gone(name)
