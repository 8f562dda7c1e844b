"""What is read, what is left out, and which one is the default."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import pytest

from jupyter_dask_k8s.errors import InvalidField
from jupyter_dask_k8s.models import (
    ClusterCreate,
)
from jupyter_dask_k8s.profiles import Book
from jupyter_dask_k8s.profiles.book import written

from .ground import Ground, book, plain, request

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
