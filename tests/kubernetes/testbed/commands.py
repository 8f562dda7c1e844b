"""The commands for a testbed that is up."""

from __future__ import annotations

import argparse
import contextlib
import os
import re
import shlex
import subprocess
from pathlib import Path

from .api import api, ask, kubectl, no_proxy, user_kubeconfig
from .binaries import bin_dir, have_binaries
from .common import Fail, sh
from .containers import ctr
from .images import read_index, venv_dir
from .places import ADMIN, API, HERE, HOME, LOG, NODE_IP, RUN
from .processes import EXPECTED, daemons, level, need, running
from .stop import leftovers


def status(args: argparse.Namespace) -> int:
    print(f"home    {HOME}")
    print(f"built   {'yes' if have_binaries() and venv_dir().exists() else 'no'}")
    print(f"images  {' '.join(read_index()) or 'none'}")
    print(f"level   {level() if running() else 'down'}")
    if not running():
        print(f"left    {', '.join(leftovers()) or 'nothing'}")
        return 3
    have = daemons()
    expected = EXPECTED[level()] or EXPECTED["full"]
    for n in expected:
        print(f"{n:24} {f'pid {have[n]}' if n in have else 'NOT RUNNING'}")
    try:
        print(f"api     {API} readyz: {ask('/readyz')}")
        for p in api("/api/v1/pods")["items"]:
            m, s = p["metadata"], p["status"]
            print(f"pod     {m['namespace']}/{m['name']} {s['phase']} {s.get('podIP', '')}")
    except (OSError, ValueError) as e:
        print(f"api     {API} does not answer: {e}")
        return 1
    return 0 if all(n in have for n in expected) else 1


def kubeconfig(args: argparse.Namespace) -> None:
    need()
    print(user_kubeconfig(args.user, args.group))


def env(args: argparse.Namespace) -> None:
    need()
    variables = {
        "KUBECONFIG": ADMIN,
        "TESTBED_API": API,
        "TESTBED_AUDIT": LOG / "audit.log",
        "TESTBED_DNS": NODE_IP,
        "TESTBED_KUBECTL": bin_dir() / "kubectl",
        "TESTBED_PYTHON": venv_dir() / "bin/python",
        **no_proxy(),
    }
    for k, v in variables.items():
        print(f"export {k}={shlex.quote(str(v))}")


def load_image(args: argparse.Namespace) -> None:
    need("full")
    if not Path(args.tar).is_file():
        raise Fail(f"There is no file {args.tar}.")
    print(sh(ctr("images", "import", Path(args.tar).resolve()), timeout=600).strip())


def resolver_files(host_net: bool) -> tuple[Path, Path]:
    """A resolv.conf and an nsswitch.conf that lead to the DNS of the cluster."""
    mine = []
    with contextlib.suppress(OSError):
        text = Path("/etc/resolv.conf").read_text()
        mine = re.findall(r"^nameserver\s+(\S+)", text, re.M)
    servers = [NODE_IP] + (mine[:2] if host_net else [])
    folder = RUN / "conf/exec"
    folder.mkdir(exist_ok=True)
    resolv = folder / f"resolv-{'host' if host_net else 'node'}.conf"
    lines = [*(f"nameserver {s}" for s in servers), "options timeout:2 attempts:2"]
    resolv.write_text("\n".join(lines) + "\n")
    nss = folder / "nsswitch.conf"
    files = [f"{x}: files" for x in ("passwd", "group", "shadow", "services", "protocols")]
    nss.write_text("\n".join([*files, "hosts: files dns"]) + "\n")
    return resolv, nss


def execute(args: argparse.Namespace) -> None:
    """Same files, user, processes; another network (unless --host-net) and resolv.conf."""
    need()
    cmd = args.cmd[1:] if args.cmd[:1] == ["--"] else args.cmd
    if not cmd:
        raise Fail("Which command?")
    resolv, nss = resolver_files(args.host_net)
    script = (
        f"mount --bind {resolv} /etc/resolv.conf"
        f' && mount --bind {nss} /etc/nsswitch.conf && exec "$@"'
    )
    line = [] if args.host_net else ["nsenter", f"--net=/proc/{running()}/ns/net", "--"]
    line += ["unshare", "--mount", "--propagation", "private", "--"]
    line += ["/bin/sh", "-c", script, "sh", *cmd]
    environment = {"KUBECONFIG": str(ADMIN), **os.environ, **no_proxy()}
    os.execvpe(line[0], line, environment)


def run_kubectl(args: argparse.Namespace) -> None:
    need()
    cmd = [str(bin_dir() / "kubectl"), "--kubeconfig", str(ADMIN), *args.cmd]
    os.execve(cmd[0], cmd, {**os.environ, **no_proxy()})


def smoke(args: argparse.Namespace) -> None:
    need("full")
    user = user_kubeconfig("team-a/default-editor", [])
    # -P: its folder is no place to import from
    cmd: list[str | Path] = [venv_dir() / "bin/python", "-P", HERE / "smoke.py"]
    cmd += ["--image", args.image, "--namespace", "team-a"]
    environment = {**os.environ, "KUBECONFIG": str(user), **no_proxy()}
    environment["PYTHONDONTWRITEBYTECODE"] = "1"
    try:
        code = subprocess.run(cmd, env=environment, cwd=RUN, timeout=600).returncode
    except subprocess.TimeoutExpired:
        raise Fail("The smoke test took more than 600 s.") from None
    if code:
        log = LOG / "operator-pod.log"
        operator = ["-n", "dask-operator", "deploy/dask-kubernetes-operator"]
        with contextlib.suppress(Fail):
            log.write_text(kubectl("logs", *operator, "--tail=200"))
        raise Fail("The smoke test failed.", log)
