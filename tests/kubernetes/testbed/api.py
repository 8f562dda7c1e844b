"""The API of the cluster, as its administrator."""

from __future__ import annotations

import http.client
import json
import os
import re
import ssl
from pathlib import Path
from typing import Any

from .binaries import bin_dir
from .common import Fail, sh
from .pki import cert_kubeconfig, write_kubeconfig
from .places import ADMIN, NODE_IP, PKI, PODS, RUN, SERVICES


def ask(path: str, body: Any = None) -> str:
    """GET (or POST); never through a proxy."""
    context = ssl.create_default_context(cafile=PKI / "ca.crt")
    context.load_cert_chain(PKI / "admin.crt", PKI / "admin.key")
    c = http.client.HTTPSConnection(NODE_IP, 6443, timeout=10, context=context)
    try:
        data = json.dumps(body) if body else None
        c.request(
            "POST" if body else "GET", path, data, {"Content-Type": "application/json"}
        )
        r = c.getresponse()
        text = r.read().decode(errors="replace")
        if r.status >= 400:
            raise ValueError(f"{path}: {r.status} {text[:200]}")
        return text
    finally:
        c.close()


def api(path: str, body: Any = None) -> Any:
    return json.loads(ask(path, body))


def no_proxy() -> dict[str, str]:
    """The environment that keeps requests to the cluster away from a proxy."""
    have = os.environ.get("NO_PROXY") or os.environ.get("no_proxy") or ""
    hosts = ",".join(x for x in [have, NODE_IP, SERVICES, PODS, ".svc.cluster.local"] if x)
    return {"NO_PROXY": hosts, "no_proxy": hosts}


def kubectl(*args: object) -> str:
    options = ["--kubeconfig", ADMIN, "--cache-dir", RUN / "kubectl-cache"]
    return sh([bin_dir() / "kubectl", *options, *args], env=no_proxy())


def service_account_kubeconfig(namespace: str, account: str) -> Path:
    """Make it with a token of 30 days."""
    request = {
        "apiVersion": "authentication.k8s.io/v1",
        "kind": "TokenRequest",
        "spec": {"expirationSeconds": 30 * 86400},
    }
    path = f"/api/v1/namespaces/{namespace}/serviceaccounts/{account}/token"
    try:
        token = api(path, request)["status"]["token"]
    except ValueError as e:
        text = f"No token for the service account {namespace}/{account}: {e}"
        raise Fail(text) from None
    return write_kubeconfig(f"{namespace}.{account}", {"token": token}, namespace)


def user_kubeconfig(user: str, groups: list[str]) -> Path:
    if user == "admin":
        return ADMIN
    if "/" in user:
        namespace, _, account = user.partition("/")
        return service_account_kubeconfig(namespace, account)
    if not re.fullmatch(r"[A-Za-z0-9._@:-]+", user):
        raise Fail("A user name may have letters, digits and ._@:- only.")
    name = "user-" + user + "".join("+" + g for g in groups)
    return cert_kubeconfig(name.replace(":", "_"), user, groups)
