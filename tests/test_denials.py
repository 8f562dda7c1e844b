"""Every endpoint asks Jupyter's authorizer, for the action that its method stands for."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from jupyter_server.auth import Authorizer
from tornado.httpclient import HTTPClientError

from jupyter_dask_k8s.openapi import OPERATIONS
from jupyter_dask_k8s.pytest_plugin import SERVER_CONFIG, DaskAPI

from .test_access import PAGES, SOCKETS

ACTIONS = {"GET": "read", "HEAD": "read"}
"""As Jupyter maps methods; all others are ``write``."""

REST = {(it.method.upper(), it.path.removeprefix("/")) for it in OPERATIONS}
OTHERS = {(method, "api/nothing") for method in ("GET", "POST", "PATCH", "DELETE")}
ALL = sorted({*REST, *OTHERS, *PAGES})


class Denying(Authorizer):
    """Denies one action on our resource, and nothing else."""

    denied = ""
    asked: list[tuple[str, str]] = []  # noqa: RUF012

    def is_authorized(self, handler: Any, user: Any, action: str, resource: str) -> bool:
        self.asked.append((action, resource))
        return not (resource == "dask-clusters" and action == self.denied)


@pytest.fixture
def jp_server_config() -> dict[str, Any]:
    config = copy.deepcopy(SERVER_CONFIG)
    config["ServerApp"]["authorizer_class"] = Denying
    return config


@pytest.fixture(params=["read", "write", "execute", ""])
def denied(
    request: pytest.FixtureRequest, dask_api: DaskAPI, monkeypatch: pytest.MonkeyPatch
) -> str:
    """Deny an action from now on, once the server runs."""
    monkeypatch.setattr(Denying, "denied", request.param)
    monkeypatch.setattr(Denying, "asked", [])
    return str(request.param)


async def test_all_endpoints(dask_api: DaskAPI, denied: str) -> None:
    assert len(ALL) > 25
    # Twice, and backwards: what one request did must not decide about another.
    for method, path in [*ALL, *reversed(ALL)]:
        concrete = path.format(name="nobody", group="default")
        Denying.asked.clear()
        body: Any = None if method in ("GET", "HEAD", "DELETE") else {}
        response = await dask_api.raw(method, concrete, body)
        action = ACTIONS.get(method, "write")
        assert Denying.asked == [(action, "dask-clusters")], (method, path)
        assert (response.code == 403) == (action == denied), (method, path)


async def test_all_websockets(dask_api: DaskAPI, jp_ws_fetch: Any, denied: str) -> None:
    for path in SOCKETS:
        Denying.asked.clear()
        code = 101
        try:
            (await jp_ws_fetch("dask-k8s", path)).close()
        except HTTPClientError as error:
            code = error.code
        assert (code == 403) == (denied == "read"), path
        assert Denying.asked == [("read", "dask-clusters")], path
