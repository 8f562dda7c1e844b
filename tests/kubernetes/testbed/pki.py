"""Certificates, and the kubeconfigs that hold them."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from .common import sh
from .places import API, API_IP, KUBECONFIGS, NODE, NODE_IP, PKI

YEARS = ["-days", "3650"]
KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]


def make_certificate(
    name: str, subject: str, extensions: Sequence[str], *more: object
) -> None:
    request = ["openssl", "req", "-x509", "-config", PKI / "openssl.cnf", *YEARS, *KEY]
    files = ["-keyout", PKI / f"{name}.key", "-out", PKI / f"{name}.crt"]
    words = [x for e in extensions for x in ("-addext", e)]
    sh([*request, "-subj", subject, *files, *words, *more])


def make_cert(
    name: str,
    cn: str,
    orgs: Sequence[str] = (),
    san: Sequence[str] = (),
    server: bool = False,
) -> None:
    extensions = [
        "basicConstraints=critical,CA:FALSE",
        "keyUsage=critical,digitalSignature,keyEncipherment",
        f"extendedKeyUsage=clientAuth{',serverAuth' if server else ''}",
        "subjectKeyIdentifier=hash",
        "authorityKeyIdentifier=keyid",
        *([f"subjectAltName={','.join(san)}"] if san else []),
    ]
    subject = "".join(f"/O={o}" for o in orgs) + f"/CN={cn}"
    signer = ["-CA", PKI / "ca.crt", "-CAkey", PKI / "ca.key"]
    make_certificate(name, subject, extensions, *signer)


def b64(path: Path) -> str:
    return base64.b64encode(path.read_bytes()).decode()


def write_kubeconfig(
    name: str, user: Mapping[str, str], namespace: str = "default"
) -> Path:
    path = KUBECONFIGS / f"{name}.kubeconfig"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    cluster = {"server": API, "certificate-authority-data": b64(PKI / "ca.crt")}
    context = {"cluster": "testbed", "user": name, "namespace": namespace}
    content = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "testbed",
        "clusters": [{"name": "testbed", "cluster": cluster}],
        "users": [{"name": name, "user": user}],
        "contexts": [{"name": "testbed", "context": context}],
    }
    path.write_text(json.dumps(content, indent=1))
    return path


def cert_kubeconfig(name: str, cn: str, orgs: Sequence[str] = ()) -> Path:
    if not (PKI / f"{name}.crt").exists():
        make_cert(name, cn, orgs)
    cert, key = b64(PKI / f"{name}.crt"), b64(PKI / f"{name}.key")
    user = {"client-certificate-data": cert, "client-key-data": key}
    return write_kubeconfig(name, user)


def make_authority() -> None:
    (PKI / "openssl.cnf").write_text("[req]\ndistinguished_name = dn\n[dn]\n")
    extensions = [
        "basicConstraints=critical,CA:TRUE",
        "keyUsage=critical,keyCertSign,cRLSign,digitalSignature",
        "subjectKeyIdentifier=hash",
    ]
    make_certificate("ca", "/CN=dask-k8s-testbed", extensions)


def make_serving_cert() -> None:
    """Make the certificate that the API server shows, or another one in its place."""
    service = ["kubernetes", "default", "svc", "cluster", "local"]
    names = [".".join(service[:n]) for n in (1, 2, 3, 5)] + ["localhost", NODE]
    ips = ["127.0.0.1", API_IP, NODE_IP]
    san = [f"DNS:{n}" for n in names] + [f"IP:{i}" for i in ips]
    make_cert("apiserver", "kube-apiserver", san=san, server=True)


def make_pki() -> None:
    PKI.mkdir(mode=0o700)
    make_authority()
    node, masters = f"system:node:{NODE}", ["system:masters"]
    make_serving_cert()
    make_cert("kubelet", node, ["system:nodes"], [f"DNS:{NODE}", f"IP:{NODE_IP}"], True)
    make_cert("apiserver-kubelet-client", "kube-apiserver-kubelet-client", masters)
    make_cert("front-proxy-client", "front-proxy-client")
    cert_kubeconfig("admin", "admin", masters)
    cert_kubeconfig("kubelet", node, ["system:nodes"])
    for n in ("kube-controller-manager", "kube-scheduler", "kube-proxy"):
        cert_kubeconfig(n, f"system:{n}")
    sh(["openssl", "genrsa", "-out", PKI / "sa.key", "2048"])
    sh(["openssl", "rsa", "-in", PKI / "sa.key", "-pubout", "-out", PKI / "sa.pub"])
