"""Code for notebooks."""

from __future__ import annotations

import json

from .errors import ClusterNotReady
from .models import Cluster


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
    if forward:
        lines.insert(0, "import dask")
    lines += [
        "from dask_kubernetes.operator import KubeCluster",
        "",
        f"cluster = KubeCluster.from_name({', '.join(options)})",
        "client = Client(cluster)",
    ]
    if forward:
        setting = f'{{"distributed.dashboard.link": {json.dumps(link)}}}'
        lines.append(f"dask.config.set({setting})  # links open through Jupyter")
    return "\n".join((*lines, "client"))
