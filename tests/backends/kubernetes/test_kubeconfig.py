"""Kubeconfigs as people have them: login programs, token files, proxies, several files."""

from __future__ import annotations

import asyncio
import base64
import json
import logging
import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from jupyter_dask_k8s.backends.kubernetes.access import find_access
from jupyter_dask_k8s.backends.kubernetes.api import KubernetesAPI
from jupyter_dask_k8s.backends.kubernetes.resources import CLUSTERS
from jupyter_dask_k8s.errors import BackendUnavailable

from .fake_api import LOG, FakeAPI, serve, status

VERSION = "client.authentication.k8s.io/v1"
Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Write a kubeconfig and make it the one that is found."""
    monkeypatch.delenv("KUBERNETES_SERVICE_HOST", raising=False)

    def write(user: Any, server: str = "https://example.org:6443", **cluster: Any) -> Path:
        where = {"cluster": "c", "user": "u", "namespace": "team-a"}
        config = {
            "current-context": "one",
            "clusters": [{"name": "c", "cluster": {"server": server, **cluster}}],
            "users": [{"name": "u", "user": user}],
            "contexts": [{"name": "one", "context": where}],
        }
        path = tmp_path / "kubeconfig"
        path.write_text(json.dumps(config))
        monkeypatch.setenv("KUBECONFIG", str(path))
        return path

    return write


def program(folder: Path, script: str) -> dict[str, Any]:
    """Return a user that logs in by a program."""
    path = folder / "login"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o700)
    return {"exec": {"apiVersion": VERSION, "command": str(path)}}


def credential(**status: str) -> str:
    return json.dumps({"apiVersion": VERSION, "kind": "ExecCredential", "status": status})


async def test_a_login_program_is_asked_again(
    jp_asyncio_loop: Any, write: Write, tmp_path: Path
) -> None:
    """Its token expires; the watch that is open goes on, the next request logs in."""
    fake, valid = FakeAPI(), "one"
    answer = fake.handle

    async def handle(request: web.Request) -> web.StreamResponse:
        if request.headers.get("Authorization") != f"Bearer {valid}":
            return status(401, "Unauthorized", "Unauthorized")
        return await answer(request)

    fake.handle = handle  # type: ignore[method-assign]
    async with serve(fake) as api:
        said = tmp_path / "said"
        said.write_text(credential(token="one", expirationTimestamp="2020-01-01T00:00:00Z"))
        user = program(tmp_path, f"echo x >>{tmp_path}/calls; cat {said}")
        write(user, api.access.host)
        mine = KubernetesAPI(await find_access(), find_access, LOG)
        try:
            listed = ("GET", CLUSTERS)
            await mine.request(*listed, params={"limit": "1"})
            watch = mine.watch(CLUSTERS, {"watch": "1"}, 30)
            assert await anext(watch) == b""
            valid = "two"
            said.write_text(credential(token="two"))
            await mine.request(*listed, params={"limit": "1"})
            assert (tmp_path / "calls").read_text() == "x\n" * 2
            fake.put("demo")
            assert b'"demo"' in await asyncio.wait_for(anext(watch), 10)
            await watch.aclose()
            # Now it fails, and says why.
            valid = "three"
            (tmp_path / "login").write_text("#!/bin/sh\necho 'Log in again' >&2; exit 1\n")
            mine._logged_in = -1000.0
            with pytest.raises(
                BackendUnavailable, match=r"“.*/login” of .* Log in again\."
            ):
                await mine.request(*listed, params={"limit": "1"})
        finally:
            await mine.close()


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("echo hello", "failed to decode"),
        ("exit 3", r"it ends with 3\."),
        (f"echo '{credential()}'", "missing token"),
        ("echo '{}'", "missing key"),
    ],
)
async def test_login_programs_that_fail(
    jp_asyncio_loop: Any,
    write: Write,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    script: str,
    words: str,
) -> None:
    path = write(program(tmp_path, script))
    with (
        caplog.at_level(logging.ERROR),
        pytest.raises(BackendUnavailable, match=f"“.*/login” of {path} fails: .*{words}"),
    ):
        await find_access()
    assert not caplog.records


@pytest.mark.parametrize(
    ("user", "cluster", "words"),
    [
        (
            {
                "exec": {
                    "apiVersion": VERSION,
                    "command": "nowhere",
                    "installHint": "Get it",
                }
            },
            {},
            r"“nowhere” of .* it is not on this machine, or cannot be run\. Get it$",
        ),
        ({"auth-provider": {"name": "azure"}}, {}, "auth-provider “azure”, which"),
        ({"token": "x", "as": "bob"}, {}, "acts as somebody else"),
        ({"token": "x"}, {"proxy-url": "socks5://p:1"}, "Only HTTP proxies"),
        ({"client-certificate": "/nowhere"}, {}, "/nowhere"),
        ({"token": "x"}, {"certificate-authority": "/nowhere"}, "/nowhere"),
        ({"auth-provider": {"name": "oidc", "config": {"id-token": "x"}}}, {}, "used"),
    ],
)
async def test_what_cannot_be_used(
    jp_asyncio_loop: Any, write: Write, user: Any, cluster: Any, words: str
) -> None:
    write(user, **cluster)
    with pytest.raises(BackendUnavailable, match=words):
        await find_access()


async def test_token_files_are_read_again(
    jp_asyncio_loop: Any, write: Write, tmp_path: Path
) -> None:
    (tmp_path / "token").write_text("first\n")
    write({"tokenFile": "token"})
    assert await (await find_access()).headers() == {"Authorization": "Bearer first"}
    (tmp_path / "token").write_text("second\n")
    assert await (await find_access()).headers() == {"Authorization": "Bearer second"}


async def test_connections(jp_asyncio_loop: Any, write: Write) -> None:
    """Proxy, name and trust are those of the kubeconfig."""
    extra = {
        "proxy-url": "http://proxy:3128",
        "insecure-skip-tls-verify": True,
        "tls-server-name": "inside",
    }
    write({"token": "x"}, **extra)
    found = await find_access()
    assert found.ssl_context().verify_mode is ssl.CERT_NONE
    options = KubernetesAPI(found, find_access, LOG)._options()
    assert options == {"proxy": "http://proxy:3128", "server_hostname": "inside"}
    write({"token": "y"}, **extra)
    assert found.same_wire(await find_access())
    write({"token": "y"})
    assert not found.same_wire(await find_access())
    # A certificate that is none.
    data = base64.b64encode(b"x").decode()
    write({"client-certificate-data": data, "client-key-data": data})
    found = await find_access()
    assert not found.same_wire(found)
    api = KubernetesAPI(found, find_access, LOG)
    with pytest.raises(BackendUnavailable, match="The certificates of the context “one”"):
        await api.request("GET", CLUSTERS, params={"limit": "1"})


async def test_several_files(
    jp_asyncio_loop: Any, write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = json.loads(write({"token": "merged"}).read_text())
    contexts = {key: whole.pop(key) for key in ("current-context", "contexts")}
    (tmp_path / "one").write_text(json.dumps(contexts))
    (tmp_path / "two").write_text(json.dumps(whole))
    files = (tmp_path / "one", "/nowhere", tmp_path / "two")
    monkeypatch.setenv("KUBECONFIG", ":".join(map(str, files)))
    found = await find_access()
    assert (found.host, found.namespace) == ("https://example.org:6443", "team-a")
    assert await found.headers() == {"Authorization": "Bearer merged"}
