from __future__ import annotations

from pathlib import Path

from jupyter_dask_k8s.backends.local.machine import read_machine


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def test_without_limits_it_is_the_machine(tmp_path: Path) -> None:
    machine = read_machine(tmp_path)
    assert machine.cpus >= 1
    assert machine.memory > 2**27


def test_cgroup_version_2(tmp_path: Path) -> None:
    write(tmp_path / "memory.max", "268435456\n")
    write(tmp_path / "cpu.max", "50000 100000\n")
    machine = read_machine(tmp_path)
    assert machine.memory == 2**28
    assert machine.cpus == 1


def test_cgroup_version_1(tmp_path: Path) -> None:
    write(tmp_path / "memory/memory.limit_in_bytes", "268435456\n")
    write(tmp_path / "cpu/cpu.cfs_quota_us", "100000\n")
    write(tmp_path / "cpu/cpu.cfs_period_us", "100000\n")
    machine = read_machine(tmp_path)
    assert machine.memory == 2**28
    assert machine.cpus == 1


def test_unlimited_groups_change_nothing(tmp_path: Path) -> None:
    write(tmp_path / "memory.max", "max\n")
    write(tmp_path / "cpu.max", "max 100000\n")
    assert read_machine(tmp_path) == read_machine(tmp_path / "absent")
