"""The control plane: etcd, the API server and the controllers, and what is in the API."""

from __future__ import annotations

import argparse
import http.client

from .api import api, ask, kubectl
from .binaries import bin_dir
from .common import Fail, wait
from .images import venv_dir
from .places import HERE, KUBECONFIGS, LOG, NODE_IP, PKI, PODS, RUN, SERVICES
from .processes import check_alive, start


def start_etcd() -> None:
    clients = "http://127.0.0.1:2379"
    start(
        "etcd",
        bin_dir() / "etcd",
        *("--data-dir", RUN / "etcd"),
        *("--listen-client-urls", clients),
        *("--advertise-client-urls", clients),
        *("--listen-peer-urls", "http://127.0.0.1:2380"),
        *("--log-level", "warn", "--logger", "zap"),
        "--unsafe-no-fsync",
    )


def start_api_server() -> None:
    start(
        "kube-apiserver",
        bin_dir() / "kube-apiserver",
        "--etcd-servers=http://127.0.0.1:2379",
        "--secure-port=6443",
        "--bind-address=0.0.0.0",
        f"--advertise-address={NODE_IP}",
        f"--tls-cert-file={PKI}/apiserver.crt",
        f"--tls-private-key-file={PKI}/apiserver.key",
        f"--client-ca-file={PKI}/ca.crt",
        "--authorization-mode=Node,RBAC",
        "--enable-admission-plugins=NodeRestriction",
        "--allow-privileged=true",
        "--service-account-issuer=https://kubernetes.default.svc.cluster.local",
        f"--service-account-key-file={PKI}/sa.pub",
        f"--service-account-signing-key-file={PKI}/sa.key",
        f"--service-cluster-ip-range={SERVICES}",
        f"--kubelet-client-certificate={PKI}/apiserver-kubelet-client.crt",
        f"--kubelet-client-key={PKI}/apiserver-kubelet-client.key",
        f"--kubelet-certificate-authority={PKI}/ca.crt",
        "--kubelet-preferred-address-types=InternalIP",
        f"--requestheader-client-ca-file={PKI}/ca.crt",
        "--requestheader-allowed-names=front-proxy-client",
        "--requestheader-username-headers=X-Remote-User",
        "--requestheader-group-headers=X-Remote-Group",
        "--requestheader-extra-headers-prefix=X-Remote-Extra-",
        f"--proxy-client-cert-file={PKI}/front-proxy-client.crt",
        f"--proxy-client-key-file={PKI}/front-proxy-client.key",
        f"--cert-dir={RUN}/apiserver",
        f"--audit-policy-file={HERE}/conf/audit.yaml",
        f"--audit-log-path={LOG}/audit.log",
    )

    def ready() -> bool:
        check_alive()
        return ask("/readyz") == "ok"

    wait("kube-apiserver: ready", ready, 90, LOG / "kube-apiserver.log")


def identity(name: str) -> list[str]:
    uses = ("", "authentication-", "authorization-")
    return [f"--{use}kubeconfig={KUBECONFIGS}/{name}.kubeconfig" for use in uses]


def start_controllers() -> None:
    start(
        "kube-controller-manager",
        bin_dir() / "kube-controller-manager",
        *identity("kube-controller-manager"),
        "--bind-address=127.0.0.1",
        "--leader-elect=false",
        "--use-service-account-credentials=true",
        f"--service-account-private-key-file={PKI}/sa.key",
        f"--root-ca-file={PKI}/ca.crt",
        f"--cluster-signing-cert-file={PKI}/ca.crt",
        f"--cluster-signing-key-file={PKI}/ca.key",
        f"--cluster-cidr={PODS}",
        f"--service-cluster-ip-range={SERVICES}",
    )
    start(
        "kube-scheduler",
        bin_dir() / "kube-scheduler",
        *identity("kube-scheduler"),
        "--bind-address=127.0.0.1",
        "--leader-elect=false",
    )

    def accounts() -> bool:
        check_alive()
        return bool(api("/api/v1/namespaces/default/serviceaccounts/default"))

    log = LOG / "kube-controller-manager.log"
    wait("kube-controller-manager: service accounts", accounts, 60, log)


def start_control_plane() -> None:
    start_etcd()
    start_api_server()
    start_controllers()


def established() -> bool:
    items = api("/apis/apiextensions.k8s.io/v1/customresourcedefinitions")["items"]
    conditions = [i.get("status", {}).get("conditions", []) for i in items]
    return bool(items) and all(
        any(c["type"] == "Established" and c["status"] == "True" for c in of_one)
        for of_one in conditions
    )


def apply_manifests(args: argparse.Namespace) -> None:
    packages = "lib/python3*/site-packages"
    crds = next(venv_dir().glob(f"{packages}/dask_kubernetes/**/crds"), None)
    if not crds:
        raise Fail(
            "dask-kubernetes has no folder with its CRDs in this version;"
            " fix image-requirements.txt."
        )
    kubectl("apply", "--server-side", "-f", crds)
    if args.kubeflow_like:
        kubectl("apply", "-f", HERE / "manifests/kubeflow-like.yaml")
    if args.dask_edit:
        kubectl("apply", "-k", HERE.parents[2] / "deploy/base")
    wait("manifests: CRDs established", established, 30, LOG / "kube-apiserver.log")
    if args.kubeflow_like:
        expected = {"pods", "notebooks"} | ({"daskclusters"} if args.dask_edit else set())
        wait_for_role(expected)


def wait_for_role(expected: set[str]) -> None:
    def aggregated() -> bool:
        role = api("/apis/rbac.authorization.k8s.io/v1/clusterroles/kubeflow-edit")
        have = {r for x in role.get("rules") or [] for r in x.get("resources", [])}
        return expected <= have

    log = LOG / "kube-controller-manager.log"
    wait("manifests: role kubeflow-edit aggregated", aggregated, 30, log)


def is_healthy(ip: str) -> bool:
    c = http.client.HTTPConnection(
        ip, 8080, timeout=5
    )  # also shows that the host reaches pods
    try:
        c.request("GET", "/healthz")
        return c.getresponse().status == 200
    finally:
        c.close()


def start_operator() -> None:
    kubectl("apply", "-f", HERE / "manifests/operator.yaml")
    pods = "/api/v1/namespaces/dask-operator/pods?labelSelector=app%3Ddask-operator"

    def healthy() -> bool:
        check_alive()
        found = [pod["status"] for pod in api(pods)["items"]]
        ips = [s["podIP"] for s in found if s["phase"] == "Running" and s.get("podIP")]
        return any(is_healthy(ip) for ip in ips)

    wait("operator: healthy", healthy, 120, LOG / "kubelet.log")
