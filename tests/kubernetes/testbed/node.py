"""The node: its namespaces, the cable to the host, and the daemons that run pods."""

from __future__ import annotations

import contextlib

from .api import api
from .binaries import bin_dir
from .common import sh, wait
from .containers import template
from .images import TAG_PAUSE
from .machine import cgroup_mounts
from .places import (
    API,
    CGROUP,
    HERE,
    HOST_IP,
    KUBECONFIGS,
    LOG,
    NODE,
    NODE_IP,
    PKI,
    PODS,
    RUN,
    SERVICES,
    VETH,
)
from .processes import check_alive, in_net, running, spawn, start


def start_namespaces() -> None:
    init = template("node-init.sh", RUN / "conf/node-init.sh")
    for d in ("var-lib", "var-log"):
        (RUN / d).mkdir()
    (RUN / "conf/resolv.conf").write_text(f"nameserver {NODE_IP}\n")
    new = ["unshare", "--mount", "--net", "--pid", "--fork", "--kill-child"]
    spawn("node", [*new, "--mount-proc", "--propagation", "private", "sh", init])

    def ready() -> bool:
        return (RUN / "node-ready").exists() and running() is not None

    wait("node: namespaces", ready, 10, LOG / "node.log", 0.02)


def connect() -> None:
    """The cable between the node and the host, and the routes over it."""
    cable = ["ip", "link", "add", VETH, "type", "veth", "peer", "name", "eth0"]
    sh([*cable, "netns", running()])
    sh(["ip", "addr", "add", f"{HOST_IP}/30", "dev", VETH])
    sh(["ip", "link", "set", VETH, "up"])
    in_net("ip", "addr", "add", f"{NODE_IP}/30", "dev", "eth0")
    in_net("ip", "link", "set", "eth0", "up")
    # for address detection; the host does not forward
    in_net("ip", "route", "add", "default", "via", HOST_IP)
    # Kubernetes asks the metadata services of clouds; without an answer "no" each start
    # waits 10 s for them
    in_net("ip", "route", "add", "unreachable", "169.254.0.0/16")
    for net in (SERVICES, PODS):
        sh(["ip", "route", "add", net, "via", NODE_IP])
    switches = [
        "ipv4/ip_forward",
        "bridge/bridge-nf-call-iptables",
        "ipv4/conf/all/route_localnet",
    ]
    in_net("sh", "-c", "cd /proc/sys/net" + "".join(f" && echo 1 > {x}" for x in switches))


def make_cgroups() -> None:
    for m in cgroup_mounts():
        d = m / CGROUP
        with contextlib.suppress(OSError):
            d.mkdir(exist_ok=True)
        for f in ("cpuset.cpus", "cpuset.mems"):
            if (m / f).exists() and (d / f).exists():
                (d / f).write_text((m / f).read_text())


def start_proxy() -> None:
    start(
        "kube-proxy",
        bin_dir() / "kube-proxy",
        f"--kubeconfig={KUBECONFIGS}/kube-proxy.kubeconfig",
        f"--cluster-cidr={PODS}",
        "--proxy-mode=iptables",
        f"--hostname-override={NODE}",
        f"--bind-address={NODE_IP}",
        "--metrics-bind-address=127.0.0.1:10249",
        "--healthz-bind-address=127.0.0.1:10256",
        # these sysctls belong to the machine and cannot be set in a network namespace
        "--conntrack-max-per-core=0",
        "--conntrack-tcp-timeout-established=0",
        "--conntrack-tcp-timeout-close-wait=0",
    )


def start_kubelet() -> None:
    config = template("kubelet.yaml", RUN / "conf/kubelet.yaml")
    (RUN / "conf/no-resolv.conf").touch()
    start(
        "kubelet",
        bin_dir() / "kubelet",
        f"--config={config}",
        f"--kubeconfig={KUBECONFIGS}/kubelet.kubeconfig",
        "--container-runtime=remote",
        f"--container-runtime-endpoint=unix://{RUN}/containerd.sock",
        f"--hostname-override={NODE}",
        f"--node-ip={NODE_IP}",
        f"--root-dir={RUN}/kubelet",
        f"--cert-dir={RUN}/kubelet-pki",
        f"--pod-infra-container-image={TAG_PAUSE}",
        "--register-node=true",
    )

    def ready() -> bool:
        check_alive()
        conditions = api(f"/api/v1/nodes/{NODE}")["status"]["conditions"]
        return any(c["type"] == "Ready" and c["status"] == "True" for c in conditions)

    wait("kubelet: node Ready", ready, 90, LOG / "kubelet.log")


def start_node_daemons() -> None:
    # -P: its folder is no place to import from
    dns = ["/usr/bin/python3", "-P", HERE / "dns.py"]
    start("dns", *dns, API, PKI, NODE_IP, HOST_IP)
    start_proxy()
    start_kubelet()
