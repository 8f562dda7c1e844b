from __future__ import annotations

import copy
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING, Any

import pytest
from distributed import Client
from tornado.httpclient import AsyncHTTPClient

if TYPE_CHECKING:
    from .contract.test_clusters import Connect

pytest_plugins = ("jupyter_dask_k8s.pytest_plugin",)


@pytest.fixture
def jp_server_config() -> dict[str, Any]:
    # Imported late: pytest rewrites the asserts of a plugin only before its first import.
    from jupyter_dask_k8s.pytest_plugin import SERVER_CONFIG

    return copy.deepcopy(SERVER_CONFIG)


@pytest.fixture
def login_cookie(jp_serverapp: Any, jp_asyncio_loop: Any) -> str:
    """The cookie of a browser that has logged in with the token."""
    token = jp_serverapp.identity_provider.token

    async def login() -> str:
        answer = await AsyncHTTPClient().fetch(
            f"{jp_serverapp.connection_url}lab?token={token}",
            follow_redirects=False,
            raise_error=False,
        )
        cookies = [it.partition(";")[0] for it in answer.headers.get_list("Set-Cookie")]
        return "; ".join(it for it in cookies if it.startswith("username-"))

    cookie: str = jp_asyncio_loop.run_until_complete(login())
    assert cookie
    return cookie


@pytest.fixture
def connect() -> Connect:
    """Connect to a cluster, as the code for notebooks does."""

    def open_client(cluster: dict[str, Any]) -> AbstractAsyncContextManager[Client]:
        client: AbstractAsyncContextManager[Client] = Client(
            cluster["scheduler_address"], asynchronous=True
        )
        return client

    return open_client
