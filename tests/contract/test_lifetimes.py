"""How clusters end, over REST: what holds for every backend."""

from __future__ import annotations

import asyncio
import datetime
from typing import Any

import pytest

from jupyter_dask_k8s.pytest_plugin import DaskAPI

from .test_clusters import Connect, create

EVENTS = "https://schema.jupyter.org/jupyter_dask_k8s/clusters/v1"


def ends_in(cluster: dict[str, Any]) -> float:
    """Return in how many seconds a clock runs out."""
    ends = datetime.datetime.fromisoformat(
        cluster["lifetime"]["ends"].replace("Z", "+00:00")
    )
    return (ends - datetime.datetime.now(datetime.timezone.utc)).total_seconds()


def counting(cluster: Any) -> bool:
    return bool(cluster) and cluster["lifetime"]["ends"] is not None


async def test_a_cluster_without_clients_ends(
    dask_api: DaskAPI, connect: Connect, jp_serverapp: Any
) -> None:
    heard: list[dict[str, Any]] = []

    async def listen(logger: Any, schema_id: str, data: dict[str, Any]) -> None:
        heard.append(data)

    jp_serverapp.event_logger.add_listener(schema_id=EVENTS, listener=listen)
    lifetime = {"kind": "idle", "seconds": 3600, "no_client_seconds": 8}
    cluster = await create(dask_api, "demo", workers=1, lifetime=lifetime)
    assert cluster["lifetime"]["no_client_seconds"] == 8
    async with connect(cluster) as client:
        # Longer than the clock: a client that does nothing is a client, too.
        for _ in range(10):
            await asyncio.sleep(1)
            assert await client.ncores()
        assert (await dask_api("GET", "clusters/demo"))[0] == 200
    await dask_api.gone("demo")
    for _ in range(100):
        if heard[-1]["action"] == "removed":
            break
        await asyncio.sleep(0.05)
    assert heard[-1]["action"] == "removed"
    assert "8 seconds" in heard[-1]["reason"]
    assert "client" in heard[-1]["reason"]


async def test_a_countdown_can_be_extended(dask_api: DaskAPI) -> None:
    lifetime = {"kind": "idle", "seconds": 600}
    await create(dask_api, "demo", workers=1, lifetime=lifetime)
    cluster = await dask_api.until("demo", counting)
    assert 560 < ends_in(cluster) <= 601
    await asyncio.sleep(3)
    status, answer = await dask_api("PATCH", "clusters/demo", {"extend": True})
    assert status == 200, answer
    assert answer["lifetime"]["seconds"] == 600
    former = cluster["lifetime"]["ends"]
    again = await dask_api.until(
        "demo", lambda it: counting(it) and it["lifetime"]["ends"] > former
    )
    assert ends_in(again) > 590


async def test_an_extension_comes_before_the_end(dask_api: DaskAPI) -> None:
    await create(dask_api, "demo", workers=1, lifetime={"kind": "idle", "seconds": 9})
    for _ in range(3):
        await asyncio.sleep(4)
        status, answer = await dask_api("PATCH", "clusters/demo", {"extend": True})
        assert status == 200, answer
    await dask_api.gone("demo")


async def test_readings_tell_of_clients_and_of_the_end(
    dask_api: DaskAPI, connect: Connect
) -> None:
    lifetime = {"kind": "idle", "seconds": 600, "no_client_seconds": 300}
    cluster = await create(dask_api, "demo", workers=1, lifetime=lifetime)

    async def read(clients: int) -> dict[str, Any]:
        for _ in range(100):
            _, metrics = await dask_api("GET", "clusters/demo/metrics")
            if metrics.get("clients") == clients:
                break
            await asyncio.sleep(0.1)
        assert metrics["clients"] == clients
        found: dict[str, Any] = metrics
        return found

    metrics = await read(0)
    assert 250 < metrics["ends"] - metrics["time"] <= 301
    async with connect(cluster):
        metrics = await read(1)
        # No client's clock while there is one.
        assert metrics["ends"] is None or metrics["ends"] - metrics["time"] > 301
    await read(0)
    await dask_api("PATCH", "clusters/demo", {"lifetime": {"kind": "keep"}})
    for _ in range(100):
        _, metrics = await dask_api("GET", "clusters/demo/metrics")
        if metrics["ends"] is None:
            break
        await asyncio.sleep(0.1)
    assert metrics["ends"] is None


async def test_lifetimes_change(dask_api: DaskAPI) -> None:
    await create(dask_api, "demo", workers=0, lifetime={"kind": "keep"})
    both = {"kind": "idle", "seconds": 900, "no_client_seconds": 700}
    status, answer = await dask_api("PATCH", "clusters/demo", {"lifetime": both})
    assert status == 200, answer
    lifetime = answer["lifetime"]
    assert (lifetime["kind"], lifetime["seconds"]) == ("idle", 900)
    assert lifetime["no_client_seconds"] == 700
    status, answer = await dask_api(
        "PATCH", "clusters/demo", {"lifetime": {"kind": "keep"}}
    )
    assert answer["lifetime"]["kind"] == "keep"
    assert answer["lifetime"]["no_client_seconds"] is None
    assert answer["lifetime"]["ends"] is None


@pytest.mark.parametrize(
    ("lifetime", "field"),
    [
        ({"kind": "keep", "seconds": 5}, "lifetime.seconds"),
        ({"kind": "keep", "no_client_seconds": 5}, "lifetime.no_client_seconds"),
        ({"kind": "idle", "no_client_seconds": 0}, "lifetime.no_client_seconds"),
        ({"kind": "idle", "no_client_seconds": "soon"}, "lifetime.no_client_seconds"),
    ],
)
async def test_bad_lifetimes(
    dask_api: DaskAPI, lifetime: dict[str, Any], field: str
) -> None:
    body = {"name": "demo", "workers": 0, "lifetime": lifetime}
    status, answer = await dask_api("POST", "clusters", body)
    assert (status, answer["details"]["field"]) == (422, field)
    assert await dask_api("GET", "clusters") == (200, {"clusters": []})
