"""Clusters and jobs of a Kubeflow notebook: Jupyter in its pod, its image, its volume.

The notebook's service account may do what deploy/base/edit.yaml says, and nothing else.
All tests are one day of one notebook, in this order.
"""

from __future__ import annotations

import json
import shutil
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import nbformat
import pytest
import yaml

from .conftest import DEPLOY, Team, kubectl, until
from .notebook import (
    HOME,
    NAME,
    forwarded,
    last_words,
    notebook_image,
    notebook_pod,
    wait_for_pod,
)
from .server import LIMIT, wipe
from .test_notebook_lifetime import notebooks_exist

__all__ = ["notebook_image", "notebooks_exist"]

PYTHON = "/opt/venv/bin/python"
"""What runs Jupyter in the image; no entry point and no PATH needs to know it."""

OPTIONS = (
    "--DaskK8sApp.backend=kubernetes",
    "--ServerApp.disable_check_xsrf=True",
    f"--ServerApp.root_dir={HOME}",
    "--KubernetesJobs.runner_cpu=400m",
    "--KubernetesJobs.runner_memory=512 MiB",
)
CLUSTER = {"workers": 1, "resources": {"cpu": "1", "memory": "512 MiB"}}
NOTEBOOK = {"kind": "notebook"}


class Lab:
    """The notebook: its objects, and its server's REST through a port forward."""

    pod = f"{NAME}-0"

    def __init__(self, team: Team, kubeconfig: Path) -> None:
        self.team = team
        self.kubeconfig = kubeconfig
        self._forward = ExitStack()
        self.url = ""

    def kubectl(self, *args: str, body: Any = None, check: bool = True) -> str:
        """Run kubectl as the administrator."""
        space = ("-n", self.team.namespace)
        return kubectl(
            *space,
            *args,
            kubeconfig=self.kubeconfig,
            body=body,
            check=check,
            timeout=120,
        )

    def get(self, *what: str) -> Any:
        """Return an object as kubectl gets it; ``None`` where there is none."""
        text = self.kubectl("get", *what, "--ignore-not-found", "-o", "json")
        return json.loads(text) if text else None

    def open(self) -> None:
        """Wait for the server, and forward a port to it."""
        until("the notebook's pod", lambda: self.get("pod", self.pod))
        wait_for_pod(self.pod, self.team, self.kubeconfig)
        self.close()
        self.url = self._forward.enter_context(
            forwarded(self.pod, self.team, self.kubeconfig)
        )
        self.until("status", lambda it: it and it["state"] == "ready")

    def close(self) -> None:
        """Stop to forward."""
        self._forward.close()

    def ask(
        self, method: str, path: str, body: Any = None, root: str = "dask-k8s/api"
    ) -> tuple[int, Any]:
        """Return status and answer."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url}{root}/{path}", data, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read() or b"null")

    def done(self, method: str, path: str, body: Any = None) -> Any:
        """Return the answer to what must not be refused."""
        status, answer = self.ask(method, path, body)
        assert status < 300, answer
        return answer

    def until(self, path: str, accept: Callable[[Any], Any]) -> Any:
        """Return what is at a path once it is as wanted; refusals are ``None``."""
        end = time.monotonic() + LIMIT
        while True:
            status, answer = self.ask("GET", path)
            found = answer if status == 200 else None
            if accept(found):
                return found
            assert time.monotonic() < end, f"waited {LIMIT} s in vain, last: {answer}"
            time.sleep(0.3)

    def write(self, path: str, content: Any, kind: str) -> None:
        """Save a file as JupyterLab does."""
        body = {"type": kind, "content": content}
        if kind == "file":
            body["format"] = "text"
        status, answer = self.ask("PUT", path, body, "api/contents")
        assert status < 300, answer

    def write_notebook(self, path: str, *cells: str) -> None:
        """Save a notebook."""
        v4: Any = nbformat.v4
        made = v4.new_notebook(cells=[v4.new_code_cell(it) for it in cells])
        self.write(path, made, "notebook")

    def outputs(self, path: str) -> list[str]:
        """Return the text below each cell of a notebook, as JupyterLab opens it."""
        status, answer = self.ask("GET", path, root="api/contents")
        assert status == 200, answer
        return [
            "".join(
                "".join(it.get("text") or it.get("traceback") or ())
                for it in cell["outputs"]
            )
            for cell in answer["content"]["cells"]
        ]

    def run(self, code: str) -> str:
        """Run code where a kernel would run it; returns what it printed."""
        return self.kubectl("exec", self.pod, "-c", NAME, "--", PYTHON, "-c", code)

    def log(self, job: str, pod: str = "") -> str:
        """Return what a pod of a job printed."""
        return str(self.done("GET", f"jobs/{job}/logs?pod={pod}")["text"])


# --- what Kubeflow makes of a Notebook -----------------------------------------------


def folder(namespace: str) -> str:
    """Return where the node has the workspace."""
    return f"/tmp/{namespace}-workspace"


def workspace(namespace: str) -> list[dict[str, Any]]:
    """Return a volume of this node, and the claim that Kubeflow's form would make."""
    size, modes = "1Gi", ["ReadWriteOnce"]
    name = f"{NAME}-workspace"
    volume = {
        "apiVersion": "v1",
        "kind": "PersistentVolume",
        "metadata": {"name": f"{namespace}-workspace"},
        "spec": {
            "capacity": {"storage": size},
            "accessModes": modes,
            "storageClassName": "",
            "claimRef": {"namespace": namespace, "name": name},
            "hostPath": {"path": folder(namespace), "type": "DirectoryOrCreate"},
        },
    }
    claim = {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": name},
        "spec": {
            "accessModes": modes,
            "storageClassName": "",
            "resources": {"requests": {"storage": size}},
        },
    }
    return [volume, claim]


def kubeflow_pod(team: Team, image: str) -> dict[str, Any]:
    """Return the pod's ``spec``: home is on the claim, and Dask has room in /dev/shm."""
    spec = notebook_pod(team, image, *OPTIONS)
    home = {"name": "home", "mountPath": HOME}
    shared_memory = {"name": "dshm", "mountPath": "/dev/shm"}
    spec["volumes"] = [
        {"name": "home", "persistentVolumeClaim": {"claimName": f"{NAME}-workspace"}},
        {"name": "dshm", "emptyDir": {"medium": "Memory"}},
    ]
    spec["containers"][0]["volumeMounts"] = [home, shared_memory]
    # Kubernetes gives no hostPath to the fsGroup, as it does with most volumes.
    spec["initContainers"] = [
        {
            "name": "owner",
            "image": image,
            "command": ["chown", "1000:100", HOME],
            "securityContext": {"runAsUser": 0},
            "volumeMounts": [home],
        }
    ]
    return spec


def make_notebook(lab: Lab, image: str) -> None:
    head = {"apiVersion": "kubeflow.org/v1", "kind": "Notebook"}
    template = {"spec": kubeflow_pod(lab.team, image)}
    body: dict[str, Any] = {
        **head,
        "metadata": {"name": NAME},
        "spec": {"template": template},
    }
    lab.kubectl("create", "-f", "-", body=body)
    uid = lab.get("notebook", NAME)["metadata"]["uid"]
    owner = {**head, "name": NAME, "uid": uid, "controller": True}
    labels = {"statefulset": NAME, "notebook-name": NAME}
    body = {
        "apiVersion": "apps/v1",
        "kind": "StatefulSet",
        "metadata": {"name": NAME, "ownerReferences": [owner]},
        "spec": {
            "serviceName": NAME,
            "replicas": 1,
            "selector": {"matchLabels": {"statefulset": NAME}},
            "template": {"metadata": {"labels": labels}, **template},
        },
    }
    lab.kubectl("create", "-f", "-", body=body)


def narrow_rights(lab: Lab) -> None:
    """Let the service account do only what deploy/base says that we need."""
    rules = yaml.safe_load((DEPLOY / "base/edit.yaml").read_text())["rules"]
    account = lab.team.service_account
    head = {"apiVersion": "rbac.authorization.k8s.io/v1"}
    role = {**head, "kind": "Role", "metadata": {"name": "documented"}, "rules": rules}
    subject = f"--serviceaccount={lab.team.namespace}:{account}"
    lab.kubectl("create", "-f", "-", body=role)
    lab.kubectl("create", "rolebinding", "documented", "--role=documented", subject)
    lab.kubectl("delete", "rolebinding", account)


@pytest.fixture(scope="module")
def lab(
    team: Team,
    kubeconfig: Path,
    notebook_image: str,
    notebooks_exist: None,
) -> Iterator[Lab]:
    found = Lab(team, kubeconfig)
    narrow_rights(found)
    try:
        for body in workspace(team.namespace):
            found.kubectl("create", "-f", "-", body=body)
        make_notebook(found, notebook_image)
        found.open()
        yield found
    finally:
        print(last_words(found.pod, team, kubeconfig))
        found.close()
        found.kubectl("delete", "notebook", NAME, "--ignore-not-found")
        wipe(team, kubeconfig)
        found.kubectl("delete", "pvc", "--all")
        volume = f"{team.namespace}-workspace"
        found.kubectl("delete", "pv", volume, "--wait=false", "--ignore-not-found")
        # The testbed's node has the files of this machine.
        shutil.rmtree(folder(team.namespace), ignore_errors=True)


# --- the day -------------------------------------------------------------------------


def test_a_new_cluster_has_the_image_of_the_notebook(lab: Lab, notebook_image: str) -> None:
    status = lab.done("GET", "status")
    assert (status["backend"], status["trouble"]) == ("kubernetes", "")
    assert status["namespace"] == lab.team.namespace

    def default_image(it: Any) -> Any:
        return it and it["form"]["properties"]["image"]["default"] == notebook_image

    lab.until("profiles", default_image)
    preview = lab.done("POST", "preview", {"name": "demo", **CLUSTER})
    spec = yaml.safe_load(preview["content"])["spec"]
    for part in ("scheduler", "worker"):
        container = spec[part]["spec"]["containers"][0]
        assert container["image"] == notebook_image
        # Whatever the image's entry point is, this runs instead of it.
        assert container["command"] == [PYTHON, "-m", "dask"]
        assert container["args"][0] == part


def test_a_cluster_ends_with_the_notebook_and_computes(
    lab: Lab, notebook_image: str
) -> None:
    # A second try finds the cluster of the first.
    lab.ask("DELETE", "clusters/demo")
    until("the name is free", lambda: lab.ask("GET", "clusters/demo")[0] == 404, LIMIT)
    made = lab.done("POST", "clusters", {"name": "demo", "lifetime": NOTEBOOK, **CLUSTER})
    assert made["lifetime"]["notebook"] == f"Notebook {NAME}"
    (owner,) = lab.get("daskcluster", "demo")["metadata"]["ownerReferences"]
    notebook = lab.get("notebook", NAME)["metadata"]
    assert (owner["kind"], owner["name"], owner["uid"]) == (
        "Notebook",
        NAME,
        notebook["uid"],
    )

    def runs(it: Any) -> bool:
        return bool(it["phase"] == "Running" and it["groups"][0]["ready"] == 1)

    cluster = lab.until("clusters/demo", runs)
    assert cluster["warnings"] == []
    assert cluster["groups"][0]["image"] == notebook_image
    code = lab.done("GET", "clusters/demo/export?as=client")["content"]
    same_versions = "client.get_versions(check=True)"
    compute = "print(client.submit(sum, [1, 2, 39]).result())"
    assert lab.run(f"{code}\n{same_versions}\n{compute}") == "42\n"
    # Its server reaches the scheduler by its Service, for plots and readings.
    assert lab.done("GET", "clusters/demo/metrics") is not None


CLIENT = "from dask.distributed import Client\nclient = Client()"
SUM = "print(client.submit(lambda x: x + 1, 41).result())"


def over(it: Any) -> bool:
    return bool(it) and it["phase"] in ("Succeeded", "Failed")


def test_jobs_run_notebooks_of_the_workspace(lab: Lab, notebook_image: str) -> None:
    lab.write_notebook("good.ipynb", CLIENT, SUM)
    lab.write_notebook("bad.ipynb", "print('so far')", "1 / 0", "print('never')")
    for name in ("good", "bad"):
        body = {"name": f"{name}-1", "path": f"{name}.ipynb", "cluster": CLUSTER}
        job = lab.done("POST", "jobs", body)
        assert job["image"] == notebook_image

    job = lab.until("jobs/good-1", over)
    assert job["phase"] == "Succeeded", lab.log("good-1")
    job = lab.until("jobs/good-1", lambda it: it["result"] and it["cluster"] is None)
    assert job["result"] == "good-good-1.ipynb"
    assert lab.outputs(job["result"]) == ["", "42\n"]
    assert "42\n" in lab.log("good-1")
    # The cluster is gone, its logs are not.
    assert "Scheduler at:" in lab.log("good-1", job["logs"][1])

    job = lab.until("jobs/bad-1", over)
    assert job["phase"] == "Failed"
    assert "ZeroDivisionError: division by zero." in job["reason"]
    job = lab.until("jobs/bad-1", lambda it: it["result"])
    first, second, third = lab.outputs(job["result"])
    assert first == "so far\n"
    assert "ZeroDivisionError" in second
    assert third == ""


COUNT = f"""{CLIENT}
import os, time
count = 0
while not os.path.exists("enough"):
    print("line", count, flush=True)
    count += 1
    time.sleep(0.05)
{SUM}
"""


def names(lab: Lab) -> tuple[set[str], set[str]]:
    clusters = lab.done("GET", "clusters")["clusters"]
    jobs = lab.done("GET", "jobs")["jobs"]
    return {it["name"] for it in clusters}, {it["name"] for it in jobs}


def test_a_new_pod_of_the_notebook_goes_on(lab: Lab) -> None:
    lab.write("work", None, "directory")
    lab.write("work/count.py", COUNT, "file")
    body = {"name": "count", "path": "work/count.py", "cluster": CLUSTER}
    lab.done("POST", "jobs", body)
    lab.until("jobs/count/logs", lambda it: it and "line 20\n" in it["text"])
    before = names(lab)
    assert before == ({"demo", "count"}, {"good-1", "bad-1", "count"})
    uid = lab.get("pod", lab.pod)["metadata"]["uid"]
    lab.kubectl("delete", "pod", lab.pod)
    until(
        "a new pod of the notebook",
        lambda: (
            (lab.get("pod", lab.pod) or {"metadata": {"uid": uid}})["metadata"]["uid"]
            != uid
        ),
    )
    lab.open()
    lab.until("jobs/count", lambda it: it is not None)
    assert names(lab) == before
    assert lab.done("GET", "clusters/demo")["phase"] == "Running"
    assert lab.done("GET", "jobs/count")["phase"] == "Running"
    assert "42\n" in lab.log("good-1")

    seen = len(lab.log("count").splitlines())
    lab.until("jobs/count/logs", lambda it: len(it["text"].splitlines()) > seen + 20)
    lab.write("work/enough", "", "file")
    job = lab.until("jobs/count", over)
    assert job["phase"] == "Succeeded", lab.log("count")
    logs = lab.until("jobs/count/logs", lambda it: it["complete"])
    *lines, last = [it for it in logs["text"].splitlines() if "scheduler" not in it]
    assert lines == [f"line {number}" for number in range(len(lines))]
    assert last == "42"
    lab.until("jobs/count", lambda it: it["cluster"] is None)
    assert "Scheduler at:" in lab.log("count", job["logs"][1])


def test_culling_spares_the_cluster_and_deleting_the_notebook_does_not(lab: Lab) -> None:
    lab.kubectl("scale", "statefulset", NAME, "--replicas=0")
    until("the notebook's pod is gone", lambda: not lab.get("pod", lab.pod))
    time.sleep(5)  # in which the garbage collector would have taken the cluster
    assert "deletionTimestamp" not in lab.get("daskcluster", "demo")["metadata"]
    assert lab.get("deployment", "demo-scheduler")["status"]["readyReplicas"] == 1
    lab.kubectl("delete", "notebook", NAME)
    until("the cluster is gone", lambda: not lab.get("daskcluster", "demo"), LIMIT)
    until("its pods are gone", lambda: not lab.get("deployment", "demo-scheduler"))
