"""How lifetimes are read from a DaskCluster."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from jupyter_dask_k8s.backends.kubernetes.lifetime import draw_lifetime, lifetime_warnings
from jupyter_dask_k8s.backends.kubernetes.manifest import ENDING, ending_text
from jupyter_dask_k8s.backends.kubernetes.objects import DaskCluster
from jupyter_dask_k8s.backends.kubernetes.wish import Ending


def stored(
    ending: Ending | None, timeout: int | None, owners: list[dict[str, str]] | None = None
) -> DaskCluster:
    metadata: dict[str, Any] = {"name": "demo", "ownerReferences": owners or []}
    if ending is not None:
        metadata["annotations"] = {ENDING: ending_text(ending)}
    spec = {} if timeout is None else {"idleTimeout": timeout}
    return msgspec.convert({"metadata": metadata, "spec": spec}, DaskCluster)


@pytest.mark.parametrize(
    ("ending", "timeout", "expected"),
    [
        (Ending("idle", 60), 60, ("idle", 60, None)),
        (Ending("idle", 60, 20), 60, ("idle", 60, 20)),
        (Ending("keep"), 0, ("keep", None, None)),
        # Made by others, or changed by kubectl since: spec is what counts.
        (None, 300, ("idle", 300, None)),
        (None, None, ("keep", None, None)),
        (Ending("idle", 60, 20), 300, ("idle", 300, None)),
        (Ending("idle", 60), 0, ("keep", None, None)),
    ],
)
def test_clocks(
    ending: Ending | None, timeout: int | None, expected: tuple[str, int | None, int | None]
) -> None:
    cluster = stored(ending, timeout)
    lifetime = draw_lifetime(cluster, None)
    assert (lifetime.kind, lifetime.seconds, lifetime.no_client_seconds) == expected
    assert lifetime_warnings(cluster) == []


def test_an_old_definition_drops_the_clock() -> None:
    cluster = stored(Ending("idle", 60), None)
    assert draw_lifetime(cluster, None).kind == "keep"
    [warning] = lifetime_warnings(cluster)
    assert "idleTimeout" in warning


def test_with_the_notebook() -> None:
    notebook = [{"kind": "Notebook", "name": "alice-nb", "uid": "n"}]
    cluster = stored(Ending("notebook", None, 20), 20, notebook)
    lifetime = draw_lifetime(cluster, None)
    assert (lifetime.kind, lifetime.notebook) == ("notebook", "Notebook alice-nb")
    assert lifetime.no_client_seconds == 20
    assert lifetime_warnings(cluster) == []


def test_with_the_pod() -> None:
    cluster = stored(Ending("notebook"), 0, [{"kind": "Pod", "name": "alice-nb-0"}])
    assert draw_lifetime(cluster, None).notebook == "Pod alice-nb-0"
    [warning] = lifetime_warnings(cluster)
    assert "culled" in warning
