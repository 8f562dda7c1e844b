from __future__ import annotations

import re

import msgspec
from openapi_spec_validator import validate

from jupyter_dask_k8s import models
from jupyter_dask_k8s.handlers import routes
from jupyter_dask_k8s.openapi import OPERATIONS, document, schemas
from jupyter_dask_k8s.pytest_plugin import DaskAPI


def test_the_document_is_valid() -> None:
    validate(document())


def test_every_route_is_described() -> None:
    described = {operation.path for operation in OPERATIONS}
    served = {
        re.sub(r"\(\[\^/\]\+\)", "{name}", rule.removeprefix("/dask-k8s"))
        .replace("groups/{name}", "groups/{group}")
        .replace("\\", "")
        for rule, _ in routes()
        if rule.startswith("/dask-k8s/api/")
    }
    # The contract itself, and the websocket, which OpenAPI has no words for.
    assert served - described == {"/api/openapi.json", "/api/metrics"}
    assert described <= served


def test_answers_always_have_all_fields() -> None:
    plot = models.Plot(path="status", title="Status", useful=True)
    written = msgspec.to_builtins(plot)
    assert set(written) == set(schemas()["Plot"]["required"])


async def test_it_is_served(dask_api: DaskAPI) -> None:
    status, answer = await dask_api("GET", "openapi.json")
    assert status == 200
    assert answer["servers"] == [{"url": "/a%40b/dask-k8s"}]
    validate(answer)
