"""What a kernel says of its clients."""

from __future__ import annotations

import time

import pytest

from .conftest import Cluster
from .kernel import Kernel

pytestmark = pytest.mark.timeout(120)


def test_a_kernel_tells_its_clients(kernel: Kernel, cluster: Cluster) -> None:
    assert kernel.clients() == []
    assert kernel.run("import sys; print('distributed' in sys.modules)") == "False\n"

    kernel.run(f"from distributed import Client\nclient = Client({cluster.address!r})")
    (only,) = kernel.clients()
    assert {**only, "link": ""} == {
        "status": "running",
        "address": cluster.address,
        "kind": "",
        "name": "",
        "namespace": "",
        "link": "",
    }

    kernel.run(
        "from distributed import LocalCluster\n"
        "own = LocalCluster(n_workers=0, dashboard_address=':0', processes=False)\n"
        "other = Client(own)"
    )
    # Computations go to the newest.
    newest, before = kernel.clients()
    assert (newest["kind"], newest["link"]) == ("LocalCluster", "")
    assert before == only

    kernel.run("other.close(); own.close()")
    assert kernel.clients() == [only]
    names = kernel.run("print([it for it in dir() if 'REQUEST' in it or it == 'clients'])")
    assert names == "[]\n"

    # Its scheduler is lost.
    cluster.process.kill()
    end = time.monotonic() + 20
    while [it["status"] for it in kernel.clients()] == ["running"]:
        assert time.monotonic() < end
        time.sleep(0.1)
    for it in kernel.clients():
        assert (it["status"], it["address"]) == ("connecting", cluster.address)
    kernel.run("client.close()")
    assert kernel.clients() == []
