"""Exactly the rights of deploy/base, less one: what is refused, and what still goes."""

from __future__ import annotations

import contextlib
import copy
import itertools
import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import yaml

from .conftest import DEPLOY, Team, kubectl, until
from .faultbench import Admin
from .workbench import SMALL, Workbench, empty_bench

__all__ = ["empty_bench"]

ROLE = "exactly"
# Our server is outside, where schedulers are reached by forwarded ports.
OUTSIDE = {"apiGroups": [""], "resources": ["pods/portforward"], "verbs": ["get"]}
RULES = [*yaml.safe_load((DEPLOY / "base/edit.yaml").read_text())["rules"], OUTSIDE]
DASK = "kubernetes.dask.org"


@pytest.fixture(scope="module")
def admin(team: Team, kubeconfig: Path) -> Admin:
    """Run kubectl in the team's namespace with all rights."""
    return partial(kubectl, "-n", team.namespace, kubeconfig=kubeconfig)


@pytest.fixture(scope="module")
def demo(empty_bench: Workbench, admin: Admin) -> Workbench:
    """A server that has these rights and no others, and its cluster without workers."""
    bench = empty_bench
    account = bench.team.service_account
    role: dict[str, Any] = {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "Role",
        "metadata": {"name": ROLE},
        "rules": RULES,
    }
    admin("create", "-f", "-", body=role)
    subject = f"--serviceaccount={bench.team.namespace}:{account}"
    admin("create", "rolebinding", ROLE, f"--role={ROLE}", subject)
    admin("delete", "rolebinding", account)
    bench.start()
    (bench.folder / "server-0/work.py").write_text("print(42)")
    bench.create("demo", workers=0)
    return bench


@contextlib.contextmanager
def without(bench: Workbench, admin: Admin, verb: str, resource: str) -> Iterator[None]:
    """Take a right away, and give it back."""
    name, _, group = resource.partition(".")
    rules = copy.deepcopy(RULES)
    for rule in rules:
        if group in rule["apiGroups"] and name in rule["resources"]:
            rule["resources"].remove(name)
            verbs = [it for it in rule["verbs"] if it not in verb.split(",")]
            rules.append({"apiGroups": [group], "resources": [name], "verbs": verbs})
            break
    plain, _, part = name.partition("/")
    asked = f"{verb.split(',')[0]} {plain}{'.' * bool(group)}{group} --subresource={part}"

    def may() -> bool:
        said = bench.kubectl("auth", "can-i", *asked.split(), check=False)
        return said.strip() == "yes"

    def patch(rules: Any) -> None:
        admin("patch", "role", ROLE, "--type=merge", "-p", json.dumps({"rules": rules}))

    patch([it for it in rules if it["resources"] and it["verbs"]])
    try:
        until(f"no {asked}", lambda: not may(), 10)
        yield
    finally:
        patch(RULES)
        until(asked, may, 10)


CASES = [
    ("create", f"daskclusters.{DASK}", "POST", "clusters", {"name": "more", "workers": 0}),
    ("delete", f"daskclusters.{DASK}", "DELETE", "clusters/demo", None),
    ("get", f"daskclusters.{DASK}", "GET", "clusters/demo/export?as=yaml", None),
    ("patch", f"daskworkergroups.{DASK}", "PATCH", "clusters/demo", {"workers": 2}),
    (
        *("create", f"daskworkergroups.{DASK}", "POST", "clusters/demo/groups"),
        {"name": "more", "workers": 0},
    ),
    (
        *("create", f"daskautoscalers.{DASK}", "PATCH", "clusters/demo"),
        {"adapt": {"minimum": 0, "maximum": 1}},
    ),
    (
        *("create", f"daskjobs.{DASK}", "POST", "jobs"),
        {"name": "job", "path": "work.py", "cluster": {"workers": 1, "resources": SMALL}},
    ),
    ("get", "pods/log", "GET", "clusters/demo/logs?pod=POD", None),
    ("list,watch", "events", "GET", "clusters/demo/events", None),
]
turns = itertools.cycle((1, 0))


@pytest.mark.parametrize(
    ("verb", "resource", "method", "path", "body"),
    CASES,
    ids=[f"{verb} {resource.partition('.')[0]}" for verb, resource, *_ in CASES],
)
def test_one_right_less(
    demo: Workbench,
    admin: Admin,
    verb: str,
    resource: str,
    method: str,
    path: str,
    body: Any,
) -> None:
    name, _, group = resource.partition(".")
    with without(demo, admin, verb, resource):
        pods = demo.done("GET", "clusters/demo/pods")["pods"]
        path = path.replace("POD", pods[0]["name"])
        status, answer = demo.ask(method, path, body)
        assert (status, answer.get("reason")) == (403, "NotPermitted"), answer
        # Which rule is missing: whoever administrates can copy it into a role.
        rule = {"apiGroups": [group], "resources": [name], "verbs": verb.split(",")}
        words = json.dumps(rule, separators=(",", ":"))
        assert f"The missing rule is {words}" in answer["message"]
        assert demo.team.service_account in answer["message"]
        check = next(
            it for it in demo.done("GET", "doctor")["checks"] if it["id"] == f"rbac.{name}"
        )
        assert check["verdict"] in ("failed", "warning"), check
        assert f"may not {verb.replace(',', ', ')} " in check["message"]

        # All the rest goes on.
        assert demo.names() == ["demo"]
        assert demo.status()["state"] == "ready"
        if resource.startswith("daskworkergroups"):
            lifetime = {"kind": "idle", "seconds": 4000 + next(turns)}
            demo.done("PATCH", "clusters/demo", {"lifetime": lifetime})
        else:
            demo.done("PATCH", "clusters/demo", {"workers": next(turns)})
    if path != "jobs":
        demo.done("GET", "clusters/demo/export?as=yaml")


def test_a_kind_that_cannot_be_seen(demo: Workbench, admin: Admin) -> None:
    """A watch that is open goes on for minutes; a new server sees it at once."""
    with without(demo, admin, "list,watch", f"daskworkergroups.{DASK}"):
        demo.start()
        status = demo.status()
        assert status["missing"] == ["permission"]
        assert f"may not list daskworkergroups.{DASK}" in status["trouble"]
        assert '"verbs":["list","watch"]' in status["trouble"]
        assert demo.names() == ["demo"]
        demo.done("GET", "clusters/demo/export?as=yaml")
        demo.done("DELETE", "clusters/demo")
        demo.gone("demo")
