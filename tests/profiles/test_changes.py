"""Changes of clusters that are there."""

from __future__ import annotations

import datetime
from typing import Any

import msgspec
import pytest

from jupyter_dask_k8s.errors import InvalidField
from jupyter_dask_k8s.models import (
    Adapt,
    Cluster,
    ClusterPatch,
    GroupCreate,
    Lifetime,
    WorkerGroup,
)
from jupyter_dask_k8s.profiles import builtin

from .ground import BOUNDS, book, only, plain, request

# --- changes of what runs ------------------------------------------------------------

GROUPS = [
    WorkerGroup(name="default", desired=2, ready=2),
    WorkerGroup(name="more", desired=1, ready=1),
]


def cluster(
    profile: str = "it", groups: list[WorkerGroup] = GROUPS, most: int | None = None
) -> Cluster:
    """A cluster that is there; with an autoscaler where ``most`` is given."""
    return Cluster(
        name="demo",
        namespace=None,
        backend="kubernetes",
        owner="alice",
        shared=False,
        phase="Running",
        reason="",
        scheduler_address=None,
        dashboard_path="",
        dashboard_link=None,
        groups=groups,
        adapt=None if most is None else Adapt(maximum=most),
        lifetime=Lifetime(kind="keep"),
        created=datetime.datetime.now(datetime.timezone.utc),
        profile=profile,
    )


def change(**fields: Any) -> ClusterPatch:
    return msgspec.convert(fields, ClusterPatch)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"workers": 5}, "workers"),
        ({"workers": 4}, "workers"),  # and one in the other group
        ({"workers": 0}, "workers"),
        ({"workers": 3, "group": "more"}, "workers"),
        ({"workers": 5, "group": "more"}, "workers"),
        ({"adapt": {"maximum": 5}}, "adapt.maximum"),
        ({"lifetime": {"kind": "keep"}}, "lifetime.kind"),
        ({"lifetime": {"kind": "idle", "seconds": 7200}}, "lifetime.seconds"),
    ],
)
def test_bounds_hold_for_what_runs(fields: dict[str, Any], field: str) -> None:
    profiles = only(bounds=BOUNDS)
    with pytest.raises(InvalidField) as caught:
        profiles.check_patch(cluster(), change(**fields))
    assert caught.value.field == field


def test_changes_within_the_bounds() -> None:
    profiles = only(bounds=BOUNDS)
    for fields in ({"workers": 3}, {"workers": 2, "group": "more"}, {"adapt": None}):
        asked = change(**fields)
        assert profiles.check_patch(cluster(), asked) == asked
    done = profiles.check_patch(cluster(), change(lifetime={"kind": "idle"}))
    assert plain(done.lifetime) == {
        "kind": "idle",
        "seconds": 3600,
        "no_client_seconds": 600,
    }
    # Of a profile that is not there nothing is known.
    asked = change(workers=99)
    assert profiles.check_patch(cluster("gone"), asked) == asked


def test_what_is_fixed_stays_fixed() -> None:
    profiles = only(fields=["image"], defaults={"workers": 3})
    for fields in (
        {"workers": 4},
        {"adapt": {"maximum": 4}},
        {"lifetime": {"kind": "idle"}},
    ):
        with pytest.raises(InvalidField):
            profiles.check_patch(cluster(groups=GROUPS[:1]), change(**fields))
    bounds = profiles.bounds_of("it")
    assert bounds is not None
    assert (bounds.minimum, bounds.maximum) == (3, 3)


def test_bounds_for_the_panel() -> None:
    assert only().bounds_of("it") is None
    assert only().bounds_of("gone") is None
    found = only(bounds={"adapt.maximum": {"maximum": 7}}).bounds_of("it")
    assert found is not None
    assert (found.minimum, found.maximum) == (0, 7)


def test_one_more_group() -> None:
    profiles = only(bounds=BOUNDS, defaults={"resources": {"memory": "4 GiB"}})
    done = profiles.resolve_group(cluster(), GroupCreate(name="b"))
    assert done.name == "b"
    assert plain(done.resources) == {"memory": "4 GiB", "gpus": 0}
    # Those are the cluster's own.
    assert (done.image, done.worker_command) == (None, None)
    for fields in ({"workers": 2}, {"image": "x"}, {"resources": {"memory": "99Gi"}}):
        group = msgspec.convert({"name": "b", **fields}, GroupCreate)
        with pytest.raises(InvalidField):
            profiles.resolve_group(cluster(), group)
    with pytest.raises(InvalidField):
        only(fields=["workers"]).resolve_group(cluster(), GroupCreate(name="b"))


def test_workers_with_and_without_gpus_in_one_cluster() -> None:
    profiles = book(gpu=builtin.gpu())
    groups = [{"name": "cpus", "resources": {"gpus": 0}}, {"name": "more"}]
    done = profiles.resolve(request(groups=groups))
    assert done.groups is not None
    cpus, more = done.groups
    assert done.worker_command == more.worker_command == ["dask", "cuda", "worker"]
    assert cpus.worker_command is None
    assert plain(cpus.resources)["gpus"] == 0
    assert plain(more.resources)["gpus"] == 1
    assert done.image == cpus.image == more.image == builtin.RAPIDS


def sized(name: str, desired: int, **sizes: Any) -> WorkerGroup:
    return WorkerGroup(name=name, desired=desired, ready=desired, **sizes)


def test_an_autoscaler_counts_with_its_maximum() -> None:
    profiles = only(bounds={"workers": {"minimum": 1, "maximum": 4}})
    groups = [sized("default", 0), sized("hm", 0)]
    wide = cluster(groups=groups, most=4)
    for refused in (
        lambda: profiles.resolve_group(wide, GroupCreate(name="g2", workers=4)),
        lambda: profiles.check_patch(wide, change(group="hm", workers=3)),
        lambda: profiles.resolve(
            request(adapt={"maximum": 4}, groups=[{"name": "hm", "workers": 4}])
        ),
    ):
        with pytest.raises(InvalidField, match="permits 4 workers in all groups"):
            refused()
    with pytest.raises(InvalidField, match="4 and 4 are 8"):
        profiles.resolve_group(wide, GroupCreate(name="g2", workers=4))
    profiles.resolve_group(wide, GroupCreate(name="g2", workers=0))
    narrow = cluster(groups=groups, most=2)
    profiles.check_patch(narrow, change(group="hm", workers=2))
    with pytest.raises(InvalidField, match="3 and 2 are 5"):
        profiles.check_patch(
            cluster(groups=[sized("default", 0), sized("hm", 2)], most=2),
            change(adapt={"maximum": 3}),
        )


def test_smaller_is_never_too_many() -> None:
    profiles = only(bounds={"workers": {"maximum": 4}})
    groups = [sized("default", 4), sized("hm", 3)]
    for fields in (
        {"group": "hm", "workers": 1},
        {"group": "hm", "workers": 3},
        {"workers": 3},
    ):
        profiles.check_patch(cluster(groups=groups), change(**fields))
    profiles.check_patch(cluster(groups=groups, most=4), change(adapt={"maximum": 3}))
    for fields in ({"group": "hm", "workers": 4}, {"workers": 5}):
        with pytest.raises(InvalidField):
            profiles.check_patch(cluster(groups=groups), change(**fields))


def test_the_end_of_an_autoscaler_keeps_the_bounds() -> None:
    few = only(bounds={"workers": {"maximum": 2}, "adapt.maximum": {"maximum": 6}})
    some = only(bounds={"workers": {"minimum": 1}})
    chosen = only(bounds={"workers": {"choices": ["2", "4"]}})
    for profiles, now, right in ((few, 6, 2), (some, 0, 1), (chosen, 3, 2)):
        running = cluster(groups=[sized("default", now)], most=6)
        with pytest.raises(InvalidField, match="Say how many") as caught:
            profiles.check_patch(running, change(adapt=None))
        assert caught.value.field == "adapt"
        for fields in ({"workers": right}, {"workers": right, "adapt": None}):
            profiles.check_patch(running, change(**fields))
        profiles.check_patch(
            cluster(groups=[sized("default", right)], most=6), change(adapt=None)
        )
        # Where there is no autoscaler, nothing ends.
        profiles.check_patch(cluster(groups=[sized("default", now)]), change(adapt=None))
    always = only(fields=["adapt"], defaults={"adapt": {"maximum": 2}})
    with pytest.raises(InvalidField, match="does not let you change"):
        always.check_patch(cluster(most=2), change(adapt=None))


def test_the_same_is_no_change() -> None:
    profiles = only(fields=["image"], defaults={"workers": 2})
    for fields in (
        {"workers": 2},
        {"workers": 1, "group": "more"},
        {"adapt": None},
    ):
        profiles.check_patch(cluster(), change(**fields))
    for fields in ({"workers": 1}, {"workers": 0, "group": "more"}):
        with pytest.raises(InvalidField, match="does not let you change"):
            profiles.check_patch(cluster(), change(**fields))
    adaptive = only(fields=["image"], defaults={"adapt": {"maximum": 5}})
    running = cluster(groups=[sized("default", 2)], most=5)
    adaptive.check_patch(running, change(adapt={"maximum": 5}))
    with pytest.raises(InvalidField, match="does not let you change"):
        adaptive.check_patch(running, change(workers=2))


def test_what_cannot_be_added_cannot_be_removed() -> None:
    profiles = only(label="It", fields=["workers"])
    with pytest.raises(InvalidField) as adding:
        profiles.resolve_group(cluster(), GroupCreate(name="b"))
    with pytest.raises(InvalidField) as removing:
        profiles.check_removal(cluster())
    assert removing.value.field == "group"
    assert removing.value.message == adding.value.message
    only().check_removal(cluster())
    profiles.check_removal(cluster("gone"))


def test_a_group_is_like_the_clusters_own_workers() -> None:
    profiles = only(
        defaults={"resources": {"memory": "300 MiB", "cpu": "1"}, "env": {"A": "1"}},
        bounds={"resources.memory": {"maximum": "1 GiB"}},
    )
    own = {"threads": 2, "memory": "512Mi", "cpu": "2", "gpus": 0}

    def later(groups: list[WorkerGroup], **resources: Any) -> Any:
        group = msgspec.convert({"name": "q", "resources": resources}, GroupCreate)
        return plain(profiles.resolve_group(cluster(groups=groups), group).resources)

    groups = [sized("default", 1, **own), sized("big", 1, memory="1Gi")]
    assert later(groups) == own
    assert later(groups, cpu="3") == {"cpu": "3", "memory": "512Mi", "gpus": 0}
    # As in a new cluster.
    done = profiles.resolve(request(resources=own, groups=[{"name": "q"}]))
    assert done.groups is not None
    assert plain(done.groups[0].resources) == own
    # What others made may be out of bounds, or have amounts that we do not know.
    assert later([sized("default", 1, memory="64Gi", cpu="0.0001k")]) == {
        "memory": "1 GiB",
        "cpu": "1",
        "gpus": 0,
    }


def test_the_profiles_own_groups() -> None:
    profiles = only(
        fields=["workers"],
        defaults={
            "workers": 1,
            "resources": {"memory": "256 MiB"},
            "groups": [{"name": "hm", "workers": 0, "env": {"A": "1"}}],
        },
        bounds={"resources.memory": {"maximum": "512 MiB"}},
    )
    same = [{"name": "hm", "workers": 0, "env": {"A": "1"}}]
    for asked in (request(), request(groups=same)):
        done = profiles.resolve(asked)
        assert done.groups is not None
        (group,) = done.groups
        assert plain(group.resources)["memory"] == "256 MiB"
        assert group.env == {"A": "1"}


def test_choices_are_a_maximum_for_what_stands_beside() -> None:
    profiles = only(
        bounds={
            "workers": {"choices": ["1", "2"]},
            "lifetime.seconds": {"choices": ["600", "60"]},
        }
    )
    for fields, field in (
        ({"adapt": {"minimum": 12, "maximum": 12}}, "adapt.maximum"),
        ({"groups": [{"name": "g", "workers": 11}]}, "groups"),
        ({"lifetime": {"kind": "keep"}}, "lifetime.kind"),
        ({"lifetime": {"kind": "notebook"}}, "lifetime.kind"),
    ):
        with pytest.raises(InvalidField) as caught:
            profiles.resolve(request(**fields))
        assert caught.value.field == field
    done = profiles.resolve(
        request(adapt={"maximum": 1}, groups=[{"name": "g", "workers": 1}])
    )
    assert done.lifetime is not None
    assert (done.lifetime.kind, done.lifetime.seconds) == ("idle", 600)
    bounds = profiles.bounds_of("it")
    assert bounds is not None
    assert (bounds.minimum, bounds.maximum) == (1, 2)
