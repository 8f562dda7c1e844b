"""What a namespace refuses, made for real: quotas, limits, accounts, rights, names."""

from __future__ import annotations

import datetime
import time
from typing import Any

from .conftest import EDIT_ROLE, until
from .faultbench import LATE, Admin, Make, admin, clusters, spec_of, told, touch
from .workbench import Workbench, bench, count, empty_bench

__all__ = ["admin", "bench", "clusters", "empty_bench"]


def test_a_quota_of_two_pods(bench: Workbench, clusters: Make, admin: Admin) -> None:
    admin("create", "quota", "two", "--hard=pods=2")
    try:
        name = clusters("quota", workers=3)
        words = (
            "The quota “two” of the namespace refuses 2 workers: they want 2 × 1 pod, 0 of "
            "2 left"
        )
        card = told(bench, name, "exceeded quota", words)
        assert (card["phase"], count(card)) == ("Running", (1, 3)) or card["reason"]
    finally:
        admin("delete", "quota", "two")
    touch(admin, name)
    bench.running(name)


def test_a_limit_range(bench: Workbench, clusters: Make, admin: Admin) -> None:
    limits = [{"type": "Container", "max": {"memory": "300Mi"}}]
    body = {
        "apiVersion": "v1",
        "kind": "LimitRange",
        "metadata": {"name": "small"},
        "spec": {"limits": limits},
    }
    admin("create", "-f", "-", body=body)
    try:
        name = clusters("limits")
        words = (
            r"The LimitRange of the namespace refuses the scheduler: each container may "
            r"have at most 300Mi memory, its limit is 350Mi\."
        )
        card = told(bench, name, "maximum memory usage", words)
        assert card["phase"] == "Failed"
    finally:
        admin("delete", "limitrange", "small")
    touch(admin, name)
    bench.running(name)


def test_a_service_account_that_is_missing(
    bench: Workbench, clusters: Make, admin: Admin
) -> None:
    name = clusters("account", pod={"serviceAccountName": "robot"})
    words = r"Kubernetes cannot make a worker: the namespace has no service account “robot”"
    card = told(bench, name, "serviceaccount .*robot", words)
    assert card["phase"] == "Failed"
    admin("create", "serviceaccount", "robot")
    touch(admin, name)
    bench.running(name)


def test_a_name_of_sixty_characters(bench: Workbench) -> None:
    name = "n" * 60
    manifest = spec_of(bench, name, 1)
    bench.kubectl("create", "-f", "-", body=manifest)
    words = "it has 60 characters, and 53 are the most"
    card = told(bench, name, "never in a pod", words)
    assert card["phase"] == "Failed"
    bench.done("DELETE", f"clusters/{name}")
    bench.gone(name)
    assert bench.get("daskcluster", name) is None


def is_well(status: dict[str, Any]) -> bool:
    """A server that has begun without rights first reads all of the kinds."""
    well = bool(status["state"] == "ready" and status["missing"] == [])
    assert not well or status["stale_since"] is None
    return well


def test_rights_that_are_taken_away(bench: Workbench, clusters: Make, admin: Admin) -> None:
    """Open watches would go on for minutes: Kubernetes looks at rights when one begins."""
    name = clusters("rights")
    bench.running(name)
    account = bench.team.service_account
    admin("delete", "rolebinding", account)
    try:
        begin = time.monotonic()
        until("permission", lambda: "permission" in bench.status()["missing"], LATE)
        status = bench.status()
        print(f"\n{time.monotonic() - begin:.1f} s after: {status['trouble']}")
        missing = "may not list daskclusters.kubernetes.dask.org in "
        assert missing + bench.team.namespace in status["trouble"]
        assert '"verbs":["list","watch"]' in status["trouble"]
        since = datetime.datetime.fromisoformat(status["stale_since"])
        assert abs(time.time() - since.timestamp()) < 2 * LATE
        # The list is shown as it was; what changes something is refused with the rule.
        assert bench.names() == [name]
        code, answer = bench.ask("PATCH", f"clusters/{name}", {"workers": 2})
        assert (code, answer["reason"]) == (403, "NotPermitted")
        assert "The missing rule is " in answer["message"]
        # Who comes now sees why there is nothing.
        bench.launch()
        until("permission", lambda: "permission" in bench.status()["missing"], 30)
        status = bench.status()
        print(status["trouble"])
        assert status["state"] == "starting"
        assert status["trouble"].count("Not allowed") == 1
        code, answer = bench.ask("GET", "clusters")
        assert (code, answer["message"]) == (503, status["trouble"])
    finally:
        admin(
            *("create", "rolebinding", account, f"--clusterrole={EDIT_ROLE}"),
            f"--serviceaccount={bench.team.namespace}:{account}",
        )
    begin = time.monotonic()
    for server in bench.servers:
        bench.server = server
        until("all is well", lambda: is_well(bench.status()), 3 * LATE)
    print(f"{time.monotonic() - begin:.1f} s after: all is well")
    for server in bench.servers:
        bench.server = server
        bench.running(name)
