"""The operator's kinds of resources, made with kubectl, are listed and shown right."""

from __future__ import annotations

import datetime
from typing import Any

from .conftest import until
from .workbench import Workbench, bench, count, empty_bench, group

__all__ = ["bench", "empty_bench"]


def test_a_simple_cluster(bench: Workbench) -> None:
    bench.kubectl("apply", "-f", bench.manifest("simple.yaml"))
    seen = bench.running("simple")
    assert (seen["owner"], seen["profile"], seen["shared"]) == ("", "", False)
    assert (seen["adapt"], seen["decisions"]) == (None, [])
    assert seen["lifetime"]["kind"] == "keep"
    assert seen["scheduler_address"].startswith("tcp://simple-scheduler.")
    assert seen["groups"] == [
        {
            "name": "default",
            "desired": 2,
            "ready": 2,
            "threads": 2,
            "memory": "350Mi",
            "cpu": "1",
            "gpus": 0,
            "image": bench.image,
            "worker_resources": {},
        }
    ]


def test_an_extra_worker_group(bench: Workbench) -> None:
    """Its name need not begin with that of its cluster."""
    bench.kubectl("apply", "-f", bench.manifest("group.yaml"))
    seen = bench.until("simple", lambda it: count(it, "additional") == (1, 1))
    assert [it["name"] for it in seen["groups"]] == ["default", "additional"]
    found = group(seen, "additional")
    assert (found["threads"], found["memory"]) == (1, "400Mi")
    assert found["worker_resources"] == {"BIG": 2}
    bench.running("simple")
    metrics = "clusters/simple/metrics"
    bench.server.until(metrics, lambda it: it and it["workers"] == 3, 120)

    answer = bench.done("PATCH", "clusters/simple/groups/additional", {"workers": 2})
    assert count(answer, "additional") == (1, 2)
    seen = bench.until("simple", lambda it: count(it, "additional") == (2, 2))
    assert count(seen) == (2, 2)
    bench.done("DELETE", "clusters/simple/groups/additional")
    seen = bench.until("simple", lambda it: count(it, "additional") is None)
    bench.server.until(metrics, lambda it: it and it["workers"] == 2, 60)
    assert count(bench.running("simple")) == (2, 2)
    assert bench.get("daskworkergroup", "additional") is None
    bench.kubectl("delete", "daskcluster", "simple", "--wait=false")


def job(bench: Workbench, name: str) -> dict[str, Any]:
    """Make a job and return it when it has ended and its cluster is gone."""
    bench.kubectl("apply", "-f", bench.manifest(f"{name}.yaml"))
    seen = bench.server.until(f"jobs/{name}", lambda it: it is not None, 5)
    assert seen["phase"] in ("Pending", "Running")
    assert seen["ended"] is None
    cluster = bench.until(name, lambda it: it is not None, 30)
    assert cluster["name"] == name
    seen = bench.server.until(
        f"jobs/{name}", lambda it: it and it["phase"] in ("Succeeded", "Failed"), 120
    )
    bench.gone(name)
    assert bench.get("daskcluster", name) is None
    found: dict[str, Any] = bench.done("GET", f"jobs/{name}")
    begin, end = (datetime.datetime.fromisoformat(found[it]) for it in ("started", "ended"))
    assert datetime.timedelta(0) <= end - begin < datetime.timedelta(minutes=2)
    assert found["cluster"] is None
    assert found["image"] == bench.image
    assert found["command"][:2] == ["python3", "-c"]
    assert found["logs"][0] == f"{name}-runner"
    return found


def logs(bench: Workbench, name: str, pod: str = "") -> str:
    answer = bench.done(
        "GET", f"jobs/{name}/logs?pod={pod}" if pod else f"jobs/{name}/logs"
    )
    return str(answer["text"])


def test_a_job_that_succeeds(bench: Workbench) -> None:
    found = job(bench, "job-succeeds")
    assert (found["phase"], found["reason"]) == ("Succeeded", "")
    assert "answer 42" in logs(bench, "job-succeeds")
    # The scheduler's pod is gone, and its log is not.
    pods = [it for it in found["logs"] if "scheduler" in it]
    assert pods, found["logs"]
    assert "Scheduler at" in logs(bench, "job-succeeds", pods[0])


def test_a_job_that_fails(bench: Workbench) -> None:
    found = job(bench, "job-fails")
    assert found["phase"] == "Failed"
    assert "3" in found["reason"]
    assert "no data today" in logs(bench, "job-fails")


def test_all_jobs(bench: Workbench) -> None:
    listed = {it["name"]: it["phase"] for it in bench.done("GET", "jobs")["jobs"]}
    assert listed == {"job-succeeds": "Succeeded", "job-fails": "Failed"}
    bench.done("DELETE", "jobs/job-fails")
    bench.server.until("jobs/job-fails", lambda it: it is None, 60)
    until("its pod is gone, too", lambda: bench.get("pod", "job-fails-runner") is None)
    status, answer = bench.ask("GET", "jobs/job-fails/logs")
    assert (status, answer["reason"]) == (404, "JobNotFound")
