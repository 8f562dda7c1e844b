"""`testbed up`."""

from __future__ import annotations

import argparse
import concurrent.futures
import json
import sys

from .build import check_built
from .common import Fail, lock, say
from .containers import start_containerd
from .control import apply_manifests, start_control_plane, start_operator
from .debian import missing_tools
from .machine import check_kernel, check_routes, preflight
from .node import connect, make_cgroups, start_namespaces, start_node_daemons
from .pki import make_pki
from .places import LOG, RUN
from .processes import EXPECTED, daemons, level, other_homes, running
from .stop import leftovers, tear_down


def is_up(target: str) -> bool:
    """Whether there is nothing to do; what is left of a broken testbed is removed."""
    have, done = daemons(), level()
    if running() and done != "none" and all(n in have for n in EXPECTED[done]):
        return done in ("full", target)
    if have or running() or RUN.exists() or leftovers():
        say("cleaning up what an earlier run left")
        tear_down()
    return False


def start_bare_node() -> None:
    check_kernel()
    check_routes()
    for f in LOG.glob("*.log"):
        if not f.name.startswith(("build", "apt")):
            f.unlink()
    RUN.mkdir(parents=True)
    start_namespaces()
    connect()
    make_cgroups()
    make_pki()


def start_all(args: argparse.Namespace, target: str) -> None:
    if not running():
        start_bare_node()
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        # takes as long as the API server
        images = pool.submit(start_containerd) if target == "full" else None
        start_control_plane()
        apply_manifests(args)
        if images:
            images.result()
            start_node_daemons()
            start_operator()


def up(args: argparse.Namespace) -> None:
    preflight()
    target = "control-plane" if args.control_plane_only else "full"
    with lock():
        check_built()
        if is_up(target):
            say(f"already up ({level()})")
            return
        if missing_tools():
            names = " ".join(missing_tools())
            raise Fail(f"Not installed: {names}; run `testbed build`.")
        others = other_homes()
        if others:
            raise Fail(
                f"A testbed with another TESTBED_HOME is up ({others.pop()});"
                " take that one down first."
            )
        try:
            start_all(args, target)
        except BaseException:
            say(
                "up failed; what runs is left for a look (`testbed status`),"
                " `testbed down` removes it"
            )
            raise
        (RUN / "state.json").write_text(json.dumps({"level": target}))
    say(f'up ({target}); next: eval "$({sys.argv[0]} env)"')
