"""What a client may get wrong: a status, a sentence with the field, nothing made."""

from __future__ import annotations

from typing import Any

import pytest

from jupyter_dask_k8s.pytest_plugin import DaskAPI


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"demo"', b"null", b"\xff", b"7"])
async def test_no_json_object(dask_api: DaskAPI, body: bytes) -> None:
    status, answer = await dask_api("POST", "clusters", body)
    assert status == 400
    assert answer["message"].startswith("The request's body must be a JSON object")
    assert await dask_api("GET", "clusters") == (200, {"clusters": []})


async def test_a_body_without_end(dask_api: DaskAPI) -> None:
    body = b'{"overlay":' + b'{"a":' * 20_000 + b"1" + b"}" * 20_001
    status, answer = await dask_api("POST", "preview", body)
    assert status == 400
    assert "nested" in answer["message"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"colour": "red"}, "colour"),
        ({"resources": {"threads": 1, "wheels": 4}}, "resources.wheels"),
        ({"workers": -1}, "workers"),
        ({"workers": 10**9}, "workers"),
        ({"workers": 10**30}, "workers"),
        ({"workers": "abc"}, "workers"),
        ({"workers": 1.5}, "workers"),
        ({"workers": True}, "workers"),
        ({"workers": [1]}, "workers"),
        ({"workers": 1, "adapt": {"maximum": 2}}, "workers"),
        ({"adapt": {"minimum": 1}}, "adapt.maximum"),
        ({"adapt": {"minimum": 3, "maximum": 2}}, "adapt.minimum"),
        ({"adapt": {"minimum": 0, "maximum": 0}}, "adapt.maximum"),
        ({"adapt": {"minimum": 0, "maximum": 10**9}}, "adapt.maximum"),
        ({"adapt": 3}, "adapt"),
        ({"resources": {"threads": 0}}, "resources.threads"),
        ({"resources": {"threads": 10**9}}, "resources.threads"),
        ({"resources": {"memory": "plenty"}}, "resources.memory"),
        ({"resources": {"memory": "1 MiB"}}, "resources.memory"),
        ({"resources": {"memory": "999 TiB"}}, "resources.memory"),
        ({"profile": "absent"}, "profile"),
        ({"env": {"A": 1}}, "env"),
        ({"env": ["A"]}, "env"),
        ({"env": {"A=B": "1"}}, "env"),
        ({"env": {"A": "\0"}}, "env"),
        ({"env": {"A": "x" * 200_000}}, "env"),
        ({"groups": [{"name": "Bad name"}]}, "groups[0].name"),
        ({"groups": [{"name": ""}]}, "groups[0].name"),
        ({"groups": [{"name": "a"}, {"name": "a"}]}, "groups[1].name"),
        ({"resources": {"memory": ""}}, "resources.memory"),
        ({"lifetime": {"kind": "for ever"}}, "lifetime.kind"),
        ({"lifetime": {"kind": "idle", "seconds": 0}}, "lifetime.seconds"),
        ({"lifetime": {"kind": "keep", "seconds": 5}}, "lifetime.seconds"),
        ({"lifetime": {"kind": "notebook"}}, "lifetime.kind"),
        ({"name": "a.b"}, "name"),
        ({"name": "a/b"}, "name"),
        ({"name": "Demo"}, "name"),
        ({"name": "-demo"}, "name"),
        ({"name": "demo-"}, "name"),
        ({"name": "1demo"}, "name"),
        ({"name": "demo\n"}, "name"),
        ({"name": "x" * 54}, "name"),
        ({"name": "x" * 64}, "name"),
        ({"name": "..%2f"}, "name"),
        ({"name": ""}, "name"),
        ({"name": 7}, "name"),
    ],
)
async def test_bad_fields(dask_api: DaskAPI, body: dict[str, Any], field: str) -> None:
    status, answer = await dask_api("POST", "clusters", body)
    assert status == 422, answer
    assert answer["reason"] == "InvalidField"
    assert answer["details"]["field"].startswith(field)
    assert answer["message"].endswith(".")
    assert "`" not in answer["message"]
    assert "“str”" not in answer["message"]
    assert await dask_api("GET", "clusters") == (200, {"clusters": []})


async def test_possible_words_are_told(dask_api: DaskAPI) -> None:
    toleration = {"operator": "Like"}
    for body, field, words in (
        ({"lifetime": {"kind": "for ever"}}, "lifetime.kind", "idle, keep, notebook"),
        (
            {"groups": [{"name": "a", "tolerations": [toleration]}]},
            "groups[0].tolerations[0].operator",
            "Equal, Exists",
        ),
    ):
        _, answer = await dask_api("POST", "clusters", body)
        assert answer["details"]["field"] == field
        assert answer["message"] == f"“{field}” is one of {words}."


async def test_the_words_are_those_of_the_form(dask_api: DaskAPI) -> None:
    adapt = {"minimum": 3, "maximum": 2}
    _, answer = await dask_api("POST", "clusters", {"adapt": adapt})
    assert answer["details"]["field"] == "adapt.minimum"
    assert answer["message"] == (
        "“At least” (adapt.minimum, 3) is above “At most” (adapt.maximum, 2)."
    )
    _, answer = await dask_api("POST", "clusters", {"name": "a_b"})
    assert answer["message"].startswith(
        "A name has only lower-case letters, digits and hyphens, starts with a letter, "
    )
    _, form = await dask_api("GET", "profiles")
    fields = form["form"]["properties"]
    assert (fields["minimum"]["title"], fields["maximum"]["title"]) == (
        "At least",
        "At most",
    )


async def test_a_taken_name_is_no_silent_attach(dask_api: DaskAPI) -> None:
    assert (await dask_api("POST", "clusters", {"name": "demo", "workers": 0}))[0] == 201
    status, answer = await dask_api("POST", "clusters", {"name": "demo", "workers": 1})
    assert (status, answer["reason"]) == (409, "NameTaken")
    _, answer = await dask_api("GET", "clusters")
    assert [cluster["groups"][0]["desired"] for cluster in answer["clusters"]] == [0]


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
@pytest.mark.parametrize("name", ["absent", "..%2f", "%2e%2e", "a.b", "x" * 64, "%00"])
async def test_unknown_clusters(dask_api: DaskAPI, method: str, name: str) -> None:
    body = {"workers": 1} if method == "PATCH" else None
    status, answer = await dask_api(method, f"clusters/{name}", body)
    assert status == 404
    assert answer["message"]


@pytest.mark.parametrize("what", ["metrics", "plots", "export"])
async def test_unknown_clusters_have_nothing(dask_api: DaskAPI, what: str) -> None:
    status, answer = await dask_api("GET", f"clusters/absent/{what}")
    assert (status, answer["reason"]) == (404, "ClusterNotFound")


BAD_CHANGES: list[tuple[dict[str, Any], str]] = [
    ({}, "workers"),
    ({"workers": -1}, "workers"),
    ({"workers": None}, "workers"),
    ({"workers": 10**9}, "workers"),
    ({"workers": 1, "adapt": {"maximum": 1}}, "workers"),
    ({"adapt": {}}, "adapt.maximum"),
    ({"group": "gpu", "workers": 1}, "group"),
    ({"name": "other"}, "name"),
    ({"lifetime": None}, "lifetime"),
]


async def test_bad_changes(dask_api: DaskAPI) -> None:
    await dask_api("POST", "clusters", {"name": "demo", "workers": 0})
    for body, field in BAD_CHANGES:
        status, answer = await dask_api("PATCH", "clusters/demo", body)
        assert status == 422, (body, answer)
        assert answer["details"]["field"] == field, body
    _, cluster = await dask_api("GET", "clusters/demo")
    assert cluster["groups"][0]["desired"] == 0


async def test_there_is_nothing_elsewhere(dask_api: DaskAPI) -> None:
    for path in ("", "nothing", "clusters/demo/nothing", "clusters/a/b/c"):
        status, answer = await dask_api("GET", path)
        assert (status, answer["message"]) == (404, "There is nothing at this address.")
