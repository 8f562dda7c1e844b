"""Profiles: what is read, what a request comes to, what is refused, what the form shows."""

from __future__ import annotations

import datetime
import logging
from collections.abc import Collection
from typing import Any

import msgspec
import pytest

from jupyter_dask_k8s.backends.kubernetes.form import create_form
from jupyter_dask_k8s.backends.kubernetes.overlay import check_overlay
from jupyter_dask_k8s.backends.kubernetes.rules import Defaults, Rules
from jupyter_dask_k8s.errors import InvalidField
from jupyter_dask_k8s.models import (
    Adapt,
    BackendName,
    Cluster,
    ClusterCreate,
    ClusterPatch,
    GroupCreate,
    Lifetime,
    Limits,
    WorkerGroup,
)
from jupyter_dask_k8s.profiles import Book, builtin
from jupyter_dask_k8s.profiles.book import written

LIMITS = Limits(
    max_workers=100,
    max_threads=32,
    memory=None,
    default_workers=2,
    default_threads=1,
    default_memory=2**31,
    max_clusters=None,
)
DEFAULTS = Defaults(
    image="example.org/dask:1",
    cpu=1000,
    memory=2**31,
    scheduler_cpu=500,
    scheduler_memory=2**30,
    overcommit=1.0,
    idle_minutes=0,
    grace_seconds=0,
    gpu_resource="nvidia.com/gpu",
)


class Ground:
    """A backend's part, with the rules of the Kubernetes backend."""

    backend_name: BackendName = "kubernetes"
    log: logging.Logger | logging.LoggerAdapter[Any] = logging.getLogger("test")
    limits = LIMITS
    without: Collection[str] = ()

    def base_request(self) -> ClusterCreate:
        return request(
            workers=2,
            resources={"cpu": "1", "memory": "2 GiB"},
            image="example.org/dask:1",
            lifetime={"kind": "keep"},
        )

    def form(self) -> dict[str, Any]:
        return create_form(LIMITS, DEFAULTS, ("idle", "notebook", "keep"))

    def check_profile(self, request: ClusterCreate, overlay: dict[str, Any]) -> None:
        Rules(LIMITS, DEFAULTS).wish(request, "nobody")
        check_overlay(overlay)


def request(**fields: Any) -> ClusterCreate:
    return msgspec.convert(fields, ClusterCreate)


def plain(answer: Any) -> Any:
    """What is said, without what is not."""
    found = msgspec.to_builtins(answer)
    return {key: value for key, value in found.items() if value is not None}


def book(default: str = "", /, **profiles: Any) -> Book:
    made = Book(Ground(), default)
    made.load("settings", *written(profiles, "c.Backend.profiles"))
    return made


def only(**profile: Any) -> Book:
    made = book(it=profile)
    assert made.troubles == []
    return made


# --- what a request comes to ---------------------------------------------------------


def test_a_request_is_filled_in() -> None:
    profiles = only(
        defaults={
            "workers": 4,
            "image": "example.org/big:2",
            "resources": {"cpu": "4", "memory": "16Gi"},
            "env": {"A": "1", "B": "2"},
            "lifetime": {"kind": "idle", "seconds": 1800},
            "packages": ["polars"],
        }
    )
    asked = request(
        name="demo", resources={"memory": "8 GiB"}, env={"B": "3"}, packages=["dask"]
    )
    done = profiles.resolve(asked)
    assert plain(done) == {
        "name": "demo",
        "profile": "it",
        "workers": 4,
        "image": "example.org/big:2",
        "resources": {"threads": None, "cpu": "4", "memory": "8 GiB", "gpus": None},
        "env": {"A": "1", "B": "3"},
        "lifetime": {"kind": "idle", "seconds": 1800, "no_client_seconds": None},
        "packages": ["dask"],
    }


def test_one_way_of_scaling_replaces_the_other() -> None:
    adaptive = only(defaults={"adapt": {"minimum": 1, "maximum": 5}})
    assert plain(adaptive.resolve(request(workers=3))).get("adapt") is None
    assert adaptive.resolve(request()).adapt is not None
    fixed = only(defaults={"workers": 3})
    done = fixed.resolve(request(adapt={"maximum": 2}))
    assert (done.workers, done.adapt and done.adapt.maximum) == (None, 2)


def test_another_lifetime_does_not_inherit_the_clock() -> None:
    profiles = only(
        defaults={"lifetime": {"kind": "idle", "seconds": 60, "no_client_seconds": 90}}
    )

    def lifetime(**wanted: Any) -> Any:
        done = profiles.resolve(request(lifetime=wanted)).lifetime
        assert done is not None
        return done.kind, done.seconds, done.no_client_seconds

    assert lifetime(kind="idle") == ("idle", 60, 90)
    assert lifetime(kind="idle", seconds=5) == ("idle", 5, 90)
    assert lifetime(kind="notebook") == ("notebook", None, 90)
    assert lifetime(kind="keep") == ("keep", None, None)


def test_what_is_not_said_moves_into_the_bounds() -> None:
    profiles = only(
        bounds={
            "workers": {"minimum": 3},
            "resources.memory": {"maximum": "1 GiB"},
            "resources.cpu": {"minimum": 2},
            "resources.gpus": {"minimum": 1},
            "image": {"choices": ["example.org/a:1", "example.org/b:*"]},
            "lifetime.seconds": {"maximum": 600},
        }
    )
    done = profiles.resolve(request())
    assert done.workers == 3
    assert plain(done.resources) == {"memory": "1 GiB", "cpu": "2", "gpus": 1}
    assert done.image == "example.org/a:1"
    assert plain(done.lifetime) == {"kind": "idle", "seconds": 600}


def test_threads_are_no_way_around_the_cpu() -> None:
    bounded = only(bounds={"resources.cpu": {"maximum": "4"}})
    done = bounded.resolve(request(resources={"threads": 16})).resources
    assert done is not None
    assert (done.threads, done.cpu) == (16, "4")
    fixed = only(fields=["resources.threads"], defaults={"resources": {"threads": 2}})
    done = fixed.resolve(request(resources={"threads": 16})).resources
    assert done is not None
    assert done.cpu == "2"
    few = only(bounds={"resources.threads": {"maximum": 2}})
    done = few.resolve(request(resources={"cpu": "8"})).resources
    assert done is not None
    assert (done.threads, done.cpu) == (2, "8")


# --- what is refused -----------------------------------------------------------------

BOUNDS: dict[str, Any] = {
    "workers": {"minimum": 1, "maximum": 4},
    "resources.cpu": {"minimum": "500m", "maximum": "4"},
    "resources.memory": {"minimum": "1Gi", "maximum": "16Gi"},
    "resources.gpus": {"maximum": 1},
    "resources.threads": {"maximum": 8},
    "image": {"choices": ["example.org/dask:1", "example.org/team/*"]},
    "packages": {"choices": ["polars", "pyarrow*"]},
    "worker_command": {"choices": ["dask worker", "dask cuda worker"]},
    "lifetime.kind": {"choices": ["idle"]},
    "lifetime.seconds": {"minimum": 60, "maximum": 3600},
    "lifetime.no_client_seconds": {"maximum": 600},
}


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"workers": 0}, "workers"),
        ({"workers": 5}, "workers"),
        ({"adapt": {"maximum": 5}}, "adapt.maximum"),
        ({"resources": {"cpu": "4001m"}}, "resources.cpu"),
        ({"resources": {"cpu": "0.1"}}, "resources.cpu"),
        ({"resources": {"memory": "20 GiB"}}, "resources.memory"),
        ({"resources": {"memory": "17179869185"}}, "resources.memory"),
        ({"resources": {"memory": "512 MiB"}}, "resources.memory"),
        ({"resources": {"memory": "lots"}}, "resources.memory"),
        ({"resources": {"gpus": 2}}, "resources.gpus"),
        ({"resources": {"threads": 9}}, "resources.threads"),
        ({"image": "example.org/other"}, "image"),
        ({"image": "example.org/team"}, "image"),
        ({"packages": ["polars", "cowsay"]}, "packages"),
        ({"worker_command": ["sh", "-c", "true"]}, "worker_command"),
        ({"lifetime": {"kind": "keep"}}, "lifetime.kind"),
        ({"lifetime": {"kind": "notebook"}}, "lifetime.kind"),
        ({"lifetime": {"kind": "idle", "seconds": 3601}}, "lifetime.seconds"),
        ({"lifetime": {"kind": "idle", "seconds": 59}}, "lifetime.seconds"),
        (
            {"lifetime": {"kind": "idle", "no_client_seconds": 601}},
            "lifetime.no_client_seconds",
        ),
        ({"overlay": {"worker": {}}}, "overlay"),
        (
            {"groups": [{"name": "a", "resources": {"memory": "32Gi"}}]},
            "groups[0].resources.memory",
        ),
        ({"groups": [{"name": "a"}, {"name": "b", "image": "x"}]}, "groups[1].image"),
        ({"workers": 3, "groups": [{"name": "a", "workers": 2}]}, "groups"),
        ({"groups": [{"name": "a", "workers": 3}]}, "groups"),
    ],
)
def test_every_bound_is_refused(fields: dict[str, Any], field: str) -> None:
    profiles = only(bounds=BOUNDS)
    with pytest.raises(InvalidField) as caught:
        profiles.resolve(request(**fields))
    assert caught.value.field == field
    assert caught.value.message.endswith(".")


@pytest.mark.parametrize(
    "fields",
    [
        {"workers": 4},
        {"adapt": {"minimum": 0, "maximum": 4}},
        {"resources": {"memory": "16 GiB", "cpu": "4000m", "threads": 8, "gpus": 1}},
        {"image": "example.org/team/one:7"},
        {"packages": ["polars", "pyarrow==20"]},
        {"lifetime": {"kind": "idle", "seconds": 3600, "no_client_seconds": 600}},
        {"workers": 3, "groups": [{"name": "a", "workers": 1}]},
    ],
)
def test_what_is_within_the_bounds_passes(fields: dict[str, Any]) -> None:
    done = msgspec.to_builtins(only(bounds=BOUNDS).resolve(request(**fields)))
    for name, value in fields.items():
        if name not in ("groups", "resources", "lifetime"):
            assert done[name] == value


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"workers": 9}, "workers"),
        ({"workers": 0}, "workers"),
        ({"adapt": {"maximum": 1}}, "adapt.maximum"),
        ({"image": "example.org/other"}, "image"),
        ({"resources": {"cpu": "2"}}, "resources.cpu"),
        ({"resources": {"gpus": 1}}, "resources.gpus"),
        ({"env": {"A": "2"}}, "env"),
        ({"worker_command": ["x"]}, "worker_command"),
        ({"node_selector": {"a": "b"}}, "node_selector"),
        ({"tolerations": [{"key": "a"}]}, "tolerations"),
        ({"lifetime": {"kind": "idle"}}, "lifetime.kind"),
        ({"groups": [{"name": "a"}]}, "groups"),
        ({"packages": ["polars"]}, "packages"),
        ({"overlay": {"worker": {}}}, "overlay"),
    ],
)
def test_what_may_not_be_changed_is_refused(fields: dict[str, Any], field: str) -> None:
    profiles = only(
        fields=["resources.memory"],
        defaults={"workers": 3, "env": {"A": "1"}, "resources": {"cpu": "500m"}},
    )
    with pytest.raises(InvalidField) as caught:
        profiles.resolve(request(**fields))
    assert caught.value.field.startswith(field.partition(".")[0])
    assert "does not let you change" in caught.value.message
    # The same as it is anyway is no change.
    profiles.resolve(
        request(
            workers=3,
            env={"A": "1"},
            resources={"memory": "9 GiB", "cpu": "0.5", "gpus": 0},
            image="example.org/dask:1",
            lifetime={"kind": "keep"},
        )
    )


def test_an_overlay_where_the_profile_permits_it() -> None:
    profiles = only(fields=["overlay"])
    assert profiles.resolve(request(overlay={"a": 1})).overlay == {"a": 1}


def test_unknown_profiles() -> None:
    with pytest.raises(InvalidField) as caught:
        only().resolve(request(profile="absent"))
    assert caught.value.field == "profile"
    assert "“it”" in caught.value.message


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


# --- a default that is not there -----------------------------------------------------


@pytest.mark.parametrize(
    ("profiles", "why"),
    [
        ({}, "not there"),
        ({"standard": {"bounds": {"workers": {"max": 2}}}}, "bounds.workers.max"),
        ({"standard": {"backend": "local"}}, "not for the backend “kubernetes”"),
        ({"up": {"backend": "local"}, "standard": {"extends": "up"}}, "not for the"),
    ],
)
def test_no_profile_stands_in_for_the_default(profiles: Any, why: str) -> None:
    chosen = book("standard", small={}, **profiles)
    for name in (None, "default"):
        with pytest.raises(InvalidField) as caught:
            chosen.resolve(request(profile=name))
        message = caught.value.message
        assert caught.value.field == "profile"
        assert "“standard”, which the administrator set as default" in message
        assert why in message
        assert message.endswith("Choose another profile, or tell the administrator.")
    assert chosen.resolve(request(profile="small")).profile == "small"
    answer = chosen.answer()
    assert answer.default == ""
    assert any("set as default" in it and why in it for it in answer.troubles)
    chosen.load("more", *written({"standard": {}}, "more"))
    assert chosen.resolve(request()).profile == "standard"
    assert not any("set as default" in it for it in chosen.answer().troubles)


def test_a_broken_profile_hides_an_earlier_one_of_its_name() -> None:
    profiles = Book(Ground(), "")
    profiles.load("package", *written({"small": {}, "other": {}}, "the package"))
    profiles.load("settings", *written({"small": {"bounds": 7}}, "the settings"))
    assert [it.name for it in profiles.answer().profiles] == ["other"]
    for name in (None, "small"):
        with pytest.raises(InvalidField, match="cannot be used"):
            profiles.resolve(request(profile=name))


def test_bounds_merge_with_those_that_are_extended() -> None:
    profiles = book(
        base={"bounds": {"workers": {"maximum": 4}, "image": {"choices": ["a/*"]}}}
        | {"defaults": {"image": "a/b"}},
        it={"extends": "base", "bounds": {"workers": {"minimum": 3}}},
        none={"extends": "base", "bounds": {"workers": {"minimum": 5}}},
    )
    for workers in (2, 5, 9):
        with pytest.raises(InvalidField):
            profiles.resolve(request(profile="it", workers=workers))
    assert profiles.resolve(request(profile="it")).workers == 3
    assert profiles.find("it").bounds["image"].choices == ["a/*"]
    (trouble,) = profiles.troubles
    assert "“none”" in trouble
    assert "the minimum is above the maximum" in trouble


def test_labels_of_profiles_that_extend() -> None:
    profiles = book(std={"label": "Standard", "icon": "cpu"}, mine={"extends": "std"})
    std, mine = profiles.answer().profiles
    assert (mine.label, mine.icon, std.label) == ("mine", "cpu", "Standard")


def test_what_means_nothing_here_is_passed_over() -> None:
    class Local(Ground):
        without: Collection[str] = ("image", "resources.cpu", "overlay")

        def check_profile(self, request: ClusterCreate, overlay: Any) -> None:
            assert not overlay

    content = {
        "it": {
            "defaults": {
                "resources": {"cpu": "2", "memory": "1 GiB"},
                "groups": [{"name": "g", "image": "b", "workers": 2}],
            },
            "bounds": {"image": {"choices": ["a"]}, "workers": {"maximum": 5}},
            "overlay": {"worker": {"replicas": 3}},
        }
    }
    profiles = Book(Local(), "")
    profiles.load("settings", *written(content, "the settings"))
    assert profiles.troubles == []
    found = profiles.find("it")
    assert set(found.bounds) == {"workers"}
    assert set(found.defaults) == {"resources.memory", "groups"}
    (group,) = found.defaults["groups"]
    assert (group.name, group.workers, group.image) == ("g", 2, None)


# --- what is read --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("profile", "words"),
    [
        (7, "no mapping"),
        ({"colour": "red"}, "colour"),
        ({"defaults": {"workers": "many"}}, "defaults.workers"),
        ({"defaults": {"wheels": 1}}, "wheels"),
        ({"defaults": {"name": "x"}}, "defaults.name"),
        ({"defaults": {"workers": 1, "adapt": {"maximum": 2}}}, "both"),
        ({"defaults": {"resources": {"memory": "lots"}}}, "resources.memory"),
        ({"defaults": {"image": "a b"}}, "a b"),
        ({"defaults": {"workers": 1000}}, "100"),
        ({"fields": ["wheels"]}, "wheels"),
        ({"fields": "workers"}, "fields"),
        ({"bounds": {"wheels": {"maximum": 1}}}, "wheels"),
        ({"bounds": {"env": {"choices": ["A"]}}}, "env"),
        ({"bounds": {"workers": {"max": 1}}}, "bounds.workers.max"),
        ({"bounds": {"workers": 4}}, "bounds.workers"),
        ({"bounds": {"workers": {"maximum": "x"}}}, "workers"),
        ({"bounds": {"workers": {"maximum": "4"}}}, "workers"),
        ({"bounds": {"workers": {"minimum": 4, "maximum": 2}}}, "above"),
        ({"bounds": {"workers": {"maximum": -1}}}, "-1 cannot be"),
        ({"bounds": {"workers": {"choices": ["2", "few"]}}}, "“few” is no whole number"),
        ({"bounds": {"workers": {"choices": ["-1"]}}}, "-1 cannot be"),
        ({"bounds": {"workers": {"minimum": 3, "choices": ["2"]}}}, "no choice"),
        ({"bounds": {"workers": {"minimum": 3}, "adapt.maximum": {"maximum": 2}}}, "above"),
        ({"bounds": {"resources.threads": {"maximum": 0}}}, "resources.threads"),
        ({"bounds": {"lifetime.seconds": {"maximum": 0}}}, "lifetime.seconds"),
        ({"bounds": {"resources.memory": {"maximum": -5}}}, "no amount"),
        ({"bounds": {"resources.memory": {"choices": ["lots"]}}}, "no amount"),
        ({"bounds": {"resources.cpu": {"minimum": "3", "maximum": "2000m"}}}, "above"),
        (
            {"bounds": {"workers": {"maximum": 2}}, "defaults": {"adapt": {"maximum": 3}}},
            "adapt.maximum",
        ),
        (
            {
                "bounds": {"resources.memory": {"maximum": "1Gi"}},
                "defaults": {"groups": [{"name": "g", "resources": {"memory": "2Gi"}}]},
            },
            "groups[0].resources.memory",
        ),
        (
            {
                "bounds": {"workers": {"maximum": 2}},
                "defaults": {"groups": [{"name": "g", "workers": 2}]},
            },
            "permits 2 workers",
        ),
        ({"bounds": {"image": {"maximum": 2}}}, "choices"),
        ({"bounds": {"image": {"choices": []}}}, "empty"),
        ({"bounds": {"image": {"choices": ["a/*"]}}}, "image"),
        ({"bounds": {"resources.memory": {"maximum": "lots"}}}, "resources.memory"),
        ({"bounds": {"workers": {"maximum": 2}}, "defaults": {"workers": 3}}, "workers"),
        ({"overlay": {"worker": {"replicas": 3}}}, "worker.replicas"),
        ({"overlay": {"scheduler": {"service": {"selector": None}}}}, "selector"),
        ({"extends": "absent"}, "absent"),
        ({"backend": "moon"}, "backend"),
    ],
)
def test_a_broken_profile_is_told_and_left_out(profile: Any, words: str) -> None:
    profiles = book(good={}, bad=profile)
    (trouble,) = profiles.troubles
    assert "“bad”" in trouble
    assert words in trouble
    assert trouble.endswith(".")
    assert [it.name for it in profiles.answer().profiles] == ["good"]


def test_later_wins_and_may_extend() -> None:
    profiles = Book(Ground(), "")
    first = {"it": {"label": "It", "defaults": {"workers": 1, "env": {"A": "1"}}}}
    profiles.load("package", *written(first, "the package"))
    second = {
        "it": {"extends": "it", "defaults": {"env": {"B": "2"}}},
        "more": {"extends": "it", "defaults": {"adapt": {"maximum": 2}}},
    }
    profiles.load("settings", *written(second, "the settings"))
    assert profiles.troubles == []
    it, more = profiles.answer().profiles
    assert it.defaults.env == more.defaults.env == {"A": "1", "B": "2"}
    assert (it.label, it.source, it.defaults.workers) == ("It", "platform", 1)
    assert more.defaults.workers is None
    profiles.load("settings", [])
    assert profiles.answer().profiles[0].defaults.env == {"A": "1"}


def test_circles_are_told() -> None:
    profiles = book(a={"extends": "b"}, b={"extends": "a"}, c={"extends": "a"})
    one, two, three = profiles.troubles
    assert one.endswith("it and “b” extend each other.")
    assert two.endswith("it and “a” extend each other.")
    assert three.endswith("it extends “a”, which is left out, too.")
    assert profiles.answer().profiles == []


def test_which_one_is_the_default() -> None:
    assert book(a={}, b={}).answer().default == "a"
    assert book(a={}, small={}).answer().default == "small"
    assert book("b", a={}, b={}).answer().default == "b"
    chosen = book("b", a={}, b={"defaults": {"workers": 7}})
    for name in (None, "default"):
        assert chosen.resolve(request(profile=name)).workers == 7
    assert plain(book().resolve(request(workers=1))) == {"workers": 1, "profile": ""}


def test_a_list_and_other_backends() -> None:
    profiles = Book(Ground(), "")
    content = [{"name": "a"}, {"label": "nameless"}, {"name": "b", "backend": "local"}]
    profiles.load("settings", *written(content, "c.Backend.profiles"))
    assert [it.name for it in profiles.answer().profiles] == ["a"]
    assert profiles.troubles == ["Number 2 of c.Backend.profiles is left out: no name."]


def test_every_change_is_told() -> None:
    heard: list[str] = []
    profiles = book(a={}, b={})
    profiles.on_change = heard.append
    profiles.load("settings", *written({"a": {"label": "A"}, "b": {}, "c": {}}, ""))
    assert heard == ["a", "c"]
    profiles.load("settings", *written({"a": {"label": "A"}, "c": 7}, ""))
    assert heard[2:] == ["b", "c"]
    profiles.load("settings", *written({"a": {"label": "A"}, "c": 8}, ""))
    profiles.load("settings", *written({"a": {"label": "A"}}, ""))
    assert heard[4:] == [""]


# --- the form ------------------------------------------------------------------------


def form(**profile: Any) -> dict[str, Any]:
    properties: dict[str, Any] = only(**profile).answer().form["properties"]
    return properties


def test_the_form_has_what_may_be_changed() -> None:
    assert "threads" not in form()
    assert "threads" in form(defaults={"resources": {"threads": 2}})
    assert list(form(fields=["workers", "resources.memory"])) == [
        "name",
        "scaling",
        "workers",
        "memory",
    ]
    assert list(form(fields=[])) == ["name"]


def test_the_form_has_bounds_and_defaults() -> None:
    shown = form(bounds=BOUNDS, defaults={"resources": {"cpu": "2"}, "workers": 3})
    workers = shown["workers"]
    assert (workers["minimum"], workers["maximum"], workers["default"]) == (1, 4, 3)
    assert (shown["maximum"]["maximum"], shown["maximum"]["default"]) == (4, 4)
    assert shown["cpu"]["default"] == "2"
    assert (shown["memory"]["x-minimum"], shown["memory"]["x-maximum"]) == ("1Gi", "16Gi")
    assert "From 1Gi to 16Gi." in shown["memory"]["description"]
    assert shown["ends"]["enum"] == ["idle"]
    idle = shown["idle_minutes"]
    assert (idle["minimum"], idle["maximum"], idle["default"]) == (1, 60, 60)
    assert shown["no_client_minutes"]["maximum"] == 10
    choices = form(bounds={"image": {"choices": ["a:1", "b:1"]}})["image"]
    assert (choices["enum"], choices["default"]) == (["a:1", "b:1"], "a:1")


def test_the_form_of_one_way_of_scaling() -> None:
    fixed = form(fields=["workers"])
    assert fixed["scaling"]["enum"] == ["fixed"]
    assert "maximum" not in fixed
    adaptive = form(fields=["adapt"], defaults={"adapt": {"maximum": 3}})
    assert (adaptive["scaling"]["enum"], adaptive["scaling"]["default"]) == (
        ["adaptive"],
        "adaptive",
    )
    assert adaptive["maximum"]["default"] == 3
    both = form(defaults={"adapt": {"maximum": 3}})
    assert both["scaling"]["default"] == "adaptive"


def test_what_the_form_sends_by_itself_is_permitted() -> None:
    # A client that sends each default of the form back is right in every case.
    for profile in ({}, {"bounds": BOUNDS}, {"defaults": {"lifetime": {"kind": "keep"}}}):
        shown = form(**profile)
        value = {name: it.get("default") for name, it in shown.items()}
        only(**profile).resolve(
            request(
                workers=value["workers"],
                image=value["image"],
                resources={"cpu": value["cpu"], "memory": value["memory"]},
                lifetime={"kind": value["ends"]},
            )
        )
