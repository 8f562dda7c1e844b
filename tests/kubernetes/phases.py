"""Phases that the operator leaves behind, and exported programs wait for."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from .conftest import Team, kubectl


@pytest.fixture(autouse=True)
def mended_phases(
    request: pytest.FixtureRequest, team: Team, kubeconfig: Path
) -> Iterator[None]:
    """Repair what exported programs wait for (see `test_walkthroughs.say_running`)."""
    if "exported" not in request.node.name:
        yield
        return
    over = threading.Event()
    thread = threading.Thread(target=_mend, args=(over, team, kubeconfig))
    thread.start()
    yield
    over.set()
    thread.join()


def _mend(over: threading.Event, team: Team, kubeconfig: Path) -> None:
    space = ("-n", team.namespace)
    running = json.dumps({"status": {"phase": "Running"}})
    while not over.wait(3):
        answer = kubectl("get", "daskclusters", *space, "-o", "json", kubeconfig=kubeconfig)
        groups = kubectl("get", "daskworkergroups", *space, kubeconfig=kubeconfig)
        for it in json.loads(answer)["items"]:
            name = it["metadata"]["name"]
            made = f"{name}-default" in groups
            if made and it.get("status", {}).get("phase") == "Pending":
                what = ("patch", "daskcluster", name, "--type=merge", "-p", running)
                kubectl(*what, *space, kubeconfig=kubeconfig, check=False)
