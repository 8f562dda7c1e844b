"""What the machine must be and be able to do."""

from __future__ import annotations

import contextlib
import ipaddress
import json
import platform
import shutil
from pathlib import Path

from .common import Fail, attempt, sh
from .places import HERE, HOME, NET, RUN, SYSPATH, VETH

SUITE = "bookworm"
HIDDEN = ("/run", "/var/run", "/var/lib", "/var/log", "/proc", "/sys")


def preflight() -> None:
    release: dict[str, str] = {}
    with contextlib.suppress(OSError):
        release = platform.freedesktop_os_release()
    if release.get("VERSION_CODENAME") != SUITE or release.get("ID") != "debian":
        name = release.get("PRETTY_NAME", "something else")
        raise Fail(f"The testbed needs Debian 12 ({SUITE}); this is {name}.")
    if platform.machine() != "x86_64":
        raise Fail(f"The testbed was made for x86_64; this is {platform.machine()}.")
    for bad in HIDDEN:
        if HOME.is_relative_to(bad):
            raise Fail(
                f"TESTBED_HOME must not be under {bad}, which the node hides from itself."
            )
    if len(str(RUN)) > 80:
        raise Fail(
            "TESTBED_HOME is too long a path for a unix socket; choose a shorter one."
        )


def cgroup_mounts() -> list[Path]:
    """Mount points of the cgroup hierarchies."""
    mounts = []
    for line in Path("/proc/self/mountinfo").read_text().splitlines():
        left, right = line.split(" - ")
        if right.split()[0] in ("cgroup", "cgroup2"):
            mounts.append(Path(left.split()[4]))
    return mounts


def cgroup_controllers() -> set[str]:
    controllers = {x for m in cgroup_mounts() for x in m.name.split(",")}
    v2 = Path("/sys/fs/cgroup/cgroup.controllers")
    return controllers | set(v2.read_text().split()) if v2.exists() else controllers


def check_kernel() -> None:
    if shutil.which("modprobe", path=SYSPATH):
        modules = ["overlay", "br_netfilter", "veth", "bridge", "nf_conntrack"]
        attempt(["modprobe", "-a", *modules])
    apart = ["unshare", "--mount", "--net", "--propagation", "private"]
    p = attempt([*apart, "sh", HERE / "conf/probe.sh"])
    lacking = p.stdout.split("\n")[:-1]
    if p.returncode and not p.stdout:
        raise Fail(f"This machine does not allow new namespaces: {p.stderr.strip()}")
    have = cgroup_controllers()
    lacking += [
        f"cgroup controller {c}"
        for c in ("cpu", "cpuset", "memory", "pids")
        if c not in have
    ]
    if lacking:
        raise Fail(f"The kernel (or this machine's limits) lacks: {', '.join(lacking)}.")


def check_routes() -> None:
    ours = ipaddress.ip_network(f"{NET}.0.0/16")
    for route in json.loads(sh(["ip", "-4", "-json", "route"]) or "[]"):
        if route["dst"] == "default" or route.get("dev") == VETH:
            continue
        if ipaddress.ip_network(route["dst"], strict=False).overlaps(ours):
            raise Fail(
                f"The machine already has a route to {route['dst']};"
                " choose another network with TESTBED_NET=A.B."
            )
