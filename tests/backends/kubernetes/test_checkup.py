"""The doctor on Kubernetes: what it finds, and what it says to mend it."""

from __future__ import annotations

import base64
import copy
import datetime
import json
import time
from pathlib import Path
from typing import Any

import pytest
import yaml

from jupyter_dask_k8s.backends.examination import examine
from jupyter_dask_k8s.backends.kubernetes import resources
from jupyter_dask_k8s.backends.kubernetes.backend import KubernetesBackend
from jupyter_dask_k8s.backends.kubernetes.checkup import patient
from jupyter_dask_k8s.backends.kubernetes.checkup.patient import _subject
from jupyter_dask_k8s.backends.kubernetes.checkup.rights import RULES, role_text
from jupyter_dask_k8s.models import Check

from .fake_api import LOG, cluster
from .fake_kubernetes import DASK, USER, FakeKubernetes, run_backend, until

KINDS = ("daskclusters", "daskworkergroups", "daskautoscalers", "daskjobs")
REVIEW = "apis/authentication.k8s.io/v1/selfsubjectreviews"
NODES = "api/v1/nodes"
DEPLOYMENTS = "apis/apps/v1/deployments"


def schema(*fields: str) -> dict[str, Any]:
    spec = {"properties": {field: {"type": "integer"} for field in fields}}
    return {"properties": {"spec": spec, "status": {}}}


def healthy() -> FakeKubernetes:
    fake = FakeKubernetes()
    fake.pages.update(
        {
            DASK: {"resources": [{"name": name} for name in KINDS]},
            REVIEW: {"status": {"userInfo": {"username": USER}}},
            f"openapi/v3/{DASK}": {
                "components": {
                    "schemas": {"org.dask.kubernetes.v1.DaskCluster": schema("idleTimeout")}
                }
            },
            "api/v1/namespaces/team-a": {"metadata": {"name": "team-a"}},
            DEPLOYMENTS: {"items": [operator_deployment()]},
            NODES: {
                "items": [
                    {"status": {"allocatable": {"nvidia.com/gpu": "4"}}},
                    {"status": {}},
                ]
            },
        }
    )
    return fake


def operator_deployment(ready: int = 1, replicas: int = 1) -> dict[str, Any]:
    container = {"command": ["kopf", "run", "-m", "dask_kubernetes.operator.controller"]}
    return {
        "metadata": {"name": "operator", "namespace": "dask-operator"},
        "spec": {
            "replicas": replicas,
            "template": {"spec": {"containers": [container]}},
        },
        "status": {"availableReplicas": ready},
    }


async def look(backend: KubernetesBackend) -> dict[str, Check]:
    return {it.id: it for it in await examine(backend.examinations(), LOG)}


async def found(fake: FakeKubernetes, id: str, **settings: Any) -> Check:
    async with run_backend(fake, **settings) as backend:
        return (await look(backend))[id]


async def test_all_is_well(jp_asyncio_loop: Any) -> None:
    fake = healthy()
    async with run_backend(fake) as backend:
        before = {kind: dict(items) for kind, items in fake.objects.items()}
        checks = await look(backend)
        assert {it.verdict for it in checks.values()} == {"ok", "skipped"}
        skipped = {it.id for it in checks.values() if it.verdict == "skipped"}
        # No cluster runs, and this is no pod.
        assert skipped == {
            "scheduler.http",
            "scheduler.websocket",
            "versions",
            "rbac.statefulsets",
            "rbac.notebooks",
        }
        assert checks["api"].message.startswith("Kubernetes v1.30.0 at http://127.0.0.1:")
        assert checks["identity"].message == f"For Kubernetes we are {USER}."
        assert checks["gpus"].message == "4 nvidia.com/gpu on 1 of 2 nodes."
        # Nothing is made and nothing is left.
        assert fake.objects == before
        wrote = [it for it in fake.asked if not it.startswith("GET")]
        assert all("selfsubject" in it for it in wrote)


async def test_a_right_that_is_missing(jp_asyncio_loop: Any) -> None:
    fake = healthy()
    fake.forbidden = {"create daskclusters", "patch daskclusters"}
    check = await found(fake, "rbac.daskclusters")
    assert check.verdict == "failed"
    assert check.message == (
        f"{USER} may not create, patch daskclusters.kubernetes.dask.org in team-a. "
        "No clusters."
    )
    assert check.remedy_kind == "yaml"
    role, binding = yaml.safe_load_all(check.remedy)
    assert (role["kind"], role["metadata"]["namespace"]) == ("Role", "team-a")
    # The whole rule: who applies it again must not lose what was given before.
    (rule,) = role["rules"]
    assert rule["apiGroups"] == ["kubernetes.dask.org"]
    assert set(rule["verbs"]) == {"get", "list", "watch", "create", "patch", "delete"}
    assert binding["roleRef"]["name"] == role["metadata"]["name"]
    assert binding["subjects"] == [
        {"kind": "ServiceAccount", "name": "default-editor", "namespace": "team-a"}
    ]


async def test_a_default_profile_that_is_not_there(jp_asyncio_loop: Any) -> None:
    """Of those of the package and of ConfigMaps; other profiles can be used."""
    fake = healthy()
    check = await found(fake, "profiles", default_profile="highmme")
    assert check.verdict == "warning"
    assert check.message == (
        "The profile “highmme”, which the administrator set as default, cannot be used: it "
        "is not there. Requests that name none are refused "
        "(KubernetesBackend.default_profile)."
    )
    metadata = {"name": "site", "labels": {"dask-k8s/profile": "true"}}
    content = {"metadata": metadata, "data": {"highmem.yaml": "label: Big"}}
    fake.put("configmaps", copy.deepcopy(content))
    check = await found(fake, "profiles", default_profile="highmme")
    assert check.remedy == 'c.KubernetesBackend.default_profile = "highmem"'
    check = await found(fake, "profiles", default_profile="highmem")
    assert (check.verdict, check.remedy) == ("ok", "")
    check = await found(
        FakeKubernetes(), "profiles", default_profile="a", package_profiles=False
    )
    assert (check.verdict, check.remedy) == (
        "failed",
        'c.KubernetesBackend.default_profile = ""',
    )


async def test_a_profile_that_is_left_out(jp_asyncio_loop: Any) -> None:
    profiles = {"odd": {"extends": "nothing"}}
    check = await found(healthy(), "profiles", profiles=profiles)
    assert check.verdict == "warning"
    assert "it extends “nothing”, which is not there." in check.message


async def test_a_platform_without_its_profiles(jp_asyncio_loop: Any) -> None:
    fake = healthy()
    platform = "profiles.platform"
    check = await found(fake, platform, platform_namespace="kubeflow")
    assert (check.verdict, check.remedy) == (
        "warning",
        "kubectl create namespace kubeflow",
    )
    assert "(KubernetesBackend.platform_namespace)" in check.message
    # Whether a namespace exists most users may not ask.
    for answer in ({"metadata": {"name": "kubeflow"}}, 403):
        fake.pages["api/v1/namespaces/kubeflow"] = answer
        check = await found(fake, platform, platform_namespace="kubeflow")
        assert check.verdict == "ok"
    fake.forbidden = {"watch configmaps"}
    check = await found(fake, platform, platform_namespace="kubeflow")
    assert check.verdict == "warning"
    assert f"{USER} may not watch configmaps in kubeflow" in check.message
    role, _ = yaml.safe_load_all(check.remedy)
    assert role["metadata"]["namespace"] == "kubeflow"


async def test_what_is_not_needed_by_all_is_a_warning(jp_asyncio_loop: Any) -> None:
    fake = healthy()
    fake.forbidden = {"get pods/log", "list resourcequotas", "get pods/portforward"}
    async with run_backend(fake) as backend:
        checks = await look(backend)
    assert checks["rbac.pods/log"].verdict == "warning"
    assert yaml.safe_load(checks["rbac.pods/log"].remedy.split("---")[0])["rules"] == [
        {"apiGroups": [""], "resources": ["pods/log"], "verbs": ["get"]}
    ]
    assert checks["rbac.resourcequotas"].verdict == "warning"
    assert checks["quota"].verdict == "skipped"
    # Which of the verbs counts depends on Kubernetes' version.
    assert checks["rbac.pods/portforward"].verdict == "ok"


async def test_an_old_api_server_tells_by_its_refusals(jp_asyncio_loop: Any) -> None:
    fake = healthy()
    del fake.pages[REVIEW]
    fake.pages["jupyter-dask-k8s-who-am-i"] = 403
    check = await found(fake, "identity")
    assert check.message == f"For Kubernetes we are {USER}."
    fake = healthy()
    del fake.pages[REVIEW]
    check = await found(fake, "identity")
    assert check.verdict == "skipped"


def test_a_token_tells_who_we_are() -> None:
    def token(**claims: str) -> str:
        text = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
        return f"header.{text}.signature"

    assert _subject(token(sub=USER)) == USER
    for other in (token(sub="alice"), token(), "opaque", "a.b.c", ""):
        assert _subject(other) == ""


def test_subjects() -> None:
    *_, person = yaml.safe_load_all(role_text(RULES[0], "team-a", 'alice "the" boss'))
    assert person["subjects"] == [
        {
            "kind": "User",
            "apiGroup": "rbac.authorization.k8s.io",
            "name": 'alice "the" boss',
        }
    ]


def test_the_table_of_rights_is_that_of_the_manifests() -> None:
    """Of deploy/base, but for what is needed outside of Kubernetes only."""
    text = (Path(__file__).parents[3] / "deploy/base/edit.yaml").read_text()
    told = {
        (group, resource): set(rule["verbs"])
        for rule in yaml.safe_load(text)["rules"]
        for group in rule["apiGroups"]
        for resource in rule["resources"]
    }
    needed = [it for it in RULES if it.when != "forward"]
    assert {(it.group, it.resource): set(it.verbs) for it in needed} == told


def test_what_we_watch_is_in_the_table() -> None:
    kinds = [it for it in vars(resources).values() if isinstance(it, resources.Kind)]
    table = {(it.group, it.resource): set(it.verbs) for it in RULES}
    for kind in kinds:
        verbs = {"get"} if "/" in kind.plural else {"list", "watch"}
        assert verbs <= table[kind.group, kind.plural], kind.full_name


# --- the operator --------------------------------------------------------------------


async def test_no_operator(jp_asyncio_loop: Any) -> None:
    fake = healthy()
    fake.missing = set(KINDS)
    del fake.pages[DASK]
    async with run_backend(fake, synced=False) as backend:
        await until(lambda: backend.missing)
        check = (await look(backend))["crds"]
    assert check.verdict == "failed"
    assert check.remedy.startswith("helm install --repo https://helm.dask.org")


async def test_an_old_operator(jp_asyncio_loop: Any) -> None:
    fake = healthy()
    fake.pages[DASK] = {"resources": [{"name": name} for name in KINDS[:3]]}
    fake.missing = {"daskjobs"}
    del fake.pages[f"openapi/v3/{DASK}"]
    definitions = {"x.Other": schema(), "org.dask.kubernetes.v1.DaskCluster": schema("a")}
    fake.pages["openapi/v2"] = {"definitions": definitions}
    async with run_backend(fake) as backend:
        checks = await look(backend)
    assert checks["crds"].message == "The operator is old: there are no daskjobs."
    assert checks["crds.fields"].verdict == "warning"
    assert "idleTimeout" in checks["crds.fields"].message
    assert "kubectl apply" in checks["crds.fields"].remedy


async def test_an_operator_without_pods(jp_asyncio_loop: Any) -> None:
    fake = healthy()
    fake.pages[DEPLOYMENTS] = {"items": [operator_deployment(ready=0, replicas=0)]}
    check = await found(fake, "operator")
    assert check.verdict == "failed"
    assert check.remedy == (
        "kubectl scale --namespace dask-operator deployment/operator --replicas=1"
    )
    fake.pages[DEPLOYMENTS] = {"items": [operator_deployment(ready=0)]}
    check = await found(fake, "operator")
    assert "kubectl rollout restart" in check.remedy


async def test_a_former_operator_beside_the_one_that_runs(jp_asyncio_loop: Any) -> None:
    fake = healthy()
    former, now = operator_deployment(ready=0, replicas=0), operator_deployment()
    former["metadata"]["name"] = "former"
    fake.pages[DEPLOYMENTS] = {"items": [former, now]}
    check = await found(fake, "operator")
    assert check.verdict == "ok"
    assert "dask-operator/operator" in check.message


async def test_an_operator_that_does_not_answer(jp_asyncio_loop: Any) -> None:
    fake = healthy()
    fake.pages[DEPLOYMENTS] = 403
    fake.put("daskclusters", {**cluster("demo", 1), "status": {}})
    check = await found(fake, "operator")
    assert check.verdict == "failed"
    assert "nothing of “demo”" in check.message
    assert "kubectl get deployments --all-namespaces" in check.remedy


async def test_an_operator_that_cannot_be_seen(jp_asyncio_loop: Any) -> None:
    fake = healthy()
    fake.pages[DEPLOYMENTS] = 403
    assert (await found(fake, "operator")).verdict == "skipped"
    # A cluster of this moment proves nothing either.
    now = datetime.datetime.now(datetime.timezone.utc).isoformat()
    young = {**cluster("young", 1), "status": {}}
    fake.put("daskclusters", young, creationTimestamp=now)
    assert (await found(fake, "operator")).verdict == "skipped"
    labels = {"dask.org/cluster-name": "young"}
    made = {"metadata": {"name": "young-scheduler", "labels": labels}}
    fake.put("deployments", made, creationTimestamp=now)
    check = await found(fake, "operator")
    assert check.message == "The operator last worked a moment ago, on “young”."


# --- the rest ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "verdict", "words"),
    [
        (404, "failed", "kubectl create namespace team-a"),
        (403, "ok", ""),
        (
            {"metadata": {"name": "team-a"}, "status": {"phase": "Terminating"}},
            "failed",
            "kubectl get namespace",
        ),
        (
            {
                "metadata": {
                    "name": "team-a",
                    "labels": {"pod-security.kubernetes.io/enforce": "restricted"},
                }
            },
            "warning",
            "pod-security.kubernetes.io/enforce=baseline",
        ),
    ],
)
async def test_namespaces(
    jp_asyncio_loop: Any, answer: Any, verdict: str, words: str
) -> None:
    fake = healthy()
    fake.pages["api/v1/namespaces/team-a"] = answer
    check = await found(fake, "namespace")
    assert check.verdict == verdict
    assert words in check.remedy


async def test_no_room(jp_asyncio_loop: Any) -> None:
    fake = healthy()
    status = {
        "hard": {"limits.cpu": "2", "memory": "4Gi"},
        "used": {"limits.cpu": "1", "memory": "3Gi"},
    }
    fake.put("resourcequotas", {"metadata": {"name": "team"}, "status": status})
    check = await found(fake, "quota")
    assert check.verdict == "warning"
    assert "1 worker wants 1 CPU, the scheduler 1 more" in check.message
    patch = json.loads(check.remedy.split("'")[1])
    assert patch == {"spec": {"hard": {"limits.cpu": "3", "memory": "6Gi"}}}
    assert "patch resourcequota team --type=merge" in check.remedy


async def test_the_api_is_away(jp_asyncio_loop: Any) -> None:
    fake = healthy()
    async with run_backend(fake) as backend:
        fake.down = True
        checks = await look(backend)
    assert checks["api"].verdict == "failed"
    assert checks["api"].remedy.startswith("curl -k http://127.0.0.1:")
    # The others say that they could not look: one failure is enough.
    others = {it.verdict for it in checks.values() if it.id.startswith(("rbac", "crds"))}
    assert others == {"skipped"}


async def test_an_api_that_hangs(
    jp_asyncio_loop: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One failure tells of it, not one for each check."""
    monkeypatch.setattr(patient, "ANSWER_LIMIT", 0.2)
    fake = healthy()
    async with run_backend(fake) as backend:
        fake.awake.clear()
        checks = await look(backend)
        fake.awake.set()
    failed = [it.id for it in checks.values() if it.verdict == "failed"]
    assert failed == ["api"]
    assert "does not answer within 0.2 s" in checks["api"].message


async def test_who_we_are_takes_no_longer_than_one_answer(
    jp_asyncio_loop: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There are up to three questions; an API that hangs answers none of them."""
    monkeypatch.setattr(patient, "ANSWER_LIMIT", 2.0)
    fake = healthy()
    async with run_backend(fake) as backend:
        fake.awake.clear()
        begin = time.monotonic()
        identity = next(it for it in backend.examinations() if it.id == "identity")
        (check,) = await examine([identity], LOG)
        fake.awake.set()
    assert check.verdict == "skipped"
    assert time.monotonic() - begin < 4


async def test_a_version_that_we_may_not_ask_for(jp_asyncio_loop: Any) -> None:
    fake = healthy()
    fake.pages["version"] = 403
    async with run_backend(fake, synced=False) as backend:
        check = (await look(backend))["api"]
    assert check.verdict == "ok"
    assert check.message.startswith("Kubernetes of a version that we may not ask for at")


async def test_an_examination_that_hangs_or_breaks() -> None:
    import asyncio

    from jupyter_dask_k8s.backends.examination import Examination, ok

    async def hang() -> Any:
        await asyncio.sleep(60)

    async def break_down() -> Any:
        raise ValueError("oops")

    async def well() -> Any:
        return ok("Well.")

    slow, broken, good = await examine(
        [
            Examination("slow", "Slow", hang, limit=0.05),
            Examination("broken", "Broken", break_down),
            Examination("good", "Good", well),
        ],
        LOG,
    )
    assert (slow.verdict, slow.message) == ("failed", "There was no answer within 0.05 s.")
    assert broken.verdict == "failed"
    assert "oops" in broken.message
    assert good.verdict == "ok"
