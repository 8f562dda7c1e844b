"""The folders, addresses and names that a testbed takes."""

from __future__ import annotations

import os
from pathlib import Path

HERE = Path(__file__).resolve().parent
DEFAULT_HOME = "~/.cache/dask-k8s-testbed"
HOME = Path(os.environ.get("TESTBED_HOME") or DEFAULT_HOME).expanduser().resolve()
BIN, IMAGES, WORK, RUN = HOME / "bin", HOME / "images", HOME / "work", HOME / "run"
LOG = HOME / "log"  # survives `down`, so that a failure can be read afterwards
PKI = RUN / "pki"
KUBECONFIGS = RUN / "kubeconfig"
ADMIN = KUBECONFIGS / "admin.kubeconfig"

NET = os.environ.get("TESTBED_NET", "10.203")  # the first two bytes of all addresses below
HOST_IP, NODE_IP = f"{NET}.255.1", f"{NET}.255.2"  # a veth pair: host <-> node
SERVICES, PODS, NODE_PODS = f"{NET}.0.0/18", f"{NET}.64.0/18", f"{NET}.64.0/24"
API_IP = f"{NET}.0.1"  # the `kubernetes` service: first of SERVICES
API = f"https://{NODE_IP}:6443"
VETH, CGROUP, NODE = "dask-tb0", "dask-testbed", "node1"

SYSPATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
RECIPE = 1  # raise it to rebuild everything
