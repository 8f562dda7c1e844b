"""Code for notebooks."""

from __future__ import annotations

import json
import keyword
import re
from urllib.parse import urlsplit

from .errors import ClusterNotReady, GroupNotFound
from .models import Cluster

PATIENCE = "10 minutes"
"""How long a Client outside tries to reconnect: a laptop sleeps, a network goes away.

Dask's own 30 s are for the network of a data centre; later the Client is closed.
"""


def client_code(cluster: Cluster) -> str:
    """Return code that connects a notebook to a running cluster.

    A plain `Client` can never delete the cluster, unlike a cluster object, which does so
    when its kernel ends. Raises `ClusterNotReady` while there is no address.
    """
    address = cluster.scheduler_address
    if address is None:
        raise ClusterNotReady(
            f"“{cluster.name}” has no scheduler to connect to yet. {cluster.reason}".strip()
        )
    return "\n".join(
        (
            "from dask.distributed import Client",
            "",
            f"client = Client({json.dumps(address)})  # {cluster.name}",
            "client",
        )
    )


def kubecluster_code(cluster: Cluster, link: str, *, forward: bool) -> str:
    """Return code that connects through dask-kubernetes.

    ``forward`` is for kernels outside Kubernetes: the code then sets up its own port
    forward, and ``link`` (a path below Jupyter) makes links to the dashboard work.
    ``shutdown_on_close=False`` keeps the end of the kernel from deleting the cluster.
    """
    client_code(cluster)  # refuses while there is no scheduler
    outside = ["port_forward_cluster_ip=True"] if forward else []
    options = [
        json.dumps(cluster.name),
        f"namespace={json.dumps(cluster.namespace)}",
        "shutdown_on_close=False",
        "quiet=True",
        *outside,
    ]
    lines = ["from dask.distributed import Client"]
    patience = ""
    if forward:
        lines.insert(0, "import dask")
        patience = f', timeout="{PATIENCE}"'
    lines += [
        "from dask_kubernetes.operator import KubeCluster",
        "",
        f"cluster = KubeCluster.from_name({', '.join(options)})",
        f"client = Client(cluster{patience})",
    ]
    if forward:
        setting = f'{{"distributed.dashboard.link": {json.dumps(link)}}}'
        lines.append(f"dask.config.set({setting})  # links open through Jupyter")
    return "\n".join((*lines, "client"))


def forward_code(cluster: Cluster, link: str) -> str:
    """Return code for a kernel outside Kubernetes and a Service that is no ClusterIP.

    KubeCluster would look for a node's address there, and users of Kubeflow may not list
    nodes (dask-kubernetes 2026.3); kr8s comes with it.
    """
    client_code(cluster)  # refuses while there is no scheduler
    service = json.dumps(f"{cluster.name}-scheduler")
    namespace = json.dumps(cluster.namespace)
    port = urlsplit(cluster.scheduler_address or "").port
    setting = f'{{"distributed.dashboard.link": {json.dumps(link)}}}'
    return "\n".join(
        (
            "import dask",
            "import time",
            "from dask.distributed import Client",
            "from kr8s.objects import Service",
            "",
            f"service = Service.get({service}, namespace={namespace})",
            f'forward = service.portforward({port}, local_port="auto")',
            "forward.start()",
            "while not forward.local_port:",
            "    time.sleep(0.1)",
            'client = Client(f"tcp://localhost:{forward.local_port}", '
            f'timeout="{PATIENCE}")  # {cluster.name}',
            f"dask.config.set({setting})  # links open through Jupyter",
            "client",
        )
    )


def for_group(code: str, cluster: Cluster, name: str) -> str:
    """Return Client code with a hint that sends work to one worker group.

    Groups that we make have a Dask resource of their name. Those of other people are chosen
    by the names of their workers, which the operator makes from the group's. Raises
    `GroupNotFound`.
    """
    group = next((it for it in cluster.groups if it.name == name), None)
    if group is None:
        raise GroupNotFound(cluster.name, name)
    variable = re.sub(r"\W", "_", name)
    if keyword.iskeyword(variable) or variable in ("client", "cluster", "dask"):
        variable += "_group"
    if name in group.worker_resources:
        hint = json.dumps({"resources": {name: 1}})
    else:
        local = cluster.backend == "local"
        mark = json.dumps(name if local else f"{cluster.name}-{name}-worker")
        named = "client.run(lambda dask_worker: str(dask_worker.name)).items()"
        # A worker's name is that of its group, and a number or some letters.
        test = f'name.rpartition("-")[0] == {mark}'
        hint = f'{{"workers": [it for it, name in {named} if {test}]}}'
    *lines, last = code.splitlines()
    line = f"{variable} = {hint}  # client.submit(f, x, **{variable})"
    return "\n".join((*lines, line, last))
