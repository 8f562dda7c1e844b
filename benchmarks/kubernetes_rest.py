"""What the API server is asked while nobody does anything.

``python -m benchmarks.kubernetes_rest [minutes]``, with $KUBECONFIG that of a service
account and $TESTBED_AUDIT the API server's audit log (``testbed env`` sets it):
counts the requests of that account while one cluster runs and nothing changes.
"""

from __future__ import annotations

import collections
import datetime
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.kubernetes.audit import read_requests
from tests.server_process import Server

IMAGE = os.environ.get("DASK_IMAGE", "localhost/dask:test")
NAME = "bench-rest"
SETTLE = 90.0
"""Seconds after its start in which a cluster is still asked for its clocks."""


def main() -> None:
    minutes = float(sys.argv[1]) if len(sys.argv) > 1 else 10.0
    log = Path(os.environ["TESTBED_AUDIT"])
    with tempfile.TemporaryDirectory() as folder:
        server = Server(
            Path(folder),
            "--DaskK8sApp.backend=kubernetes",
            f"--KubernetesBackend.image={IMAGE}",
            "--KubernetesBackend.cpu_overcommit=20",
            "--KubernetesBackend.default_memory=512 MiB",
            "--KubernetesBackend.scheduler_memory=512 MiB",
        )
        try:
            server.until("status", lambda it: it and it["state"] == "ready")
            namespace = server.ask("status")["namespace"]
            server.ask("clusters", {"name": NAME, "workers": 1})
            server.until(
                f"clusters/{NAME}", lambda it: it["phase"] == "Running" and not it["reason"]
            )
            time.sleep(SETTLE)
            start = datetime.datetime.now(datetime.timezone.utc).isoformat()
            time.sleep(60 * minutes)
            report(read_requests(log, start, namespace), minutes)
            server.ask(f"clusters/{NAME}", method="DELETE")
            server.until("clusters", lambda it: it == {"clusters": []})
        finally:
            server.close()


def report(requests: list[dict[str, Any]], minutes: float) -> None:
    counts = collections.Counter(
        (it["verb"], it["objectRef"]["resource"]) for it in requests
    )
    print(f"requests to the API server in {minutes:g} minutes at rest: {len(requests)}")
    for (verb, resource), count in sorted(counts.items()):
        print(f"  {verb:6} {resource:20} {count}")
    others = sum(count for (verb, _), count in counts.items() if verb != "watch")
    print(f"of these other than renewals of watches: {others}")


if __name__ == "__main__":
    main()
