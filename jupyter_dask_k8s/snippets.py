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
