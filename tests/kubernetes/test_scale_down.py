"""Scaling down takes the right workers, and what they hold moves to the others.

Tasks say in the scheduler's event log that they ran, so that a second run would be seen.
"""

from __future__ import annotations

import time
from collections import Counter
from typing import Any

from distributed import Client, Future, get_worker, wait

from .workbench import LIMIT, SMALL, Workbench, bench, count, empty_bench

__all__ = ["bench", "empty_bench"]

MADE, ENDED = "made", "ended"
CHUNK = 100_000


def tasks() -> tuple[Any, Any]:
    """Return two functions that travel by value: workers do not have this module."""

    def make(number: int) -> bytes:
        get_worker().log_event("made", number)
        return bytes([number % 256]) * 100_000

    def work(number: int, seconds: float) -> int:
        get_worker().log_event("began", number)
        time.sleep(seconds)
        get_worker().log_event("ended", number)
        return number

    return make, work


def runs(client: Client, topic: str) -> Counter[int]:
    """Count how often each task of a kind ran."""
    return Counter(number for _, number in client.get_events(topic))


def spread(client: Client, per_worker: int) -> list[Future]:
    """Put data on every worker."""
    make, _ = tasks()
    addresses = list(client.scheduler_info(n_workers=-1)["workers"])
    futures = [
        client.submit(make, index * per_worker + number, workers=[address], pure=False)
        for index, address in enumerate(addresses)
        for number in range(per_worker)
    ]
    wait(futures, timeout=60)
    # Where they were made is no reason to stay there.
    assert all(client.has_what().values())
    return futures


def check(client: Client, futures: list[Future]) -> None:
    """The data is all there, and none of it was made again."""
    found = client.gather(futures, direct=False)
    assert found == [bytes([number % 256]) * CHUNK for number in range(len(futures))]
    assert runs(client, MADE) == Counter(range(len(futures)))


def names(client: Client) -> set[str]:
    return {it["name"] for it in client.scheduler_info(n_workers=-1)["workers"].values()}


def until_workers(client: Client, number: int) -> set[str]:
    end = time.monotonic() + LIMIT
    while len(names(client)) != number:
        assert time.monotonic() < end, names(client)
        time.sleep(0.2)
    return names(client)


def test_busy_workers_survive(bench: Workbench) -> None:
    """Of five workers the two that compute remain; the data of the others moves."""
    bench.create("busy", workers=5)
    with bench.client("busy") as client:
        client.wait_for_workers(5, timeout=60)
        _, work = tasks()
        data = spread(client, 4)
        workers = client.scheduler_info(n_workers=-1)["workers"]
        chosen = list(workers)[1:3]
        busy = [
            client.submit(work, index, 15, workers=[address], pure=False)
            for index, address in enumerate(chosen)
        ]
        deadline = time.monotonic() + 20
        while sum(runs(client, "began").values()) < 2:
            assert time.monotonic() < deadline
            time.sleep(0.1)

        begin = time.monotonic()
        answer = bench.done("PATCH", "clusters/busy", {"workers": 2})
        assert count(answer) in ((5, 2), (4, 2), (3, 2), (2, 2))
        left = until_workers(client, 2)
        print(f"two workers left after {time.monotonic() - begin:.1f} s")
        assert left == {workers[it]["name"] for it in chosen}
        check(client, data)
        assert client.gather(busy) == [0, 1]
        assert runs(client, "began") == runs(client, ENDED) == Counter([0, 1])
        assert count(bench.running("busy")) == (2, 2)

        # All that there are compute: results come all the same, and data is not made again.
        bench.done("PATCH", "clusters/busy", {"workers": 3})
        until_workers(client, 3)
        busy = client.map(work, range(10, 16), seconds=4, pure=False)
        time.sleep(1)
        bench.done("PATCH", "clusters/busy", {"workers": 1})
        assert client.gather(busy) == list(range(10, 16))
        until_workers(client, 1)
        check(client, data)
        twice = runs(client, "began") - Counter([0, 1, *range(10, 16)])
        # Dask moves what runs on a retired worker to another one, from its beginning.
        assert sum(twice.values()) <= 2, twice
    bench.done("DELETE", "clusters/busy")


def test_a_group_loses_its_own_workers_only(bench: Workbench) -> None:
    highmem = {"name": "highmem", "workers": 3, "resources": SMALL}
    bench.create("mixed", workers=2, groups=[highmem])
    with bench.client("mixed") as client:
        client.wait_for_workers(5, timeout=60)
        data = spread(client, 3)
        before = names(client)
        others = {it for it in before if "-highmem-" not in it}
        assert len(others) == 2
        bench.done("PATCH", "clusters/mixed/groups/highmem", {"workers": 1})
        left = until_workers(client, 3)
        assert others < left < before
        check(client, data)
        seen = bench.running("mixed")
        assert (count(seen), count(seen, "highmem")) == ((2, 2), (1, 1))
        # And the other way round: the default group loses its own.
        bench.done("PATCH", "clusters/mixed", {"workers": 1})
        left = until_workers(client, 2)
        assert len(left & others) == 1
        check(client, data)
        seen = bench.running("mixed")
        assert (count(seen), count(seen, "highmem")) == ((1, 1), (1, 1))
        time.sleep(6)  # what the operator does later would be seen
        assert until_workers(client, 2) == left
    bench.done("DELETE", "clusters/mixed")


def test_the_autoscaler_keeps_data(bench: Workbench) -> None:
    bench.create("adaptive", workers=3)
    with bench.client("adaptive") as client:
        client.wait_for_workers(3, timeout=60)
        data = spread(client, 3)
        bench.done("PATCH", "clusters/adaptive", {"adapt": {"minimum": 1, "maximum": 3}})
        # A quarter at most each fifteen seconds, says the operator.
        until_workers(client, 1)
        check(client, data)
        seen = bench.running("adaptive")
        assert count(seen) == (1, 1)
        assert seen["adapt"] == {"minimum": 1, "maximum": 3}
        decisions = seen["decisions"]
        assert [(it["before"], it["wanted"]) for it in decisions] == [(2, 1), (3, 2)]
        assert decisions[0]["time"] > decisions[1]["time"]
    bench.done("DELETE", "clusters/adaptive")
