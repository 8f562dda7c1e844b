"""What the form shows of a profile."""

from __future__ import annotations

from typing import Any

from .ground import BOUNDS, only, request

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
