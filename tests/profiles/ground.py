"""What tests of profiles stand on: a backend's part, and books of profiles."""

from __future__ import annotations

import logging
from collections.abc import Collection
from typing import Any

import msgspec

from jupyter_dask_k8s.backends.kubernetes.form import create_form
from jupyter_dask_k8s.backends.kubernetes.overlay import check_overlay
from jupyter_dask_k8s.backends.kubernetes.rules import Defaults, Rules
from jupyter_dask_k8s.models import (
    BackendName,
    ClusterCreate,
    Limits,
)
from jupyter_dask_k8s.profiles import Book
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
