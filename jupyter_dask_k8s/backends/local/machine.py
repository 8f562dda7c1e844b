"""How much this machine, or this container, has.

The same rules as ``dask.system`` and ``distributed.system``, read directly because
importing those costs a third of a second.
"""

from __future__ import annotations

import math
import os
from dataclasses import dataclass
from pathlib import Path

_CGROUP = Path("/sys/fs/cgroup")


@dataclass(frozen=True)
class Machine:
    """Processors (count) and memory (bytes) that we may use."""

    cpus: int
    memory: int


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii").strip()
    except OSError:
        return ""


def _cpu_quota(cgroup: Path) -> float:
    """CPUs that the cgroup allows; infinite where there is no quota."""
    both = _read(cgroup / "cpu.max").split()
    if not both:
        v1 = cgroup / "cpu"
        both = [_read(v1 / "cpu.cfs_quota_us"), _read(v1 / "cpu.cfs_period_us")]
    try:
        quota, period = (float(part) for part in both)
    except ValueError:
        return math.inf
    return quota / period if quota > 0 and period > 0 else math.inf


def _memory_limit(cgroup: Path) -> float:
    """Bytes that the cgroup allows; infinite where there is no limit."""
    limit = _read(cgroup / "memory.max") or _read(cgroup / "memory/memory.limit_in_bytes")
    try:
        return float(limit) if float(limit) > 0 else math.inf
    except ValueError:
        return math.inf


def read_machine(cgroup: Path = _CGROUP) -> Machine:
    """Read processors and memory, with the limits of cgroup version 1 or 2."""
    try:
        cpus = len(os.sched_getaffinity(0))
    except AttributeError:  # not on macOS
        cpus = os.cpu_count() or 1
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return Machine(
        cpus=max(1, math.ceil(min(cpus, _cpu_quota(cgroup)))),
        memory=int(min(memory, _memory_limit(cgroup))),
    )
