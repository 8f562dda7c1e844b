"""A local cluster as a Python program."""

from __future__ import annotations

from ...quantities import format_memory
from .protocol import GroupSpec, HostCommand


def python_code(name: str, wanted: HostCommand, workers: int) -> str:
    """Return a program that makes a cluster like this one without us.

    ``workers`` is how many the default group has now.
    """
    adapt = wanted.adapt
    count = adapt.minimum if adapt else workers
    default, *others = wanted.groups
    if others:
        lines = _with_groups(name, count, default, others)
    else:
        lines = _plain(name, count, default)
    if adapt:
        if others:
            lines.append(
                "# Dask's own autoscaler does not know groups: it may end any worker."
            )
        lines.append(f"cluster.adapt(minimum={adapt.minimum}, maximum={adapt.maximum})")
    lines += ["client = Client(cluster)", "client", ""]
    return "\n".join(lines)


def _plain(name: str, workers: int, group: GroupSpec) -> list[str]:
    lines = [
        "from dask.distributed import Client, LocalCluster",
        "",
        "cluster = LocalCluster(",
        f"    name={name!r},",
        f"    n_workers={workers},",
        f"    threads_per_worker={group.threads},",
        f"    memory_limit={format_memory(group.memory)!r},",
        '    dashboard_address="127.0.0.1:0",',
    ]
    if group.env:
        lines.append(f"    env={group.env!r},")
    return [*lines, ")"]


def _with_groups(
    name: str, workers: int, default: GroupSpec, others: list[GroupSpec]
) -> list[str]:
    lines = [
        "from dask.distributed import Client, Nanny, Scheduler, SpecCluster",
        "",
        'here = {"host": "127.0.0.1", "dashboard_address": "127.0.0.1:0"}',
        "groups = {",
    ]
    for group in (default, *others):
        env = {**default.env, **group.env}
        lines += [
            f"    {group.name!r}: {{",
            f'        "nthreads": {group.threads},',
            f'        "memory_limit": {format_memory(group.memory)!r},',
            f'        "resources": {group.resources!r},',
            f'        "env": {env!r},',
            '        "host": "127.0.0.1",',
            "    },",
        ]
    hint = {others[0].name: 1}
    counts = {default.name: workers, **{it.name: it.workers for it in others}}
    return [
        *lines,
        "}",
        f"counts = {counts!r}",
        'specs = {name: {"cls": Nanny, "options": it} for name, it in groups.items()}',
        "cluster = SpecCluster(",
        f"    name={name!r},",
        '    scheduler={"cls": Scheduler, "options": here},',
        "    workers={",
        '        f"{name}-{number}": specs[name]',
        "        for name, count in counts.items()",
        "        for number in range(count)",
        "    },",
        f"    worker=specs[{default.name!r}],",
        ")",
        f"# Tasks with resources={hint!r} run on that group only.",
    ]
