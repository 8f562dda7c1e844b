"""`testbed down` and `testbed purge`: nothing is left, whatever state it was in."""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import time
from pathlib import Path

from .common import Fail, attempt, lock, remove, remove_tree, say
from .machine import cgroup_mounts, preflight
from .places import BIN, CGROUP, HOME, IMAGES, LOG, RUN, VETH, WORK
from .processes import other_homes, ours, running


def our_mounts() -> list[str]:
    lines = Path("/proc/self/mountinfo").read_text().splitlines()
    points = [line.split()[4].replace("\\040", " ") for line in lines]
    return [p for p in points if p == str(RUN) or p.startswith(f"{RUN}/")]


def has_device() -> bool:
    return os.path.exists(f"/sys/class/net/{VETH}")


def leftovers() -> list[str]:
    """What a node could leave on the machine, in words."""
    cgroups = [m / CGROUP for m in cgroup_mounts()]
    return [
        *(f"process {p.pid} ({p.name})" for p in ours()),
        *(f"cgroup {d}" for d in cgroups if d.exists()),
        *([f"device {VETH}"] if has_device() else []),
        *(f"mount {point}" for point in our_mounts()),
    ]


def remove_cgroups(also: list[int]) -> None:
    """Kill what is in our cgroups, and these processes too; then remove the empty ones."""
    cgroups = [d for m in cgroup_mounts() for d, _, _ in os.walk(m / CGROUP, topdown=False)]
    pids = list(also)
    for d in cgroups:
        with contextlib.suppress(OSError):
            pids += [int(x) for x in Path(d, "cgroup.procs").read_text().split()]
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    for d in cgroups:
        with contextlib.suppress(OSError):
            os.rmdir(d)


def tear_down() -> None:
    if other_homes():
        raise Fail("A testbed with another TESTBED_HOME is up; use that TESTBED_HOME.")
    end = time.monotonic() + 30
    # process 1 of the node: when it is killed the kernel kills all of its process
    # namespace, containers too
    init = running()
    pids = [init] if init else []
    while True:
        remove_cgroups(pids)
        if has_device():
            attempt(["ip", "link", "del", VETH])  # with it go the routes
        for point in our_mounts():
            attempt(["umount", "--lazy", point])
        left = leftovers()
        if not left:
            break
        if time.monotonic() > end:
            raise Fail(f"Could not remove: {', '.join(left)}.")
        pids = [p.pid for p in ours()]
        time.sleep(0.1)
    remove(RUN)


def down(args: argparse.Namespace) -> None:
    preflight()
    with lock():
        was = bool(leftovers()) or RUN.exists()
        tear_down()
    if was:
        say("down: no process, mount, namespace, device or cgroup is left")
    else:
        say("already down")


def purge(args: argparse.Namespace) -> None:
    preflight()
    with lock():
        tear_down()
        remove_tree(WORK)
        for path in (
            BIN,
            IMAGES,
            LOG,
            HOME / "lock",
        ):  # only what is ours: HOME may be anything
            remove(path)
    with contextlib.suppress(OSError):
        HOME.rmdir()
    say("purged")
