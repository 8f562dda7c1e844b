"""The API server as it is on bad days: hanging, not there, or with another certificate."""

from __future__ import annotations

import argparse
import contextlib
import os
import signal

from .common import Fail, wait
from .control import start_api_server
from .pki import make_serving_cert
from .places import LOG
from .processes import need, ours

NAME = "kube-apiserver"


def _send(number: signal.Signals, *, inside: bool = False) -> None:
    """Send a signal to the API server, and to what stands for it outside of its node."""
    found = [p for p in ours() if p.name == NAME and (p.depth or not inside)]
    if not found:
        raise Fail("The API server does not run; run `testbed api-server start`.")
    for process in found:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process.pid, number)


def api_server(args: argparse.Namespace) -> None:
    need()
    if args.what == "pause":
        # nsenter outside stops by itself with what it waits for.
        _send(signal.SIGSTOP, inside=True)
    elif args.what == "resume":
        _send(signal.SIGCONT)
    elif args.what == "stop":
        _send(signal.SIGKILL, inside=True)
        gone = [p.pid for p in ours() if p.name == NAME]
        wait("kube-apiserver: gone", lambda: not _there(gone), 20, LOG / f"{NAME}.log")
    elif args.what == "renew":
        make_serving_cert()
    else:
        start_api_server()


def _there(pids: list[int]) -> bool:
    return any(p.pid in pids for p in ours())
