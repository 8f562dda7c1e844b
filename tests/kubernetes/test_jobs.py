"""Jobs: those of others are listed and their logs kept; ours run notebooks and scripts."""

from __future__ import annotations

import asyncio
import json
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
import yaml

from jupyter_dask_k8s.backends.kubernetes.backend import KubernetesBackend
from jupyter_dask_k8s.backends.kubernetes.ownpod import OwnPod
from jupyter_dask_k8s.backends.kubernetes.wish import Owner
from jupyter_dask_k8s.pytest_plugin import DaskAPI

from .conftest import Team, kubectl
from .notebook import notebook_image
from .server import LIMIT, as_team, dask_api, jp_server_config  # noqa: F401

__all__ = ["notebook_image"]

SMALL = {"requests": {"cpu": "10m", "memory": "200Mi"}, "limits": {"memory": "512Mi"}}
CLUSTER = {"workers": 1, "resources": {"cpu": "200m", "memory": "512 MiB"}}

COMPUTE = "from dask.distributed import Client; client = Client(); "
SUM = "print('the sum is', client.submit(sum, [1, 2, 39]).result())"


@pytest.fixture
def small_runners(jp_server_config: dict[str, Any], tmp_path: Path) -> Path:  # noqa: F811
    """Runners for a small node; returns where logs are kept."""
    folder = tmp_path / "logs"
    jp_server_config["KubernetesJobs"] = {
        "runner_cpu": "100m",
        "runner_memory": "512 MiB",
        "log_directory": str(folder),
    }
    return folder


@pytest.fixture
def api(
    small_runners: Path,
    dask_api: DaskAPI,  # noqa: F811
    team: Team,
    kubeconfig: Path,
) -> Iterator[DaskAPI]:
    yield dask_api
    # Before their clusters: the operator wants to delete those itself.
    kubectl(
        *("delete", "daskjobs", "--all", "-n", team.namespace),
        kubeconfig=kubeconfig,
        timeout=LIMIT,
    )


async def until(
    api: DaskAPI, name: str, accept: Callable[[Any], bool], limit: float = LIMIT
) -> dict[str, Any]:
    """Return the job once it is as wanted; ``None`` when it is gone."""
    end = time.monotonic() + limit
    while True:
        status, answer = await api("GET", f"jobs/{name}")
        job = answer if status == 200 else None
        if accept(job):
            return job or {}
        assert time.monotonic() < end, f"waited {limit} s in vain, last: {answer}"
        await asyncio.sleep(0.2)


def over(job: Any) -> bool:
    return bool(job) and job["phase"] in ("Succeeded", "Failed")


async def logs(api: DaskAPI, name: str, pod: str = "") -> str:
    status, answer = await api("GET", f"jobs/{name}/logs?pod={pod}")
    assert status == 200, answer
    return str(answer["text"])


def files_below(folder: Path) -> list[Path]:
    return [it for it in folder.rglob("*") if it.is_file()]


# --- jobs of others ------------------------------------------------------------------


def dask_job(name: str, image: str, code: str) -> dict[str, Any]:
    """Return a DaskJob as dask-kubernetes' own tests have it."""
    ports = [
        {"name": "tcp-comm", "containerPort": 8786, "protocol": "TCP"},
        {"name": "http-dashboard", "containerPort": 8787, "protocol": "TCP"},
    ]
    services = [
        {"name": it["name"], "port": it["containerPort"], "targetPort": it["name"]}
        for it in ports
    ]
    common = {"image": image, "imagePullPolicy": "IfNotPresent", "resources": SMALL}
    worker = ["dask-worker", "--name", "$(DASK_WORKER_NAME)", "--nthreads", "1"]
    return {
        "apiVersion": "kubernetes.dask.org/v1",
        "kind": "DaskJob",
        "metadata": {"name": name},
        "spec": {
            "job": {
                "spec": {
                    "restartPolicy": "Never",
                    "containers": [
                        {"name": "job", **common, "args": ["python", "-c", code]}
                    ],
                }
            },
            "cluster": {
                "spec": {
                    "worker": {
                        "replicas": 1,
                        "spec": {
                            "containers": [{"name": "worker", **common, "args": worker}]
                        },
                    },
                    "scheduler": {
                        "spec": {
                            "containers": [
                                {
                                    "name": "scheduler",
                                    **common,
                                    "args": ["dask-scheduler"],
                                    "ports": ports,
                                    "readinessProbe": {
                                        "httpGet": {
                                            "port": "http-dashboard",
                                            "path": "/health",
                                        },
                                        "periodSeconds": 1,
                                    },
                                }
                            ]
                        },
                        "service": {
                            "type": "ClusterIP",
                            "selector": {
                                "dask.org/cluster-name": name,
                                "dask.org/component": "scheduler",
                            },
                            "ports": services,
                        },
                    },
                }
            },
        },
    }


def apply(team: Team, body: Any) -> None:
    kubectl(
        *("apply", "-n", team.namespace, "-f", "-"), kubeconfig=team.kubeconfig, body=body
    )


async def test_jobs_of_kubectl_are_shown_and_their_logs_outlive_the_cluster(
    api: DaskAPI,
    team: Team,
    dask_image: str,
    small_runners: Path,
) -> None:
    status, answer = await api("GET", "status")
    assert answer["jobs"] is True
    assert await api("GET", "jobs") == (200, {"jobs": []})
    apply(team, dask_job("simple-job", dask_image, COMPUTE + SUM))
    shown = await until(api, "simple-job", bool, 10)
    assert shown["phase"] == "Pending"
    assert shown["image"] == dask_image
    assert shown["command"][:2] == ["python", "-c"]

    running = await until(api, "simple-job", lambda it: it["phase"] == "Running")
    assert running["cluster"] == "simple-job"
    assert running["started"] is not None
    job = await until(api, "simple-job", over)
    assert (job["phase"], job["reason"]) == ("Succeeded", "")
    assert job["ended"] >= job["started"] >= job["created"]

    await api.gone("simple-job")  # the operator has deleted the cluster
    job = await until(api, "simple-job", lambda it: it["cluster"] is None, 10)
    runner, scheduler, worker = job["logs"]
    assert runner == "simple-job-runner"
    assert "the sum is 42" in await logs(api, "simple-job")
    assert "Scheduler at:" in await logs(api, "simple-job", scheduler)
    assert "Registered to:" in await logs(api, "simple-job", worker)
    status, answer = await api("GET", "jobs/simple-job/logs?tail=1")
    assert answer["text"] == "the sum is 42\n"
    status, answer = await api("GET", "jobs/simple-job/logs?pod=nobody")
    assert status == 422
    assert runner in answer["message"]

    stored = files_below(small_runners)
    assert stored
    assert all(it.stat().st_mode & 0o077 == 0 for it in stored)
    assert (await api("DELETE", "jobs/simple-job"))[0] == 204
    await until(api, "simple-job", lambda it: it is None)
    end = time.monotonic() + 10
    while files_below(small_runners):
        assert time.monotonic() < end, "the logs are still there"
        await asyncio.sleep(0.1)
    pods = ("get", "pods", "-n", team.namespace, "-o", "name")
    end = time.monotonic() + 60
    while kubectl(*pods, kubeconfig=team.kubeconfig):
        assert time.monotonic() < end, "its pods are still there"
        await asyncio.sleep(0.5)


async def test_a_job_that_fails_says_why(api: DaskAPI, team: Team, dask_image: str) -> None:
    code = COMPUTE + "raise SystemExit('nothing to do today')"
    apply(team, dask_job("failed-job", dask_image, code))
    job = await until(api, "failed-job", over)
    assert job["phase"] == "Failed"
    job = await until(api, "failed-job", lambda it: "today" in it["reason"], 10)
    assert job["reason"] == (
        "The runner failed with exit code 1. Its last words: nothing to do today."
    )


# --- our own -------------------------------------------------------------------------


@pytest.fixture
def shared_root(
    jp_root_dir: Path, team: Team, monkeypatch: pytest.MonkeyPatch, notebook_image: str
) -> Path:
    """Jupyter's root as a volume that pods of this node can have, too."""
    os.chmod(jp_root_dir, 0o777)
    for folder in jp_root_dir.parents:
        if str(folder).startswith("/tmp/"):
            os.chmod(folder, 0o755)
    pod = OwnPod(
        name="alice-nb",
        namespace=team.namespace,
        uid="0",
        container={
            "name": "alice-nb",
            "image": notebook_image,
            "env": [
                {"name": "NB_PREFIX", "value": "/notebook/team-a/alice-nb"},
                {"name": "FLAVOUR", "value": "vanilla"},
            ],
            "volumeMounts": [{"name": "workspace", "mountPath": str(jp_root_dir)}],
        },
        spec={
            "serviceAccountName": team.service_account,
            "securityContext": {"runAsUser": 1000, "fsGroup": 100},
            "volumes": [{"name": "workspace", "hostPath": {"path": str(jp_root_dir)}}],
        },
        labels={},
        started=None,
        owner=Owner("v1", "Pod", "alice-nb", "0"),
    )

    async def own_pod(self: Any) -> OwnPod:
        return pod

    monkeypatch.setattr(KubernetesBackend, "own_pod", own_pod)
    return jp_root_dir


def write_notebook(path: Path, *cells: str) -> None:
    v4: Any = nbformat.v4
    notebook = v4.new_notebook(cells=[v4.new_code_cell(it) for it in cells])
    path.parent.mkdir(exist_ok=True)
    os.chmod(path.parent, 0o777)
    path.write_text(json.dumps(notebook))


def outputs(path: Path) -> list[str]:
    """Return the text below each cell of a notebook."""
    cells = json.loads(path.read_text())["cells"]
    return ["".join(map(text_of, cell["outputs"])) for cell in cells]


def text_of(output: dict[str, Any]) -> str:
    found = output.get("text") or output.get("traceback") or output["data"]["text/plain"]
    return "".join(found)


async def test_a_notebook_writes_its_result_beside_it(
    shared_root: Path, api: DaskAPI, notebook_image: str
) -> None:
    write_notebook(
        shared_root / "reports/etl.ipynb",
        "from dask.distributed import Client\nclient = Client()",
        "import os\nprint(os.environ['COLOUR'], os.environ['FLAVOUR'], os.getcwd())",
        "client.submit(sum, [1, 2, 39]).result()",
    )
    status, job = await api(
        "POST",
        "jobs",
        {
            "name": "etl-1",
            "path": "reports/etl.ipynb",
            "parameters": {"COLOUR": "$(HOME) green"},
            "image": notebook_image,
            "cluster": CLUSTER,
        },
    )
    assert status == 201, job
    assert job["phase"] == "Pending"
    assert job["source"] == "reports/etl.ipynb"
    assert job["result"] is None
    assert len(" ".join(job["command"])) < 1000
    # The name is taken: also for clusters.
    again = {"name": "etl-1", "command": ["true"]}
    assert (await api("POST", "jobs", again))[0] == 409

    job = await until(api, "etl-1", over)
    assert job["phase"] == "Succeeded", await logs(api, "etl-1")
    job = await until(api, "etl-1", lambda it: it["result"], 10)
    assert job["result"] == "reports/etl-etl-1.ipynb"
    printed = outputs(shared_root / job["result"])
    folder = shared_root / "reports"
    assert printed[1:] == [f"$(HOME) green vanilla {folder}\n", "42"]
    log = await logs(api, "etl-1")
    assert f"$(HOME) green vanilla {folder}" in log
    assert "Scheduler at:" in await logs(api, "etl-1", job["logs"][1])
    assert (await api("DELETE", "jobs/etl-1"))[0] == 204
    await until(api, "etl-1", lambda it: it is None)
    assert (shared_root / job["result"]).exists()


async def test_a_notebook_that_fails_leaves_what_it_has(
    shared_root: Path, api: DaskAPI, notebook_image: str
) -> None:
    write_notebook(shared_root / "bad.ipynb", "print('so far')", "1 / 0", "print('never')")
    body = {"path": "bad.ipynb", "image": notebook_image, "cluster": CLUSTER}
    status, job = await api("POST", "jobs", body)
    assert status == 201, job
    name = job["name"]
    assert name.startswith("bad-")
    job = await until(api, name, over)
    assert job["phase"] == "Failed"
    assert "exit code 1" in job["reason"]
    assert "ZeroDivisionError: division by zero" in job["reason"]
    job = await until(api, name, lambda it: it["result"], 10)
    first, second, third = outputs(shared_root / job["result"])
    assert first == "so far\n"
    assert "ZeroDivisionError" in second
    assert third == ""


async def test_a_script_on_no_volume_travels_in_the_job(
    api: DaskAPI, jp_root_dir: Path, team: Team, dask_image: str
) -> None:
    (jp_root_dir / "work.py").write_text(
        f"{COMPUTE}\nimport os\n{SUM}\nprint(os.environ['COLOUR'])\n"
    )
    body = {
        "path": "work.py",
        "parameters": {"COLOUR": "green"},
        "cluster": CLUSTER,
    }
    status, answer = await api("POST", "jobs/preview", body)
    assert status == 200, answer
    assert answer["mimetype"] == "application/yaml"
    assert await api("GET", "jobs") == (200, {"jobs": []})
    # What the preview shows is what kubectl makes.
    manifest = yaml.safe_load(answer["content"])
    apply(team, manifest)
    name = manifest["metadata"]["name"]
    job = await until(api, name, over)
    assert job["phase"] == "Succeeded", job
    assert job["source"] == "work.py"
    assert job["result"] is None
    assert "the sum is 42\ngreen\n" in await logs(api, name)


async def test_a_running_job_is_stopped(api: DaskAPI, team: Team, kubeconfig: Path) -> None:
    command = ["python", "-c", "import time; time.sleep(1000)"]
    body = {"name": "long", "command": command, "cluster": CLUSTER}
    assert (await api("POST", "jobs", body))[0] == 201
    await until(api, "long", lambda it: it["phase"] == "Running")
    cluster = await api.running("long")
    assert any("job" in it for it in cluster["warnings"])
    assert (await api("DELETE", "jobs/long"))[0] == 204
    status, job = await api("GET", "jobs/long")
    assert status == 404 or job["phase"] == "Stopping"
    await until(api, "long", lambda it: it is None)
    await api.gone("long")


async def test_a_job_whose_image_is_not_there_says_so(api: DaskAPI, team: Team) -> None:
    body = {"name": "huge", "command": ["true"], "image": "example.invalid/none:1"}
    assert (await api("POST", "jobs", {**body, "cluster": CLUSTER}))[0] == 201
    job = await until(api, "huge", lambda it: "cannot get its image" in it["reason"])
    assert "example.invalid/none:1" in job["reason"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"cluster": {"adapt": {"maximum": 2}}}, "cluster.adapt"),
        ({"cluster": {"lifetime": {"kind": "keep"}}}, "cluster.lifetime"),
        ({"cluster": {"groups": [{"name": "big"}]}}, "cluster.groups"),
        ({"cluster": {"profile": "adaptive"}}, "cluster.profile"),
        ({"cluster": {"resources": {"memory": "much"}}}, "cluster.resources.memory"),
        ({"cluster": {"workers": 100_000}}, "cluster.workers"),
        ({"image": "no image"}, "image"),
        ({"parameters": {"1": "x"}}, "parameters"),
        ({"parameters": {"DASK_SCHEDULER_ADDRESS": "x"}}, "parameters"),
        ({"path": "nothing.ipynb"}, "path"),
        ({"name": "Not a name"}, "name"),
    ],
)
async def test_what_a_job_cannot_have_is_refused(
    api: DaskAPI, body: dict[str, Any], field: str
) -> None:
    command = {} if "path" in body else {"command": ["true"]}
    for path in ("jobs", "jobs/preview"):
        status, answer = await api("POST", path, {**command, **body})
        assert (status, answer["details"].get("field")) == (422, field), answer
    assert await api("GET", "jobs") == (200, {"jobs": []})


async def test_a_cluster_as_a_job(api: DaskAPI, jp_root_dir: Path, team: Team) -> None:
    (jp_root_dir / "work.py").write_text(COMPUTE + SUM)
    assert (await api("POST", "clusters", {"name": "demo", **CLUSTER}))[0] == 201
    status, answer = await api("GET", "clusters/demo/export?as=job&path=work.py")
    assert status == 200, answer
    manifest = yaml.safe_load(answer["content"])
    assert manifest["metadata"]["name"] != "demo"
    assert (await api("DELETE", "clusters/demo"))[0] == 204
    apply(team, manifest)
    name = manifest["metadata"]["name"]
    job = await until(api, name, over)
    assert job["phase"] == "Succeeded", job
    assert "the sum is 42" in await logs(api, name)
