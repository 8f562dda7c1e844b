"""What kubectl would show of a cluster: pods, events, logs; and 50 MB of the latter."""

from __future__ import annotations

import contextlib
import json
import threading
import time
import urllib.request
from collections.abc import Callable
from typing import Any

import psutil
import pytest
import yaml

from tests.contract.test_details import moment

from .conftest import until
from .workbench import LIMIT, Workbench, bench, empty_bench

__all__ = ["bench", "empty_bench"]

MIB = 2**20
LAST = b"that was all"


def shouting(size: int) -> Callable[[], int]:
    """Return a task that prints so many bytes, in lines of a log."""

    def shout() -> int:
        import os

        piece = b"%080d nothing happened, and it took long\n" % 1 * 500
        for _ in range(size // len(piece)):
            os.write(1, piece)
        return os.write(1, b"that was all\n")

    return shout


class Reader(threading.Thread):
    """Reads a stream, after ``pause`` seconds in which it reads nothing."""

    def __init__(self, url: str, pause: float = 0) -> None:
        super().__init__(daemon=True)
        self._answer = urllib.request.urlopen(url, timeout=120)
        self._pause = pause
        self.count = 0
        self.end = b""
        self.start()

    def run(self) -> None:
        time.sleep(self._pause)
        # Closed under our hands when the test has seen enough.
        with contextlib.suppress(AttributeError, OSError, ValueError):
            while piece := self._answer.read1(256 * 1024):
                self.count += len(piece)
                self.end = (self.end + piece)[-4096:]

    def close(self) -> None:
        self._answer.close()


@pytest.fixture(scope="module")
def demo(bench: Workbench) -> Workbench:
    bench.create("demo", workers=1)
    # Of another cluster whose name begins alike nothing may be seen.
    bench.create("demo-b", workers=0)
    return bench


def pods(bench: Workbench) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = bench.done("GET", "clusters/demo/pods")["pods"]
    return found


def wait(what: str, test: Callable[[], Any]) -> Any:
    """Return what a test gives once it is true."""
    found: list[Any] = []

    def look() -> Any:
        found[:] = [test()]
        return found[0]

    until(what, look, LIMIT)
    return found[0]


def test_pods_and_what_they_use(demo: Workbench) -> None:
    wait("both tell their memory", lambda: all(it["memory"] for it in pods(demo)))
    scheduler, worker = pods(demo)
    assert (scheduler["component"], worker["component"]) == ("scheduler", "worker")
    assert worker["group"] == "default"
    assert worker["containers"] == ["worker"]
    assert worker["memory_limit"] == 320 * MIB
    assert 20 * MIB < worker["memory"] < 320 * MIB
    assert worker["cpu"] is not None
    for pod in (scheduler, worker):
        assert (pod["phase"], pod["reason"], pod["ready"]) == ("Running", "", True)
        assert pod["node"]
        assert pod["created"]
        assert pod["image"] == demo.image
    shown = demo.kubectl("get", "pods", "-o", "name").split()
    assert {f"pod/{it['name']}" for it in (scheduler, worker)} < set(shown)


def test_events_of_this_cluster_alone(demo: Workbench) -> None:
    events = demo.done("GET", "clusters/demo/events")["events"]
    assert {"Scheduled", "Started", "ScalingReplicaSet"} <= {it["reason"] for it in events}
    times = [moment(it["time"]) for it in events]
    assert times == sorted(times, reverse=True)
    objects = {it["object"] for it in events}
    names = {it["name"] for it in pods(demo)}
    assert {f"Pod {name}" for name in names} <= objects
    assert not [it for it in objects if "demo-b" in it]
    # All that kubectl has of these pods is here.
    for name in names:
        what = ("get", "events", f"--field-selector=involvedObject.name={name}")
        listed = json.loads(demo.kubectl(*what, "-o", "json"))["items"]
        assert {it["metadata"]["uid"] for it in listed} <= {it["id"] for it in events}


def test_events_come_as_they_happen(demo: Workbench) -> None:
    reader = Reader(f"{demo.server.url}api/clusters/demo/events?follow=1")
    wait("the old ones", lambda: reader.count)
    begin = time.monotonic()
    demo.done("PATCH", "clusters/demo", {"workers": 2})
    wait("a new one", lambda: b"ScalingReplicaSet" in reader.end[-3000:])
    print(f"the first event after {time.monotonic() - begin:.1f} s")
    demo.running("demo")
    demo.done("PATCH", "clusters/demo", {"workers": 1})
    demo.running("demo")
    reader.close()


def test_the_object(demo: Workbench) -> None:
    shown = yaml.safe_load(demo.export("demo", "object"))
    stored = demo.get("daskcluster", "demo")
    for it in (shown, stored):
        it["metadata"].pop("managedFields", None)
        it["metadata"].pop("resourceVersion")
    # The operator's copy of it would be longer than the rest.
    copy = "kopf.zalando.org/last-handled-configuration"
    assert stored["metadata"]["annotations"].pop(copy)
    assert shown == stored


def test_much_text_and_a_slow_reader(demo: Workbench) -> None:
    worker = pods(demo)[-1]["name"]
    url = f"{demo.server.url}api/clusters/demo/logs?pod={worker}&follow=1&tail=0"
    process = psutil.Process(demo.server.process.pid)
    Reader(f"{demo.server.url}api/clusters/demo/logs?pod={worker}").join(LIMIT)
    before = most = process.memory_info().rss
    slowest, begin = 0.0, time.monotonic()
    reader = Reader(url, pause=5)
    with demo.client("demo") as client:
        work = client.submit(shouting(50 * 1000 * 1000), pure=False)
        while not (work.done() and LAST in reader.end):
            assert time.monotonic() - begin < LIMIT, (reader.count, work.status)
            asked = time.monotonic()
            demo.done("GET", "clusters")
            slowest = max(slowest, time.monotonic() - asked)
            most = max(most, process.memory_info().rss)
            time.sleep(0.05)
    took = time.monotonic() - begin
    reader.close()
    print(
        f"{reader.count / 1e6:.1f} MB in {took:.1f} s (5 s of them nobody read); the "
        f"server had {before / MIB:.1f} MiB before, {most / MIB:.1f} at most; the slowest "
        f"list of clusters took {slowest * 1000:.0f} ms"
    )
    assert most - before < 8 * MIB
    assert reader.count > 5 * MIB  # kubelets keep the last 10 MiB, and rotate under us


def test_the_log_before_the_last_restart(demo: Workbench) -> None:
    worker = pods(demo)[-1]["name"]
    path = f"clusters/demo/logs?pod={worker}&previous=1"
    status, answer = demo.ask("GET", path)
    assert status == 404
    assert answer["message"].startswith("“worker” has not been started again")
    demo.kubectl("exec", worker, "--", "python", "-c", "import os; os.kill(1, 15)")
    pod = wait("a restart", lambda: next((it for it in pods(demo) if it["restarts"]), None))
    assert pod["previous"]
    with urllib.request.urlopen(f"{demo.server.url}api/{path}") as response:
        assert b"distributed.nanny" in response.read()


def test_a_pod_that_cannot_start_has_a_reason_and_no_log(demo: Workbench) -> None:
    demo.done("POST", "clusters", {"name": "bad", "image": "example.invalid/no:1"})

    def waiting() -> Any:
        found = demo.done("GET", "clusters/bad/pods")["pods"]
        return [it for it in found if it["phase"] in ("ErrImagePull", "ImagePullBackOff")]

    pod = wait("the pod fails", waiting)[0]
    assert "example.invalid/no:1" in pod["reason"]
    status, answer = demo.ask("GET", f"clusters/bad/logs?pod={pod['name']}")
    assert status == 409
    assert "has not started" in answer["message"]
    demo.done("DELETE", "clusters/bad")
