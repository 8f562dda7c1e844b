"""The command line."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable

from . import __doc__ as description
from . import commands
from .build import build
from .common import Fail
from .images import TAG_TEST
from .outage import api_server
from .start import up
from .stop import down, purge

Command = Callable[[argparse.Namespace], int | None]


class Parser:
    """The parser of all commands."""

    def __init__(self) -> None:
        self.parser = argparse.ArgumentParser(
            prog="testbed",
            description=description,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        self.commands = self.parser.add_subparsers(
            dest="command", required=True, metavar="COMMAND"
        )
        self.add_build()
        self.add_up_and_down()
        self.add_kubeconfig()
        self.add_tools()

    def add(self, name: str, function: Command, text: str) -> argparse.ArgumentParser:
        c = self.commands.add_parser(name, help=text, description=text)
        c.set_defaults(function=function)
        return c

    def add_build(self) -> None:
        text = "make the binaries and the pod images (nothing, where they are made)"
        c = self.add("build", build, text)
        c.add_argument(
            "--image-extra",
            metavar="REQUIREMENTS",
            help="one more pod image: with these pip requirements or wheel files as well",
        )
        c.add_argument(
            "--image-tag",
            default="localhost/dask:extra",
            metavar="TAG",
            help="its name (default: %(default)s)",
        )
        c.add_argument(
            "--drop-image",
            metavar="TAG",
            help="forget an extra image (each `up` imports all there are)",
        )
        c.add_argument(
            "--keep-work",
            action="store_true",
            help="keep sources and compiler cache (2 GB)",
        )

    def add_up_and_down(self) -> None:
        c = self.add(
            "up", up, "start the cluster and wait until the Dask operator is ready"
        )
        c.add_argument(
            "--control-plane-only",
            action="store_true",
            help="API, controllers, scheduler and CRDs, but no node and no pods",
        )
        c.add_argument(
            "--kubeflow-like",
            action=argparse.BooleanOptionalAction,
            default=True,
            help="namespaces team-a and team-b with Kubeflow's roles and CRDs",
        )
        c.add_argument(
            "--dask-edit",
            action=argparse.BooleanOptionalAction,
            default=True,
            help="let kubeflow-edit have Dask resources",
        )
        self.add("down", down, "stop the cluster and remove its state")
        self.add("purge", purge, "down, and delete what build made")
        text = "what is built and what runs (exit status: 0 all well, 1 not, 3 down)"
        self.add("status", commands.status, text)

    def add_kubeconfig(self) -> None:
        c = self.add("kubeconfig", commands.kubeconfig, "print the path of a kubeconfig")
        c.add_argument(
            "--user",
            default="admin",
            metavar="USER",
            help="admin, NAMESPACE/SERVICEACCOUNT, or any name: a user with a certificate",
        )
        c.add_argument(
            "--group",
            action="append",
            default=[],
            metavar="GROUP",
            help="a group of that user (may be repeated)",
        )

    def add_tools(self) -> None:
        c = self.add("load-image", commands.load_image, "import a docker or OCI archive")
        c.add_argument("tar", metavar="TAR")
        text = "run a command in the node's network, with cluster DNS"
        c = self.add("exec", commands.execute, text)
        c.add_argument(
            "--host-net",
            action="store_true",
            help="stay in the machine's network; only the DNS is the cluster's",
        )
        c.add_argument("cmd", nargs=argparse.REMAINDER, metavar="-- COMMAND")
        text = "print shell lines: KUBECONFIG, TESTBED_API, TESTBED_AUDIT, ..."
        self.add("env", commands.env, text)
        text = "let the API server hang, go on, end or start again, for tests"
        c = self.add("api-server", api_server, text)
        c.add_argument("what", choices=("pause", "resume", "stop", "renew", "start"))
        c = self.add("kubectl", commands.run_kubectl, "kubectl, as admin")
        c.add_argument("cmd", nargs=argparse.REMAINDER, metavar="ARGUMENTS")
        text = "run a Dask cluster through its life, as team-a/default-editor"
        c = self.add("smoke", commands.smoke, text)
        c.add_argument("--image", default=TAG_TEST, help="default: %(default)s")


def complain(failure: Fail) -> None:
    print(f"testbed: {failure}", file=sys.stderr)
    if failure.log and failure.log.exists():
        print(f"last lines of {failure.log}:", file=sys.stderr)
        for line in failure.log.read_text(errors="replace").splitlines()[-15:]:
            print(f"  {line[:300]}", file=sys.stderr)


def main() -> int:
    argv, rest = sys.argv[1:], []
    if argv[:1] == ["kubectl"]:  # argparse would take kubectl's options for ours
        argv, rest = ["kubectl"], argv[1:]
    args = Parser().parser.parse_args(argv)
    args.cmd = rest or getattr(args, "cmd", [])
    try:
        if os.geteuid():
            raise Fail("The testbed needs root: it makes namespaces, cgroups and mounts.")
        status: int | None = args.function(args)
        return status or 0
    except Fail as e:
        complain(e)
        return 1
    except KeyboardInterrupt:
        return 130
