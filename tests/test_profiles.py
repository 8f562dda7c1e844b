"""Profiles: what is read, what a request comes to, what is refused, what the form shows."""

from __future__ import annotations

import logging
from typing import Any

import msgspec
import pytest

from jupyter_dask_k8s.backends.kubernetes.form import create_form
from jupyter_dask_k8s.backends.kubernetes.overlay import check_overlay
from jupyter_dask_k8s.backends.kubernetes.rules import Defaults, Rules
from jupyter_dask_k8s.errors import InvalidField
from jupyter_dask_k8s.models import (
    BackendName,
    ClusterCreate,
    ClusterPatch,
    GroupCreate,
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
        profiles.check_scale("it", change(**fields), GROUPS)
    assert caught.value.field == field


def test_changes_within_the_bounds() -> None:
    profiles = only(bounds=BOUNDS)
    for fields in ({"workers": 3}, {"workers": 2, "group": "more"}, {"adapt": None}):
        asked = change(**fields)
        assert profiles.check_scale("it", asked, GROUPS) == asked
    done = profiles.check_scale("it", change(lifetime={"kind": "idle"}), GROUPS)
    assert plain(done.lifetime) == {
        "kind": "idle",
        "seconds": 3600,
        "no_client_seconds": 600,
    }
    # Of a profile that is not there nothing is known.
    asked = change(workers=99)
    assert profiles.check_scale("gone", asked, GROUPS) == asked


def test_what_is_fixed_stays_fixed() -> None:
    profiles = only(fields=["image"], defaults={"workers": 3})
    for fields in (
        {"workers": 4},
        {"adapt": {"maximum": 4}},
        {"lifetime": {"kind": "idle"}},
    ):
        with pytest.raises(InvalidField):
            profiles.check_scale("it", change(**fields), GROUPS[:1])
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
    done = profiles.resolve_group("it", GroupCreate(name="b"), GROUPS)
    assert done.name == "b"
    assert plain(done.resources) == {"memory": "4 GiB"}
    # Those are the cluster's own.
    assert (done.image, done.worker_command) == (None, None)
    for fields in ({"workers": 2}, {"image": "x"}, {"resources": {"memory": "99Gi"}}):
        group = msgspec.convert({"name": "b", **fields}, GroupCreate)
        with pytest.raises(InvalidField):
            profiles.resolve_group("it", group, GROUPS)
    with pytest.raises(InvalidField):
        only(fields=["workers"]).resolve_group("it", GroupCreate(name="b"), [])


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
    profiles = book(a={"extends": "b"}, b={"extends": "a"})
    assert len(profiles.troubles) == 2
    assert profiles.answer().profiles == []


def test_which_one_is_the_default() -> None:
    assert book(a={}, b={}).answer().default == "a"
    assert book(a={}, small={}).answer().default == "small"
    assert book("b", a={}, b={}).answer().default == "b"
    chosen = book("b", a={}, b={"defaults": {"workers": 7}})
    for name in (None, "default"):
        assert chosen.resolve(request(profile=name)).workers == 7
    absent = book("c", a={})
    assert absent.answer().default == "a"
    assert "“c”" in absent.answer().troubles[0]
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
