"""The node's processes.

No pid files: every process of the node carries MARK (and NAME) in its environment, so that
nothing is overlooked after a crash, and a number that was used again is never taken for
ours.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from .binaries import bin_dir
from .common import Fail, sh
from .places import HOME, LOG, RUN, SYSPATH

MARK = "DASK_K8S_TESTBED_HOME"
NAME = "DASK_K8S_TESTBED_PROCESS"
CONTROL = ["node", "etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler"]
EXPECTED = {
    "none": [],
    "control-plane": CONTROL,
    "full": [*CONTROL, "containerd", "dns", "kube-proxy", "kubelet"],
}
STARTED: dict[str, subprocess.Popen[bytes]] = {}  # by this command


class Process(NamedTuple):
    """A process of any testbed; depth 1 is inside the namespaces of its node."""

    pid: int
    home: str
    name: str
    depth: int
    inner: str  # its number in the innermost namespace of processes


def namespace_pids(status: str) -> list[str]:
    m = re.search(r"NSpid:\s+(.*)", status)
    return m[1].split() if m else []


def marked() -> list[Process]:
    here = len(namespace_pids(Path("/proc/self/status").read_text()))
    found = []
    for d in os.listdir("/proc"):
        if not d.isdigit():
            continue
        try:
            raw = Path(f"/proc/{d}/environ").read_bytes()
            if (MARK + "=").encode() not in raw:
                continue
            words = raw.decode(errors="replace").split("\0")
            status = Path(f"/proc/{d}/status").read_text()
        except OSError:
            continue
        env = dict(x.split("=", 1) for x in words if "=" in x)
        ids = namespace_pids(status)
        if MARK not in env or not ids or re.search(r"^State:\s+[ZX]", status, re.M):
            continue
        name, depth = env.get(NAME, ""), len(ids) - here
        found.append(Process(int(d), env[MARK], name, depth, ids[-1]))
    return found


def ours() -> list[Process]:
    return [p for p in marked() if p.home == str(HOME)]


def other_homes() -> set[str]:
    return {p.home for p in marked()} - {str(HOME)}


def running() -> int | None:
    """The pid of process 1 of our node."""
    for p in ours():
        if p.depth == 1 and p.inner == "1":
            return p.pid
    return None


def daemons() -> dict[str, int]:
    """What runs now: {name: pid of the nsenter outside, which ends with the daemon}."""
    return {p.name: p.pid for p in ours() if p.depth == 0}


def level() -> str:
    """What the last `up` completed: none, control-plane or full."""
    try:
        found: str = json.loads((RUN / "state.json").read_text())["level"]
        return found
    except (OSError, ValueError):
        return "none"


def need(wanted: str = "control-plane") -> None:
    if not running() or level() == "none":
        raise Fail("The testbed is not up; run `testbed up`.")
    if wanted == "full" and level() != "full":
        raise Fail("Only the control plane is up; run `testbed up`.")


def spawn(name: str, cmd: Sequence[object]) -> subprocess.Popen[bytes]:
    LOG.mkdir(parents=True, exist_ok=True)
    env = {
        "PATH": f"{bin_dir()}:{SYSPATH}",
        "HOME": str(RUN),
        "LC_ALL": "C.UTF-8",
        MARK: str(HOME),
        NAME: name,
    }
    with open(LOG / f"{name}.log", "ab") as log:
        return subprocess.Popen(
            [str(c) for c in cmd],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=env,
            cwd="/",
            start_new_session=True,
        )


def start(name: str, *cmd: object) -> None:
    """Start a daemon in the node's namespaces, unless it runs."""
    if name not in daemons():
        inside = ["nsenter", "--target", running(), "--mount", "--net", "--pid", "--"]
        STARTED[name] = spawn(name, [*inside, *cmd])


def in_net(*cmd: object) -> str:
    """Run a command in the node's network namespace (only)."""
    return sh(["nsenter", f"--net=/proc/{running()}/ns/net", "--", *cmd])


def check_alive() -> None:
    """A daemon that ended says why in its log; better than waiting for it."""
    for name, p in list(STARTED.items()):
        if p.poll() is not None:
            raise Fail(
                f"{name} has ended, with status {p.returncode}.", LOG / f"{name}.log"
            )
