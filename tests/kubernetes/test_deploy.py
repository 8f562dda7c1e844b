"""deploy/ on a real Kubernetes: each overlay as docs/kubeflow.md applies it."""

from __future__ import annotations

import itertools
import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from .conftest import DEPLOY, EDIT_ROLE, MakeKubeconfig, Team, until
from .notebook import NAME, last_words, notebook_image, notebook_pod
from .test_in_a_pod import Lab
from .workbench import Workbench, bench, count, empty_bench

__all__ = ["bench", "empty_bench", "notebook_image"]

DOCS = DEPLOY.parent / "docs"
OVERLAYS = sorted(it.parent for it in DEPLOY.glob("overlays/*/kustomization.yaml"))
ELSEWHERE = "kube-system"


class Place(Lab):
    """The administrator's kubectl in the team's namespace, and a notebook there."""

    pod = NAME

    def may(self, question: str, account: str) -> bool:
        """Answer `kubectl auth can-i` for a service account of the namespace."""
        user = f"--as=system:serviceaccount:{self.team.namespace}:{account}"
        return (
            self.kubectl("auth", "can-i", *question.split(), user, check=False) == "yes\n"
        )

    def objects(self, overlay: Path) -> list[dict[str, Any]]:
        """Return what an overlay consists of."""
        return list(yaml.safe_load_all(self.kubectl("kustomize", str(overlay))))

    def apply(self, overlay: str, verb: str = "apply") -> list[str]:
        """Apply an overlay as the documentation does, or delete it."""
        return self.kubectl(verb, "-k", str(DEPLOY / overlay)).splitlines()

    def there(self, objects: list[dict[str, Any]]) -> list[str]:
        """Return those that exist, by kind and name."""
        names = [f"{it['kind']}/{it['metadata']['name']}" for it in objects]
        return self.kubectl("get", *names, "--ignore-not-found", "-o", "name").split()


@pytest.fixture(scope="module")
def place(team: Team, kubeconfig: Path) -> Place:
    return Place(team, kubeconfig)


# --- rights --------------------------------------------------------------------------


def table(text: str) -> list[tuple[str, bool, bool]]:
    """Return the rows of the table of rights: question, editor, viewer."""
    rows = re.findall(r"^\| `([^`]+)` +\| (yes|no) +\| (yes|no) +\|$", text, re.MULTILINE)
    return [
        (question, editor == "yes", viewer == "yes") for question, editor, viewer in rows
    ]


@pytest.fixture(scope="module")
def viewer(place: Place) -> str:
    """The account that Kubeflow gives those who may only look."""
    name = "default-viewer"
    place.kubectl("create", "serviceaccount", name)
    role = f"--clusterrole={EDIT_ROLE.replace('edit', 'view')}"
    subject = f"--serviceaccount={place.team.namespace}:{name}"
    place.kubectl("create", "rolebinding", name, role, subject)
    until("the viewer's rights", lambda: place.may("list daskclusters", name), 10)
    return name


def test_the_table_of_rights(place: Place, viewer: str) -> None:
    """With exactly the roles of deploy/base: no other gives rights to Dask."""
    rows = table((DOCS / "kubeflow.md").read_text())
    assert len(rows) > 10
    wrong = [
        f"{account} {question}: {may}"
        for question, editor, viewer_may in rows
        for account, may in (("default-editor", editor), (viewer, viewer_may))
        # Of two namespaces the last counts: that of the question.
        if place.may(question.replace("OTHER", ELSEWHERE), account) != may
    ]
    assert wrong == []


def rules_for_dask(role: dict[str, Any]) -> set[tuple[str, str]]:
    return {
        (resource, verb)
        for rule in role["rules"]
        if "kubernetes.dask.org" in rule["apiGroups"]
        for resource in rule["resources"]
        for verb in rule["verbs"]
    }


def test_the_tests_have_these_rights_and_no_others(place: Place) -> None:
    have = place.get("clusterrole", EDIT_ROLE)
    wanted = [rules_for_dask(it) for it in place.objects(DEPLOY / "base")]
    assert rules_for_dask(have) == set.union(*wanted)


# --- settings and profiles -----------------------------------------------------------


def as_the_webhook(pod: dict[str, Any], default: dict[str, Any]) -> dict[str, Any]:
    """Return a notebook's pod as Kubeflow's webhook changes it for a PodDefault."""
    spec = pod["spec"]
    spec.setdefault("volumes", []).extend(default["volumes"])
    for container in spec["containers"]:
        container.setdefault("volumeMounts", []).extend(default["volumeMounts"])
    return pod


def profile(place: Place, name: str) -> tuple[Any, Any]:
    """Return what the notebook answers once it knows a profile, and the profile."""

    def one(answer: Any) -> Any:
        listed = answer["profiles"] if answer else ()
        return next((it for it in listed if it["name"] == name), None)

    found = place.until("profiles", one)
    return found, one(found)


def test_the_pod_default_and_the_profiles(place: Place, notebook_image: str) -> None:
    """A notebook that was made with the configuration *Dask clusters*."""
    place.apply("overlays/kubeflow")
    default = place.get("poddefault", "dask-clusters")["spec"]
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": NAME, "labels": default["selector"]["matchLabels"]},
        # Nothing but the PodDefault says which backend and which profile.
        "spec": notebook_pod(place.team, notebook_image),
    }
    place.kubectl("create", "-f", "-", body=as_the_webhook(pod, default))
    try:
        place.open()
        status = place.done("GET", "status")
        assert (status["backend"], status["trouble"]) == ("kubernetes", "")
        assert "as configured" in status["reason"]
        found, team = profile(place, "team")
        assert (found["default"], found["troubles"]) == ("team", [])
        assert team["bounds"]["workers"]["maximum"] == 20
        assert team["defaults"]["lifetime"]["seconds"] == 3600

        place.apply("overlays/gpu")
        found, rapids = profile(place, "rapids")
        assert found["troubles"] == []
        gpus = rapids["bounds"]["resources.gpus"]
        assert (gpus["minimum"], gpus["maximum"]) == (1, 1)
        assert rapids["bounds"]["workers"]["maximum"] == 8
    finally:
        print(last_words(NAME, place.team, place.kubeconfig))
        place.close()
        place.kubectl("delete", "pod", NAME, "--wait=false")


# --- the shared cluster, and who reaches its scheduler -------------------------------


@pytest.fixture(scope="module")
def shared(place: Place, bench: Workbench, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The cluster of the overlay, with the tests' image and little of the node."""
    (cluster,) = place.objects(DEPLOY / "overlays/shared-cluster")
    for part in ("scheduler", "worker"):
        (container,) = cluster["spec"][part]["spec"]["containers"]
        container["image"] = bench.image
        container["resources"]["requests"] = {"cpu": "20m", "memory": "150Mi"}
    place.kubectl("apply", "-f", "-", body=cluster)
    return str(cluster["metadata"]["name"])


def test_the_shared_cluster(place: Place, bench: Workbench, shared: str) -> None:
    card = bench.running(shared)
    assert (card["shared"], count(card)) == (True, (2, 2))
    assert card["bounds"] == {"minimum": 0, "maximum": 8}
    bench.server.until(
        f"clusters/{shared}/metrics", lambda it: it and it["workers"] == 2, 60
    )
    # As docs/kubeflow.md says of Istio: no sidecar, and so no policy that shuts us out.
    label = f"-ldask.org/cluster-name={shared}"
    pods = place.get("pods", label)["items"]
    assert {it["metadata"]["labels"]["sidecar.istio.io/inject"] for it in pods} == {"false"}

    bench.done("PATCH", f"clusters/{shared}", {"workers": 1})
    assert count(bench.running(shared)) == (1, 1)
    status, answer = bench.ask("PATCH", f"clusters/{shared}", {"workers": 9})
    assert (status, "8" in answer["message"]) == (422, True), answer
    status, answer = bench.ask("DELETE", f"clusters/{shared}")
    assert (status, shared in answer["message"]) == (403, True), answer


def test_a_viewer_looks_and_changes_nothing(
    bench: Workbench, shared: str, viewer: str, namespace_kubeconfig: MakeKubeconfig
) -> None:
    bench.running(shared)
    mine = bench.server
    config = namespace_kubeconfig(bench.team.namespace, viewer)
    try:
        bench.start(KUBECONFIG=str(config))
        assert (bench.status()["trouble"], bench.names()) == ("", [shared])
        path = f"clusters/{shared}"
        assert len(bench.done("GET", f"{path}/pods")["pods"]) >= 2
        assert bench.done("GET", f"{path}/events")["events"]
        for method, what, body in (
            ("PATCH", path, {"workers": 2}),
            ("POST", "clusters", {"name": "more", "workers": 0}),
        ):
            status, answer = bench.ask(method, what, body)
            assert (status, answer["reason"]) == (403, "NotPermitted"), answer
            assert "The missing rule is " in answer["message"]
    finally:
        bench.server = mine


def test_the_network_policy(place: Place, bench: Workbench, shared: str) -> None:
    """The testbed enforces none: what its selectors select is all that can be seen."""
    bench.running(shared)
    place.apply("overlays/network-policy")
    spec = place.get("networkpolicy", "dask-schedulers")["spec"]
    labels = [f"{it}={text}" for it, text in spec["podSelector"]["matchLabels"].items()]
    (pod,) = place.get("pods", f"-l{','.join(labels)}")["items"]
    assert pod["metadata"]["name"].startswith(f"{shared}-scheduler")
    ports = {it["containerPort"] for it in pod["spec"]["containers"][0]["ports"]}
    own, operator = spec["ingress"]
    for rule in (own, operator):
        assert {it["port"] for it in rule["ports"]} == ports == {8786, 8787}
    # All pods of this namespace: an empty selector, and none for namespaces.
    assert own["from"] == [{"podSelector": {}}]
    (label,) = operator["from"][0]["namespaceSelector"]["matchLabels"].items()
    assert label == ("kubernetes.io/metadata.name", "dask-operator")
    # As the manifest says: Kubernetes has it since 1.21.
    version = json.loads(place.kubectl("version", "-o", "json"))["serverVersion"]
    labelled = place.get("namespace", "default")["metadata"].get("labels", {})
    assert (label[0] in labelled) == (int(version["minor"].rstrip("+")) >= 21)


# --- all of it, there and gone -------------------------------------------------------


@pytest.mark.whole_cluster
def test_each_overlay_comes_twice_and_goes(place: Place) -> None:
    """Some have the roles in them, which are everybody's."""
    assert len(OVERLAYS) == 5
    try:
        for overlay in OVERLAYS:
            objects = place.objects(overlay)
            place.apply(f"overlays/{overlay.name}")
            again = place.apply(f"overlays/{overlay.name}")
            assert [it for it in again if not it.endswith(" unchanged")] == [], overlay
            assert len(place.there(objects)) == len(again) == len(objects)
            if overlay.name == "jupyterhub":
                check_account(place)
            if overlay.name == "shared-cluster":
                wait_for_deployments(place)
            place.apply(f"overlays/{overlay.name}", "delete")
            assert place.there(objects) == [], overlay
    finally:
        place.apply("base")


def wait_for_deployments(place: Place) -> None:
    """What is deleted while the operator makes it takes a minute to go."""
    made = ("get", "deployments", "-ldask.org/cluster-name", "-o", "name")
    until("all is made", lambda: len(place.kubectl(*made).split()) >= 2)


def check_account(place: Place) -> None:
    """The account of users' pods has each right of the role, and not those of others."""
    role = yaml.safe_load((DEPLOY / "base/edit.yaml").read_text())
    account = "dask-user"
    until("the binding", lambda: place.may("watch pods", account), 10)
    for rule in role["rules"]:
        for group, resource in itertools.product(rule["apiGroups"], rule["resources"]):
            name, _, part = resource.partition("/")
            what = f"{name}{'.' * bool(group)}{group} --subresource={part}"
            assert all(place.may(f"{it} {what}", account) for it in rule["verbs"]), what
    for asked in ("create pods", "get secrets", f"list daskclusters -n {ELSEWHERE}"):
        assert not place.may(asked, account)
