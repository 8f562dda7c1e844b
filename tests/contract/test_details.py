"""Pods, events and logs, on every backend."""

from __future__ import annotations

import asyncio
import datetime

from jupyter_dask_k8s.pytest_plugin import DaskAPI

from .test_clusters import create


def moment(text: str) -> datetime.datetime:
    """Return a time; some sources of events know fractions of seconds."""
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


async def test_details_of_a_cluster(dask_api: DaskAPI) -> None:
    await create(dask_api, "demo", workers=1)
    for _ in range(100):
        status, answer = await dask_api("GET", "clusters/demo/pods")
        assert status == 200, answer
        scheduler, worker = answer["pods"]
        if scheduler["memory"] and worker["memory"]:
            break
        await asyncio.sleep(0.1)
    assert (scheduler["component"], scheduler["group"]) == ("scheduler", "")
    assert (worker["component"], worker["group"]) == ("worker", "default")
    for pod in (scheduler, worker):
        assert (pod["phase"], pod["reason"], pod["ready"]) == ("Running", "", True)
        assert pod["memory"] > 2**20
        assert pod["cpu"] is not None
        assert pod["created"]
    assert worker["memory"] < worker["memory_limit"]

    status, answer = await dask_api("GET", "clusters/demo/events")
    assert status == 200, answer
    events = answer["events"]
    assert events
    times = [moment(it["time"]) for it in events]
    assert times == sorted(times, reverse=True)
    assert len({it["id"] for it in events}) == len(events)

    query = f"pod={scheduler['name']}&container={scheduler['containers'][0]}"
    response = await dask_api.raw("GET", f"api/clusters/demo/logs?{query}")
    assert response.code == 200
    assert b"Scheduler at:" in response.body
    response = await dask_api.raw("GET", f"api/clusters/demo/logs?{query}&tail=1")
    assert len(response.body.splitlines()) == 1


async def test_logs_of_nothing(dask_api: DaskAPI) -> None:
    await create(dask_api, "demo", workers=0)
    for query, status, reason in (
        ("pod=nothing", 404, "PodNotFound"),
        ("pod=..%2F..%2Fsecrets", 404, "PodNotFound"),
        ("container=nothing", 404, "LogNotFound"),
        ("previous=1", 404, "LogNotFound"),
        ("tail=-1", 422, "InvalidField"),
        ("follow=2", 422, "InvalidField"),
    ):
        code, answer = await dask_api("GET", f"clusters/demo/logs?{query}")
        assert (code, answer["reason"]) == (status, reason), query
