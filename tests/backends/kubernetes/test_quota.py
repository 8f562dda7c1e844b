"""What quotas leave, what does not fit, and the words for it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import msgspec
import pytest

from jupyter_dask_k8s.backends.kubernetes.demand import Demand, demands_of, sizes_in
from jupyter_dask_k8s.backends.kubernetes.limitrange import Ranges
from jupyter_dask_k8s.backends.kubernetes.objects import LimitRange, ResourceQuota
from jupyter_dask_k8s.backends.kubernetes.quota import (
    check_quota,
    entries_of,
    room_for,
    room_of,
)
from jupyter_dask_k8s.errors import InvalidField

GPU = "nvidia.com/gpu"


def quota(
    hard: dict[str, Any],
    used: dict[str, Any] | None = None,
    name: str = "team",
    **spec: Any,
) -> ResourceQuota:
    content = {
        "metadata": {"name": name},
        "spec": {"hard": hard, **spec},
        "status": {"hard": hard, "used": used or {}},
    }
    return msgspec.convert(content, ResourceQuota)


def limit_range(type: str = "Container", **item: Any) -> Ranges:
    content = {"metadata": {"name": "bounds"}, "spec": {"limits": [{"type": type, **item}]}}
    return Ranges((msgspec.convert(content, LimitRange),))


def pod(cpu: str, memory: str, reserved: str | None = None, **more: str) -> dict[str, Any]:
    limits = {"cpu": cpu, "memory": memory, **more}
    requests = {**limits, "cpu": reserved or cpu}
    return {"containers": [{"resources": {"limits": limits, "requests": requests}}]}


def workers(
    count: int, template: dict[str, Any], group: str = "", more: bool = False
) -> Demand:
    return Demand("worker", count, sizes_in(template), group, more)


def scheduler(template: dict[str, Any]) -> Demand:
    return Demand("scheduler", 1, sizes_in(template))


def refusal(demands: list[Demand], *quotas: ResourceQuota) -> InvalidField:
    with pytest.raises(InvalidField) as caught:
        check_quota(demands, entries_of(quotas))
    return caught.value


FOUR = [workers(4, pod("2", "4Gi")), scheduler(pod("1", "1Gi"))]


def test_the_arithmetic() -> None:
    error = refusal(FOUR, quota({"requests.cpu": "10"}, {"requests.cpu": "7"}))
    assert error.message == (
        "4 workers with 2 CPU each want 8 CPU, the scheduler 1 more; the quota “team” has "
        "3 of 10 left. There is room for 1."
    )
    assert error.field == "workers"
    assert (error.details["wanted"], error.details["left"]) == (9.0, 3.0)


def test_what_fits_passes() -> None:
    hard = {"requests.cpu": "9", "limits.memory": "17Gi", "pods": "5", "secrets": "0"}
    check_quota(FOUR, entries_of([quota(hard)]))
    check_quota(FOUR, [])


@pytest.mark.parametrize(
    ("hard", "words"),
    [
        ({"limits.cpu": "8"}, "want 8 CPU, the scheduler 1 more"),
        ({"cpu": "8"}, "want 8 CPU, the scheduler 1 more"),
        ({"memory": "16Gi"}, "4 workers with 4 GiB each want 16 GiB, the scheduler 1 GiB"),
        ({"limits.memory": "16Gi"}, "has 16 GiB of 16 GiB left. There is room for 3."),
        ({"pods": "4"}, "4 workers want 4 pods, the scheduler 1 more"),
        ({"count/pods": "2"}, "has 2 of 2 left. There is room for 1."),
        ({"count/deployments.apps": "4"}, "4 workers want 4 Deployments"),
        ({"services": "0"}, "The scheduler wants 1 Service; the quota “team” has 0 of 0"),
    ],
)
def test_all_that_quotas_count(hard: dict[str, str], words: str) -> None:
    assert words in refusal(FOUR, quota(hard)).message


def test_gpus() -> None:
    two = [workers(2, pod("1", "1Gi", **{GPU: "1"})), scheduler(pod("1", "1Gi"))]
    error = refusal(two, quota({f"requests.{GPU}": "1"}))
    assert error.message.startswith("2 workers with 1 GPU each want 2 GPUs; the quota")


def test_one_worker_and_none() -> None:
    one = [workers(1, pod("4", "1Gi")), scheduler(pod("1", "1Gi"))]
    cpu = quota({"requests.cpu": "500m"})
    assert refusal(one, cpu).message == (
        "1 worker wants 4 CPU, the scheduler 1 more; the quota “team” has 0.5 of 0.5 left."
    )
    none = [workers(0, pod("4", "1Gi")), scheduler(pod("1", "1Gi"))]
    assert refusal(none, cpu).message == (
        "The scheduler wants 1 CPU; the quota “team” has 0.5 of 0.5 left."
    )


def test_what_is_reserved_is_less_than_what_may_be_used() -> None:
    demands = [workers(4, pod("2", "1Gi", "500m")), scheduler(pod("1", "1Gi", "250m"))]
    message = refusal(demands, quota({"requests.cpu": "2"})).message
    assert message.startswith(
        "4 workers with 0.5 CPU reserved each want 2 CPU, the scheduler 0.25 more;"
    )
    # It is the limits that the other kind counts.
    check_quota(demands, entries_of([quota({"requests.cpu": "2250m"})]))
    assert (
        "with 2 CPU each want 8 CPU" in refusal(demands, quota({"limits.cpu": "8"})).message
    )


def test_growth() -> None:
    more = [workers(2, pod("2", "1Gi"), "gpu", more=True)]
    assert refusal(more, quota({"cpu": "3"})).message == (
        "2 more workers of “gpu” with 2 CPU each want 4 CPU; the quota “team” has 3 of 3 "
        "left. There is room for 1 more."
    )


def test_groups_of_a_cluster_and_a_runner() -> None:
    cluster = {
        "kind": "DaskCluster",
        "metadata": {"name": "demo"},
        "spec": {
            "scheduler": {"spec": pod("1", "1Gi")},
            "worker": {"replicas": 3, "spec": pod("1", "1Gi")},
        },
    }
    group = {
        "kind": "DaskWorkerGroup",
        "metadata": {"name": "demo-big"},
        "spec": {"cluster": "demo", "worker": {"replicas": 2, "spec": pod("4", "8Gi")}},
    }
    autoscaler = {"kind": "DaskAutoscaler", "metadata": {}, "spec": {"maximum": 100}}
    found = demands_of([cluster, group, autoscaler])
    assert [(it.who, it.group, it.count) for it in found] == [
        ("worker", "", 3),
        ("scheduler", "", 1),
        ("worker", "big", 2),
    ]
    assert refusal(found, quota({"cpu": "11"})).message.startswith(
        "3 workers with 1 CPU each want 3 CPU, the scheduler 1 more, 2 workers of “big” 8 "
        "more;"
    )
    job = {
        "kind": "DaskJob",
        "metadata": {"name": "demo"},
        "spec": {"job": {"spec": pod("1", "1Gi")}, "cluster": {"spec": cluster["spec"]}},
    }
    assert [(it.who, it.count) for it in demands_of([job])] == [
        ("worker", 3),
        ("scheduler", 1),
        ("runner", 1),
    ]


@pytest.mark.parametrize(
    ("spec", "counts"),
    [
        ({"scopes": ["NotBestEffort"]}, True),
        ({"scopes": ["NotTerminating", "NotBestEffort"]}, True),
        ({"scopes": ["BestEffort"]}, False),
        ({"scopes": ["Terminating"]}, False),
        ({"scopes": ["PriorityClass"]}, False),
        (
            {
                "scopeSelector": {
                    "matchExpressions": [
                        {
                            "scopeName": "PriorityClass",
                            "operator": "In",
                            "values": ["high"],
                        }
                    ]
                }
            },
            False,
        ),
        (
            {
                "scopeSelector": {
                    "matchExpressions": [
                        {"scopeName": "NotBestEffort", "operator": "Exists"}
                    ]
                }
            },
            True,
        ),
    ],
)
def test_scopes(spec: dict[str, Any], counts: bool) -> None:
    assert bool(entries_of([quota({"pods": "1"}, **spec)])) is counts


def test_a_quota_that_cannot_be_read_counts_nothing() -> None:
    assert entries_of([quota({"cpu": "many"}), quota({"cpu": "1"}, {"cpu": "?"})]) == []
    # One that no controller has seen yet has no status.
    assert entries_of([ResourceQuota(metadata=quota({}).metadata)]) == []


def test_several_quotas_the_tightest_counts() -> None:
    wide = quota({"requests.cpu": "100", "requests.memory": "3Gi"}, name="wide")
    tight = quota({"limits.cpu": "10"}, {"limits.cpu": "7500m"}, name="tight")
    entries = entries_of([wide, tight])
    assert room_for(FOUR[0], FOUR[1:], entries) == 0
    assert room_for(FOUR[0], [], entries_of([tight])) == 1
    assert "“tight” has 2.5 of 10 left" in refusal(FOUR, wide, tight).message
    room = room_of(entries, GPU)
    assert room is not None
    assert (room.cpu, room.memory, room.gpus, room.pods) == (2.5, 3 * 2**30, None, None)
    assert room.sentence == (
        "Left of the quotas: 2.5 of 10 CPU (“tight”), 3 GiB of 3 GiB (“wide”)."
    )


def test_room() -> None:
    hard = {"cpu": "10", "memory": "16Gi", f"requests.{GPU}": "2", "pods": "10"}
    used = {"cpu": "7", "memory": "12Gi", f"requests.{GPU}": "1", "pods": "12"}
    room = room_of(entries_of([quota(hard, used)]), GPU)
    assert room is not None
    assert (room.cpu, room.memory, room.gpus, room.pods) == (3.0, 4 * 2**30, 1, 0)
    assert room.sentence == (
        "Left of the quota “team”: 3 of 10 CPU, 4 GiB of 16 GiB, 1 of 2 GPUs, 0 of 10 pods."
    )
    assert room_of(entries_of([quota({"secrets": "1"})]), GPU) is None
    assert room_of([], GPU) is None


# --- LimitRanges ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("item", "field", "words"),
    [
        (
            {"max": {"memory": "2Gi"}},
            "resources.memory",
            "Each worker may use 4 GiB; the LimitRange “bounds” allows a container at most "
            "2 GiB.",
        ),
        (
            {"max": {"cpu": "1500m"}},
            "resources.cpu",
            "Each worker may use 2 CPU; the LimitRange “bounds” allows a container at most "
            "1.5 CPU.",
        ),
        ({"min": {"cpu": "1"}}, "resources.cpu", "to ask for at least 1 CPU."),
        (
            {"maxLimitRequestRatio": {"cpu": "2"}},
            "resources.cpu",
            "Each worker may use 2 CPU, and reserves 0.5 CPU; the LimitRange “bounds” "
            "allows at most 2 times what is reserved.",
        ),
    ],
)
def test_a_container_out_of_bounds(item: dict[str, Any], field: str, words: str) -> None:
    with pytest.raises(InvalidField) as caught:
        limit_range(**item).check(workers(1, pod("2", "4Gi", "500m")))
    assert caught.value.field == field
    assert words in caught.value.message


def test_a_pod_out_of_bounds() -> None:
    two = pod("1", "1Gi")
    two["containers"] *= 2
    ranges = limit_range("Pod", max={"memory": "1536Mi"})
    with pytest.raises(InvalidField, match=r"may use 2 GiB; .* allows a pod at most 1.5"):
        ranges.check(workers(1, two))
    ranges.check(workers(0, two))
    limit_range("PersistentVolumeClaim", max={"memory": "1"}).check(workers(1, two))


def test_the_scheduler_is_the_administrators() -> None:
    with pytest.raises(
        InvalidField, match=r"KubernetesBackend\.scheduler_memory"
    ) as caught:
        limit_range(max={"memory": "1Gi"}).check(scheduler(pod("1", "2Gi")))
    assert caught.value.field == ""


def test_defaults_count_where_a_container_says_nothing() -> None:
    bare = workers(2, {"containers": [{}]})
    hard = entries_of([quota({"requests.cpu": "1", "limits.cpu": "1"})])
    check_quota([bare], hard)
    ranges = limit_range(default={"cpu": "2"}, defaultRequest={"cpu": "250m"})
    with pytest.raises(InvalidField, match="2 workers with 2 CPU each want 4 CPU"):
        check_quota([ranges.filled(bare)], hard)


def test_bounds_for_the_form() -> None:
    ranges = limit_range(max={"memory": "4Gi", "cpu": "2"}, min={"memory": "128Mi"})
    least, most, name = ranges.bounds("memory")
    assert (least, most, name) == (Decimal(128 * 2**20), Decimal(4 * 2**30), "bounds")
    assert ranges.bounds("ephemeral-storage") == (None, None, "")
