"""The tests of the contract, unchanged, against Kubernetes; profiles: test_profiles.py."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contract.test_bad_input import *  # noqa: F403
from tests.contract.test_clusters import *  # noqa: F403
from tests.contract.test_details import *  # noqa: F403
from tests.contract.test_groups import *  # noqa: F403
from tests.contract.test_lifetimes import *  # noqa: F403
from tests.contract.test_owners import *  # noqa: F403

from .conftest import Team, kubectl
from .server import as_team, connect, dask_api, jp_server_config  # noqa: F401


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
