"""What a request comes to, and what is refused."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from jupyter_dask_k8s.errors import InvalidField

from .ground import BOUNDS, only, plain, request

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
