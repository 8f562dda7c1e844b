"""Jobs without a Kubernetes: pictures, files that travel, manifests, and kept logs."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import errno
import json
import os
import zlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from aiohttp import web

from jupyter_dask_k8s.backends.kubernetes import joblogs, logfiles, objects
from jupyter_dask_k8s.backends.kubernetes.joblogs import JobLogs, Printer
from jupyter_dask_k8s.backends.kubernetes.jobmanifest import (
    JobWish,
    RunnerSize,
    job_manifest,
)
from jupyter_dask_k8s.backends.kubernetes.jobpicture import JobParts, draw_job
from jupyter_dask_k8s.backends.kubernetes.jobsource import FILE_VARIABLE, Work, plan_work
from jupyter_dask_k8s.backends.kubernetes.logfiles import LogFiles
from jupyter_dask_k8s.backends.kubernetes.ownpod import OwnPod
from jupyter_dask_k8s.backends.kubernetes.wish import Owner
from jupyter_dask_k8s.errors import InvalidField
from jupyter_dask_k8s.models import Job, JobCreate

from .fake_api import LOG, FakeAPI, serve, status

# --- pictures ------------------------------------------------------------------------

BEGIN = "2026-01-01T00:00:00Z"


def job(job_status: str = "", **metadata: Any) -> objects.DaskJob:
    container = {
        "name": "runner",
        "image": "example.org/dask:1",
        "command": ["python", "-c", "import os\n" + "x = 1\n" * 100],
        "args": ["notebook", "/home/etl.ipynb"],
    }
    raw = {
        "metadata": {"name": "etl", "uid": "1", "creationTimestamp": BEGIN, **metadata},
        "spec": {"job": {"spec": {"containers": [container]}}},
        "status": {"jobStatus": job_status or None},
    }
    return msgspec.convert(raw, objects.DaskJob, strict=False)


def runner(phase: str, state: dict[str, Any], **more: Any) -> objects.Pod:
    container = {"name": "runner", "image": "example.org/dask:1", "state": state, **more}
    raw = {
        "metadata": {"name": "etl-runner", "creationTimestamp": BEGIN},
        "spec": {"nodeName": "node1"},
        "status": {"phase": phase, "containerStatuses": [container]},
    }
    return msgspec.convert(raw, objects.Pod, strict=False)


def draw(of: objects.DaskJob, pod: objects.Pod | None = None, **more: Any) -> Job:
    return draw_job(JobParts(job=of, runner=pod, **more), "team-a")


ENDED = {"startedAt": BEGIN, "finishedAt": "2026-01-01T00:10:00Z"}


def test_the_pod_is_believed_and_not_the_status() -> None:
    # The operator died while the job ran.
    pod = runner("Succeeded", {"terminated": {"exitCode": 0, **ENDED}})
    shown = draw(job("Running"), pod)
    assert (shown.phase, shown.reason) == ("Succeeded", "")
    assert shown.ended is not None
    assert shown.ended.minute == 10


@pytest.mark.parametrize(
    ("state", "phase", "words"),
    [
        ("", "Pending", "Waiting for the Dask operator"),
        ("JobCreated", "Pending", "The operator is making"),
        ("Running", "Failed", "pod is gone"),
        ("Successful", "Succeeded", ""),
        ("Failed", "Failed", "pod is gone"),
    ],
)
def test_without_a_pod_the_status_is_all_there_is(
    state: str, phase: str, words: str
) -> None:
    shown = draw(job(state))
    assert shown.phase == phase
    assert words in shown.reason


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("", "The Dask operator does not act on this job. Perhaps it is not running"),
        ("JobCreated", "The Dask operator has not made the runner: it has stopped, or"),
    ],
)
def test_an_operator_that_is_late(state: str, words: str) -> None:
    shown = draw(job(state), late=True)
    assert shown.phase == "Pending"
    assert shown.reason.startswith(words)


def test_a_warning_about_the_runner() -> None:
    pod = runner("Pending", {"waiting": {"reason": "ContainerCreating"}})
    words = 'MountVolume.SetUp failed for volume "v" : secret "key" not found'
    raw = {"reason": "FailedMount", "message": words, "metadata": {"name": "e"}}
    troubles = {"FailedMount": msgspec.convert(raw, objects.Occurred, strict=False)}
    shown = draw(job("JobCreated"), pod, troubles=troubles)
    assert shown.phase == "Failed"
    assert "The runner cannot start: the namespace has no Secret “key”" in shown.reason


@pytest.mark.parametrize(
    ("terminated", "words"),
    [
        ({"exitCode": 3, "message": "one\nValueError: no"}, "code 3. Its last words: Val"),
        ({"exitCode": 3}, "The runner failed with exit code 3."),
        ({"exitCode": 137, "reason": "OOMKilled"}, "needed more memory than its limit"),
    ],
)
def test_a_failure_has_its_exit_code_and_last_words(
    terminated: dict[str, Any], words: str
) -> None:
    shown = draw(job(), runner("Failed", {"terminated": terminated}))
    assert shown.phase == "Failed"
    assert words in shown.reason


@pytest.mark.parametrize(
    ("state", "field"),
    [
        ({"terminated": {"exitCode": 0}}, "container_statuses"),
        ({"waiting": {"reason": "PodInitializing"}}, "init_container_statuses"),
    ],
)
def test_another_container_that_fails_is_named(state: dict[str, Any], field: str) -> None:
    pod = runner("Failed", state)
    over = objects.ContainerState(terminated=objects.Terminated(exit_code=3))
    proxy = objects.ContainerStatus(name="proxy", state=over)
    setattr(pod.status, field, (*getattr(pod.status, field), proxy))
    reason = "The container “proxy” of the runner's pod failed with exit code 3."
    assert draw(job(), pod).reason == reason


def test_a_runner_that_is_ended_after_its_work() -> None:
    pod = runner("Failed", {"terminated": {"exitCode": 0}})
    pod.status.reason = "Evicted"
    assert draw(job(), pod).reason == "Kubernetes ended the runner: Evicted."


def test_a_runner_that_cannot_start_says_why() -> None:
    waiting = {"reason": "ImagePullBackOff", "message": "no such host"}
    shown = draw(job(), runner("Pending", {"waiting": waiting}))
    assert shown.phase == "Failed"
    assert "cannot get its image example.org/dask:1: the registry's name" in shown.reason
    assert "(no such host)" in shown.reason


def test_a_runner_that_is_started_again_and_again_says_so() -> None:
    waiting = {"reason": "CrashLoopBackOff"}
    last = {"terminated": {"exitCode": 0}}
    shown = draw(job(), runner("Running", {"waiting": waiting}, lastState=last))
    assert shown.phase == "Running"
    assert "restartPolicy" in shown.reason


def test_a_program_is_not_shown_as_a_word() -> None:
    assert draw(job()).command == [
        *("python", "-c", "import os …"),
        *("notebook", "/home/etl.ipynb"),
    ]


def test_a_job_on_its_way_out_is_stopping() -> None:
    pod = runner("Running", {"running": {"startedAt": BEGIN}})
    assert draw(job(deletionTimestamp=BEGIN), pod).phase == "Stopping"
    assert draw(job(), pod, deleted=True).phase == "Stopping"


# --- what a job is to do -------------------------------------------------------------


def own_pod(root: Path, **volume: Any) -> OwnPod:
    """Return a pod as Kubeflow makes it, with a workspace at ``root``."""
    account = "/var/run/secrets/kubernetes.io/serviceaccount"
    return OwnPod(
        name="alice-nb-0",
        namespace="team-a",
        uid="1",
        container={
            "name": "alice-nb",
            "image": "example.org/notebook:1",
            "env": [
                {"name": "NB_PREFIX", "value": "/notebook/team-a/alice-nb"},
                {"name": "JUPYTER_TOKEN", "value": "secret"},
                {"name": "BUCKET", "value": "s3://data"},
            ],
            "volumeMounts": [
                {"name": "workspace", "mountPath": str(root)},
                {"name": "dshm", "mountPath": "/dev/shm"},
                {"name": "kube-api-access-x", "mountPath": account},
                {"name": "istio-token", "mountPath": "/var/run/secrets/tokens"},
            ],
        },
        spec={
            "serviceAccountName": "default-editor",
            "nodeName": "node1",
            "securityContext": {"fsGroup": 100},
            "imagePullSecrets": [{"name": "pull"}],
            "volumes": [
                {
                    "name": "workspace",
                    **(volume or {"persistentVolumeClaim": {"claimName": "alice"}}),
                },
                {"name": "dshm", "emptyDir": {"medium": "Memory"}},
                {"name": "kube-api-access-x", "projected": {}},
                {"name": "istio-token", "projected": {}},
                {"name": "unused", "configMap": {"name": "x"}},
            ],
        },
        labels={},
        started=None,
        owner=Owner("v1", "Pod", "alice-nb-0", "1"),
    )


NOTEBOOK = {
    "nbformat": 4,
    "nbformat_minor": 5,
    "metadata": {},
    "cells": [
        {
            "cell_type": "code",
            "source": "1",
            "metadata": {},
            "execution_count": 1,
            "outputs": [{"output_type": "stream", "name": "stdout", "text": "x" * 10**6}],
        }
    ],
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "root"
    (folder / "reports").mkdir(parents=True)
    (folder / "reports/etl.ipynb").write_text(json.dumps(NOTEBOOK))
    (folder / "work.py").write_text("print(1)\n")
    (folder / "notes.txt").write_text("no program\n")
    (tmp_path / "secret.py").write_text("print(2)\n")
    (folder / "link.py").symlink_to(tmp_path / "secret.py")
    return folder


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        ({}, "either path or command"),
        ({"path": "work.py", "command": ["true"]}, "either path or command"),
        ({"command": []}, "list of words"),
        ({"path": "nothing.py"}, "There is no file"),
        ({"path": "reports"}, "There is no file"),
        ({"path": "notes.txt"}, "neither a notebook"),
        ({"path": "../secret.py"}, "not below Jupyter's root"),
        ({"path": "/../secret.py"}, "not below Jupyter's root"),
        ({"path": "link.py"}, "not below Jupyter's root"),
        ({"path": "work.py\0"}, "no path"),
    ],
)
def test_what_cannot_be_run_is_refused(
    root: Path, request_: dict[str, Any], words: str
) -> None:
    with pytest.raises(InvalidField) as refused:
        plan_work(JobCreate(**request_), "etl-1", root, None)
    assert words in refused.value.message


def test_on_a_volume_the_result_is_written_beside_the_notebook(root: Path) -> None:
    request = JobCreate(path="/reports/etl.ipynb")
    work = plan_work(request, "etl-1", root, own_pod(root))
    folder = root / "reports"
    assert work.folder == str(folder)
    assert work.words == [f"{folder}/etl.ipynb", f"{folder}/etl-etl-1.ipynb"]
    assert (work.source, work.result) == ("reports/etl.ipynb", "reports/etl-etl-1.ipynb")


@pytest.mark.parametrize("volume", [{}, {"emptyDir": {}}, {"configMap": {"name": "x"}}])
def test_on_no_volume_of_others_a_notebook_travels_without_outputs(
    root: Path, volume: dict[str, Any]
) -> None:
    own = own_pod(root, **volume) if volume else None
    work = plan_work(JobCreate(path="reports/etl.ipynb"), "etl-1", root, own)
    assert (work.words, work.result) == (["-"], None)
    packed = work.env[FILE_VARIABLE]
    assert len(packed) < 1000
    notebook = json.loads(zlib.decompress(base64.b64decode(packed)))
    assert notebook["cells"][0]["outputs"] == []


def test_what_is_too_large_to_travel_is_refused(root: Path) -> None:
    (root / "large.py").write_bytes(b"#" + base64.b64encode(os.urandom(200_000)))
    with pytest.raises(InvalidField, match=r"too large to travel in the job: 100 kB"):
        plan_work(JobCreate(path="large.py"), "large-1", root, None)


# --- manifests -----------------------------------------------------------------------


def manifest(work: Work, own: OwnPod | None = None, **more: Any) -> dict[str, Any]:
    return job_manifest(
        JobWish(
            name="etl-1",
            owner="alice@example.org",
            request_id="r",
            work=work,
            image="example.org/notebook:1",
            python="python",
            size=RunnerSize("1", "2Gi"),
            wait_seconds=60,
            cluster={"worker": {}, "scheduler": {}},
            own=own,
            **more,
        )
    )


def test_the_runner_is_like_our_own_pod(root: Path) -> None:
    work = plan_work(JobCreate(path="work.py"), "etl-1", root, own_pod(root))
    made = manifest(work, own_pod(root), env={"COLOUR": "green", "BUCKET": "s3://other"})
    pod = made["spec"]["job"]["spec"]
    assert pod["restartPolicy"] == "Never"
    assert pod["serviceAccountName"] == "default-editor"
    assert pod["securityContext"] == {"fsGroup": 100}
    assert pod["imagePullSecrets"] == [{"name": "pull"}]
    assert [it["name"] for it in pod["volumes"]] == ["workspace", "dshm"]
    # A volume that can be at one node only is at ours.
    assert "node1" in json.dumps(pod["affinity"])
    (container,) = pod["containers"]
    assert container["workingDir"] == str(root)
    assert container["args"] == ["script", str(root / "work.py")]
    env = {it["name"]: it["value"] for it in container["env"]}
    assert env == {"COLOUR": "green", "BUCKET": "s3://other", "DASK_K8S_WAIT": "60"}


def test_labels_and_annotations_tell_whose_it_is_and_of_what() -> None:
    work = Work("notebook", ["-"], source="etl.ipynb")
    metadata = manifest(work, profile="small")["metadata"]
    assert metadata["labels"] == {
        "dask-k8s/creator": "jupyter-dask-k8s",
        "dask-k8s/owner": "alice-example.org",
        "dask-k8s/profile": "small",
    }
    assert metadata["annotations"]["dask-k8s/source"] == "etl.ipynb"
    assert "dask-k8s/result" not in metadata["annotations"]


def test_kubernetes_replaces_nothing_in_words_and_values() -> None:
    made = manifest(Work("command", ["echo", "$(HOME)"]), env={"A": "$(B)", "C": "$D"})
    (container,) = made["spec"]["job"]["spec"]["containers"]
    assert container["args"] == ["command", "echo", "$$(HOME)"]
    env = {it["name"]: it["value"] for it in container["env"]}
    assert (env["A"], env["C"]) == ("$$(B)", "$D")
    assert "$(" not in container["command"][2]


# --- logs as files -------------------------------------------------------------------


def line(second: int, text: str) -> bytes:
    return f"2026-01-01T00:00:{second:02}.5Z {text}\n".encode()


def test_a_log_goes_on_where_it_was(tmp_path: Path) -> None:
    files = LogFiles(tmp_path, 2**20)
    assert files.claim("etl-1")
    assert files.resume("etl-1", "runner") == ""
    files.append("etl-1", "runner", line(1, "one") + b"2026-01-01T00:00:02Z tw")
    files.close()
    files = LogFiles(tmp_path, 2**20)
    assert files.claim("etl-1")
    assert files.resume("etl-1", "runner") == "2026-01-01T00:00:01.500000000Z"
    files.append("etl-1", "runner", line(2, "two"))
    stored = files.read("etl-1", "runner", None)
    assert stored is not None
    assert (stored.text, stored.whole) == ("one\ntwo\n", True)
    files.close()


def test_of_a_long_log_the_newest_is_kept(tmp_path: Path) -> None:
    files = LogFiles(tmp_path, 4096)
    assert files.claim("etl-1")
    for count in range(1000):
        files.append("etl-1", "runner", line(count % 60, f"line {count}"))
    stored = files.read("etl-1", "runner", None)
    assert stored is not None
    assert not stored.whole
    assert stored.text.endswith("line 998\nline 999\n")
    assert len(stored.text.splitlines()) > 50
    assert sum(it.stat().st_size for it in tmp_path.rglob("*.log*")) <= 4096
    last = files.read("etl-1", "runner", 1)
    assert last is not None
    assert last.text == "line 999\n"
    files.close()


def test_only_one_server_writes_and_only_the_user_reads(tmp_path: Path) -> None:
    one, other = LogFiles(tmp_path / "logs", 2**20), LogFiles(tmp_path / "logs", 2**20)
    assert one.claim("etl-1")
    assert not other.claim("etl-1")
    one.append("etl-1", "runner", line(1, "one"))
    one.end("etl-1", "runner")
    modes = [it.stat().st_mode & 0o077 for it in (tmp_path / "logs").rglob("*")]
    assert modes
    assert not any(modes)
    one.close()
    assert other.claim("etl-1")
    assert other.ended("etl-1", "runner")
    other.close()


def test_logs_are_kept_where_files_cannot_be_locked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unknown(*args: Any) -> None:
        raise OSError(errno.ENOLCK, "No locks available")  # NFS, some mounted buckets

    monkeypatch.setattr("fcntl.flock", unknown)
    files = LogFiles(tmp_path, 2**20)
    assert files.claim("etl-1")
    files.close()


def test_old_logs_go_and_those_of_jobs_that_are_there_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logfiles, "MOST", 3)
    files = LogFiles(tmp_path, 2**20)
    for count in range(6):
        job = f"etl-{count}"
        assert files.claim(job)
        files.append(job, "runner", line(1, "one"))
        age = 10_000 * count if count < 5 else 10 * logfiles.OLDEST
        path = tmp_path / job / "runner.log"
        os.utime(path, (path.stat().st_mtime - age,) * 2)
    files.close()
    files.prune(frozenset({"etl-5"}))
    assert sorted(it.name for it in tmp_path.iterdir()) == [
        *("etl-0", "etl-1", "etl-2", "etl-5"),
    ]


# --- logs of Kubernetes --------------------------------------------------------------


class LogServer(FakeAPI):
    """Answers for logs; ``lines`` is what the pod has printed."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[bytes] = []
        self.asked: list[dict[str, str]] = []
        self.refusal: web.Response | None = None

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(dict(request.query))
        if self.refusal is not None:
            return self.refusal
        since = request.query.get("sinceTime", "")[:19]
        lines = [it for it in self.lines if it[:19].decode() >= since]
        return web.Response(body=b"".join(lines))


PRINTER = Printer("etl-1", "etl-runner", "runner")


@contextlib.asynccontextmanager
async def keeper(
    server: LogServer, folder: Path, over: list[bool]
) -> AsyncIterator[JobLogs]:
    async with serve(server) as api:
        files = LogFiles(folder, 2**20)
        logs = JobLogs(api, files, lambda _: over[0], lambda _: None, LOG)
        try:
            yield logs
        finally:
            await logs.close()


async def kept(logs: JobLogs, text: str) -> None:
    for _ in range(200):
        stored = await logs.stored("etl-1", "etl-runner", None)
        if stored is not None and stored.text == text:
            return
        await asyncio.sleep(0.02)
    raise AssertionError(stored)


async def followed(logs: JobLogs) -> None:
    for _ in range(200):
        if not logs.following(PRINTER):
            return
        await asyncio.sleep(0.02)
    raise AssertionError("it is still followed")


async def test_no_line_is_kept_twice(
    jp_asyncio_loop: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(joblogs, "PAUSES", (0.02, 0.05))
    server, over = LogServer(), [False]
    server.lines = [line(1, "one"), line(2, "two")]
    async with keeper(server, tmp_path, over) as logs:
        logs.follow(PRINTER)
        await kept(logs, "one\ntwo\n")
        assert logs.kept("etl-1") == ["etl-runner"]
        server.lines.append(b"2026-01-01T00:00:02.7Z three\n")
        await kept(logs, "one\ntwo\nthree\n")
    server.lines.append(line(3, "four"))
    over[0] = True
    async with keeper(server, tmp_path, over) as logs:
        await logs.look(["etl-1"])
        assert logs.kept("etl-1") == ["etl-runner"]
        logs.follow(PRINTER)
        await kept(logs, "one\ntwo\nthree\nfour\n")
        await followed(logs)
        assert await logs.ended(PRINTER)
        asked = len(server.asked)
        logs.follow(PRINTER)  # it is whole
        await asyncio.sleep(0.1)
        assert len(server.asked) == asked
        await logs.forget("etl-1")
        assert await logs.stored("etl-1", "etl-runner", None) is None


async def test_a_missing_right_is_named(jp_asyncio_loop: Any, tmp_path: Path) -> None:
    server = LogServer()
    words = 'pods "etl-runner" is forbidden: User "alice" cannot get resource "pods/log"'
    server.refusal = status(403, "Forbidden", words)
    async with keeper(server, tmp_path, [False]) as logs:
        with pytest.raises(Exception, match='"resources":\\["pods/log"\\],"verbs":'):
            await logs.direct(PRINTER, 10)


async def test_a_full_disk_breaks_nothing(
    jp_asyncio_loop: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*args: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(LogFiles, "_append", full)
    server = LogServer()
    server.lines = [line(1, "one")]
    async with keeper(server, tmp_path, [False]) as logs:
        logs.follow(PRINTER)
        await followed(logs)
        assert await logs.stored("etl-1", "etl-runner", None) is None
        assert (await logs.direct(PRINTER, None)).text.endswith("one\n")
