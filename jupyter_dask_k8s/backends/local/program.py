"""A local cluster as a Python program."""

from __future__ import annotations

from ...quantities import format_memory
from .protocol import HostCommand, HostConfig


def python_code(config: HostConfig, wanted: HostCommand) -> str:
    """Return a program that makes a cluster like this one without us."""
    adapt = wanted.adapt
    workers = config.workers if wanted.workers is None else wanted.workers
    lines = [
        "from dask.distributed import Client, LocalCluster",
        "",
        "cluster = LocalCluster(",
        f"    name={config.name!r},",
        f"    n_workers={adapt.minimum if adapt else workers},",
        f"    threads_per_worker={config.threads},",
        f"    memory_limit={format_memory(config.memory)!r},",
        '    dashboard_address="127.0.0.1:0",',
    ]
    if config.env:
        lines.append(f"    env={config.env!r},")
    lines.append(")")
    if adapt:
        lines.append(f"cluster.adapt(minimum={adapt.minimum}, maximum={adapt.maximum})")
    lines += ["client = Client(cluster)", "client", ""]
    return "\n".join(lines)
