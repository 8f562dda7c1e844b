"""What people, and programs, write: answers are results or sentences, never exceptions."""

from __future__ import annotations

import copy
import json
from contextlib import suppress
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jupyter_dask_k8s.backends.kubernetes.logfiles import time_of, without_time
from jupyter_dask_k8s.backends.kubernetes.manifest import fill_manifest
from jupyter_dask_k8s.backends.kubernetes.overlay import (
    _skeleton,
    apply_overlay,
    check_overlay,
)
from jupyter_dask_k8s.dashboard_paths import check_location, check_path, clean_query
from jupyter_dask_k8s.errors import ClusterError, NotPermitted
from jupyter_dask_k8s.handlers.bodies import decode_body
from jupyter_dask_k8s.models import (
    MAX_NAME_LENGTH,
    ClusterCreate,
    ClusterPatch,
    GroupCreate,
    JobCreate,
)
from jupyter_dask_k8s.names import make_name
from jupyter_dask_k8s.quantities import parse_cpu, parse_memory, parse_quantity
from tests.backends.kubernetes.test_manifest import RULES
from tests.backends.kubernetes.test_overlay import recipe

from .test_rest import CASES

__all__ = ["recipe"]

settings.register_profile(
    "fuzz",
    max_examples=5 * int(CASES),
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
settings.load_profile("fuzz")

SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
NUMBERS = st.text("0123456789.eE+-kKmMgGTiIbB \u0661", min_size=1) | st.integers(
    min_value=0
).map(lambda exponent: "9" * (exponent % 6000))


def trees(keys: st.SearchStrategy[str]) -> st.SearchStrategy[Any]:
    """Anything that JSON can hold, with keys that mean something."""
    return st.recursive(
        SCALARS | NUMBERS | keys,
        lambda inner: (
            st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4)
        ),
        max_leaves=20,
    )


def keys_of(*types: type) -> st.SearchStrategy[str]:
    """All names of fields, at whatever depth, and some others."""
    schemas = msgspec.json.schema_components(types)[1].values()
    names = {name for schema in schemas for name in schema.get("properties", {})}
    return st.sampled_from(sorted(names)) | st.text(max_size=5)


def parse_all(text: str) -> None:
    for parse in (parse_memory, parse_cpu, parse_quantity):
        with suppress(ValueError):
            parse(text)


@given(NUMBERS | st.text())
def test_amounts(text: str) -> None:
    parse_all(text)


@pytest.mark.parametrize("digits", [20, 400, 5000])
def test_amounts_beyond_all_machines(digits: int) -> None:
    for text in (
        "9" * digits,
        f"{'9' * digits}Gi",
        f"{'9' * digits}m",
        f"1e{'9' * digits}",
    ):
        parse_all(text)


@pytest.mark.parametrize("type", [ClusterCreate, ClusterPatch, GroupCreate, JobCreate])
@given(data=st.data())
def test_bodies(type: type, data: st.DataObject) -> None:
    keys = keys_of(type)
    body = data.draw(st.binary() | st.dictionaries(keys, trees(keys)).map(json.dumps))
    with suppress(ClusterError):
        decode_body(body.encode() if isinstance(body, str) else body, type)


@given(data=st.data())
def test_creates(recipe: dict[str, Any], data: st.DataObject) -> None:
    """From a body to the manifest."""
    keys = keys_of(ClusterCreate)
    body = data.draw(st.dictionaries(keys, trees(keys)))
    body = {"name": "demo"} | body
    with suppress(ClusterError):
        request = decode_body(json.dumps(body).encode(), ClusterCreate)
        fill_manifest(copy.deepcopy(recipe), RULES.wish(request, "alice"))


def names_in(tree: Any) -> set[str]:
    if isinstance(tree, dict):
        return set(tree).union(*(names_in(it) for it in tree.values()))
    return set().union(*(names_in(it) for it in tree)) if isinstance(tree, list) else set()


OVERLAY_KEYS = st.sampled_from(
    sorted(names_in(_skeleton()) | {"volumes", "tolerations", "volumeMounts", "emptyDir"})
)


@given(st.dictionaries(OVERLAY_KEYS, trees(OVERLAY_KEYS)))
def test_overlays(overlay: dict[str, Any]) -> None:
    spec = _skeleton()
    with suppress(ClusterError):
        check_overlay(overlay)
        json.dumps(apply_overlay(spec, overlay))
    assert spec == _skeleton()


@pytest.mark.parametrize("value", [["x"], [None], [1], [[]], [{}], "x", 1, True, {"a": 1}])
@pytest.mark.parametrize(
    "path",
    [
        ("scheduler",),
        ("scheduler", "spec"),
        ("scheduler", "service"),
        ("scheduler", "service", "ports"),
        ("scheduler", "spec", "containers"),
        ("worker", "spec", "containers"),
        ("worker", "spec", "volumes"),
        ("worker", "spec", "tolerations"),
    ],
)
def test_overlays_of_the_wrong_kind(path: tuple[str, ...], value: Any) -> None:
    overlay = value
    for part in reversed(path):
        overlay = {part: overlay}
    with suppress(ClusterError):
        check_overlay(overlay)


@pytest.mark.parametrize("part", ["env", "ports", "args", "resources"])
@pytest.mark.parametrize(
    "value", [["x"], [None], [{"name": ["x"]}], [{"name": {}}], [{}], "x", 1, {"a": 1}]
)
def test_overlays_of_containers(part: str, value: Any) -> None:
    for where in ("scheduler", "worker"):
        with suppress(ClusterError):
            check_overlay({where: {"spec": {"containers": [{part: value}]}}})


@given(st.text())
def test_names(owner: str) -> None:
    name = make_name(owner)
    assert len(name) <= MAX_NAME_LENGTH
    decode_body(json.dumps({"name": name}).encode(), ClusterCreate)


PARTS = st.sampled_from(
    [
        "..",
        ".",
        "",
        "status",
        "info",
        "task",
        "proxy",
        "api",
        "%2e%2e",
        "%2F",
        "\\",
        "x.html",
    ]
)
PATHS = st.text() | st.lists(PARTS | st.text(max_size=3)).map("/".join)
ALLOWED = set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/%_.-~")


@given(PATHS)
def test_paths_of_dashboards(path: str) -> None:
    """What passes is one absolute path that no server understands in another way."""
    with suppress(NotPermitted):
        sent = check_path(path)
        assert set(sent) <= ALLOWED
        assert sent.startswith("/")
        assert "//" not in sent
        assert not {".", ".."} & set(sent.split("/"))
        assert sent.split("/")[1] not in ("proxy", "api", "jupyter", "eventstream")


@given(PATHS | st.builds("{}//{}".format, st.sampled_from(["http:", "", "x:"]), PATHS))
def test_redirects_of_dashboards(location: str) -> None:
    with suppress(NotPermitted):
        sent = check_location(location, "/info/x", "scheduler.example:8787")
        assert sent.isascii()
        assert sent.isprintable()
        check_path(sent[1:].partition("?")[0].partition("#")[0].replace("%20", " "))


@given(st.text())
def test_queries_of_dashboards(query: str) -> None:
    sent = clean_query(query)
    assert sent.isascii()
    assert not any(
        sent[1:].startswith(f"{it}=") or f"&{it}=" in sent for it in ("token", "_xsrf")
    )


@given(st.binary())
def test_lines_of_logs(line: bytes) -> None:
    time_of(line)
    assert line.endswith(without_time(line))
