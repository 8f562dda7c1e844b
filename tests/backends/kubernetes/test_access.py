"""Finding Kubernetes: service account, kubeconfig, and what is wrong with either."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from jupyter_dask_k8s.backends.kubernetes import access as module
from jupyter_dask_k8s.backends.kubernetes.access import Access, find_access
from jupyter_dask_k8s.backends.kubernetes.api import KubernetesAPI
from jupyter_dask_k8s.backends.kubernetes.refusals import CredentialsRefused
from jupyter_dask_k8s.backends.kubernetes.resources import CLUSTERS
from jupyter_dask_k8s.errors import BackendUnavailable

from .fake_api import LOG, FakeAPI, serve, status


def context(name: str, namespace: str | None) -> dict[str, Any]:
    where = {"cluster": "c", "user": "u"}
    return {
        "name": name,
        "context": where | ({"namespace": namespace} if namespace else {}),
    }


@pytest.fixture
def kubeconfig(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("KUBERNETES_SERVICE_HOST", raising=False)
    path = tmp_path / "kubeconfig"
    config = {
        "current-context": "one",
        "clusters": [{"name": "c", "cluster": {"server": "https://example.org:6443/"}}],
        "users": [{"name": "u", "user": {"token": "secret"}}],
        "contexts": [
            context("one", "team-a"),
            context("two", "team-b"),
            context("bare", None),
        ],
    }
    path.write_text(json.dumps(config))
    monkeypatch.setenv("KUBECONFIG", str(path))
    return path


async def test_the_current_context(jp_asyncio_loop: Any, kubeconfig: Path) -> None:
    found = await find_access()
    assert (found.host, found.namespace) == ("https://example.org:6443", "team-a")
    assert not found.inside
    assert f"the context “one” of {kubeconfig}" == found.source
    assert await found.headers() == {"Authorization": "Bearer secret"}


async def test_another_context_and_namespace(
    jp_asyncio_loop: Any, kubeconfig: Path
) -> None:
    assert (await find_access("two")).namespace == "team-b"
    assert (await find_access("two", "mine")).namespace == "mine"


async def test_never_silently_default(jp_asyncio_loop: Any, kubeconfig: Path) -> None:
    with pytest.raises(BackendUnavailable, match=r"has no namespace\. Choose one with"):
        await find_access("bare")
    assert (await find_access("bare", "mine")).namespace == "mine"


def set_server(kubeconfig: Path, server: str | None) -> None:
    config = json.loads(kubeconfig.read_text())
    config["clusters"][0]["cluster"] = {} if server is None else {"server": server}
    kubeconfig.write_text(json.dumps(config))


@pytest.mark.parametrize("server", [None, "", "10.0.0.1:6443", "https://", "https://[x"])
async def test_a_server_that_is_no_address(
    jp_asyncio_loop: Any, kubeconfig: Path, server: str | None
) -> None:
    set_server(kubeconfig, server)
    with pytest.raises(BackendUnavailable, match="which is no address as https://"):
        await find_access()


FORM = "it is empty, or a part of it is missing"
"""What is said where Python would only name its own types."""


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", FORM),
        ("# nothing", FORM),
        ("[]", FORM),
        ("hello", FORM),
        ("{", ""),
        ("current-context: x", ""),
        ("kind: Config", ""),
    ],
)
async def test_broken_kubeconfigs(
    jp_asyncio_loop: Any, kubeconfig: Path, text: str, words: str
) -> None:
    await asyncio.to_thread(kubeconfig.write_text, text)
    with pytest.raises(BackendUnavailable, match=f"cannot be used: .*{words}"):
        await find_access()


async def test_nothing_there(
    jp_asyncio_loop: Any, kubeconfig: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KUBECONFIG", "/nowhere")
    with pytest.raises(BackendUnavailable, match="no kubeconfig"):
        await find_access()


async def test_a_service_account_and_its_new_token(
    jp_asyncio_loop: Any, kubeconfig: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from kubernetes.aio.config import incluster_config

    account = tmp_path / "account"
    account.mkdir()
    for name, text in (("token", "first"), ("namespace", "team-c\n"), ("ca.crt", "x")):
        (account / name).write_text(text)
    monkeypatch.setattr(module, "ACCOUNT", account)
    monkeypatch.setattr(incluster_config, "SERVICE_TOKEN_FILENAME", str(account / "token"))
    monkeypatch.setattr(incluster_config, "SERVICE_CERT_FILENAME", str(account / "ca.crt"))
    monkeypatch.setenv("KUBERNETES_SERVICE_HOST", "10.0.0.1")
    monkeypatch.setenv("KUBERNETES_SERVICE_PORT", "443")
    found = await find_access()
    assert (found.host, found.namespace) == ("https://10.0.0.1:443", "team-c")
    assert found.inside
    assert await found.headers() == {"Authorization": "bearer first"}
    # A context is a wish for the kubeconfig.
    assert (await find_access("one")).namespace == "team-a"


async def test_refused_credentials_are_read_again_once(jp_asyncio_loop: Any) -> None:
    fake = FakeAPI()
    logins = 0

    async def refuse(request: Any) -> Any:
        return status(401, "Unauthorized", "Unauthorized")

    async with serve(fake) as api:
        found = api.access

        async def login() -> Access:
            nonlocal logins
            logins += 1
            return found

        again = KubernetesAPI(found, login, LOG)
        fake.on_list = [refuse]
        assert b'"items": []' in await again.request("GET", CLUSTERS, params={"limit": "1"})
        assert logins == 1
        fake.on_list = [refuse, refuse]
        with pytest.raises(CredentialsRefused):
            await again.request("GET", CLUSTERS, params={"limit": "1"})
        # Not again so soon: a server that refuses is not asked in a tight loop.
        assert logins == 1
        await again.close()


async def test_an_api_that_is_away_is_a_sentence(jp_asyncio_loop: Any) -> None:
    fake = FakeAPI()
    async with serve(fake) as api:
        found = api.access
    away = KubernetesAPI(found, lambda: None, LOG)  # type: ignore[arg-type,return-value]
    with pytest.raises(
        BackendUnavailable, match=r"cannot be reached: connection refused\."
    ):
        await away.request("GET", CLUSTERS)
    await away.close()
