"""A local cluster as a Python program."""

from __future__ import annotations

import textwrap

from ...quantities import exact_memory, format_duration
from .protocol import Clocks, GroupSpec, HostCommand

_GUARD = (
    '\nif __name__ == "__main__":  # workers are new processes, which may read this file\n'
)


def python_code(name: str, wanted: HostCommand, workers: int) -> str:
    """Return a program that makes a cluster like this one without us.

    ``workers`` is how many the default group has now.
    """
    adapt = wanted.adapt
    count = adapt.minimum if adapt else workers
    default, *others = wanted.groups
    idle = wanted.clocks.idle_seconds
    if others:
        head, lines = _with_groups(name, count, idle, default, others)
    else:
        head, lines = _plain(name, count, idle, default)
    if adapt:
        if others:
            lines.append(
                "# Dask's own autoscaler does not know groups: it may end any worker."
            )
        lines.append(f"cluster.adapt(minimum={adapt.minimum}, maximum={adapt.maximum})")
    lines += [*_alone(wanted.clocks), "client = Client(cluster)", "print(client)"]
    body = textwrap.indent("\n".join(lines), "    ")
    return f"{head}\n{_GUARD}{body}\n"


def _alone(clocks: Clocks) -> list[str]:
    """Say what no program of Dask's own can do."""
    if clocks.no_client_seconds is None:
        return []
    limit = format_duration(clocks.no_client_seconds)
    return [f"# Only in JupyterLab: it ends when no client was connected for {limit}."]


def _plain(
    name: str, workers: int, idle: int | None, group: GroupSpec
) -> tuple[str, list[str]]:
    lines = [
        "cluster = LocalCluster(",
        f"    name={name!r},",
        f"    n_workers={workers},",
        f"    threads_per_worker={group.threads},",
        f"    memory_limit={exact_memory(group.memory)!r},",
        '    dashboard_address="127.0.0.1:0",',
    ]
    if idle is not None:
        lines.append(f'    scheduler_kwargs={{"idle_timeout": {f"{idle} s"!r}}},')
    if group.env:
        lines.append(f"    env={group.env!r},")
    return "from dask.distributed import Client, LocalCluster", [*lines, ")"]


def _with_groups(
    name: str,
    workers: int,
    idle: int | None,
    default: GroupSpec,
    others: list[GroupSpec],
) -> tuple[str, list[str]]:
    here = {"host": "127.0.0.1", "dashboard_address": "127.0.0.1:0"}
    if idle is not None:
        here["idle_timeout"] = f"{idle} s"
    lines = [
        f"here = {here!r}",
        "groups = {",
    ]
    for group in (default, *others):
        env = {**default.env, **group.env}
        lines += [
            f"    {group.name!r}: {{",
            f'        "nthreads": {group.threads},',
            f'        "memory_limit": {exact_memory(group.memory)!r},',
            f'        "resources": {group.resources!r},',
            f'        "env": {env!r},',
            '        "host": "127.0.0.1",',
            "    },",
        ]
    hint = {others[0].name: 1}
    counts = {default.name: workers, **{it.name: it.workers for it in others}}
    return "from dask.distributed import Client, Nanny, Scheduler, SpecCluster", [
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
