"""Which backend to use, and why."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ..errors import BackendUnavailable
from .base import Backend
from .local.backend import LocalBackend

_SERVICE_ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount/token")


@dataclass(frozen=True)
class Choice:
    """A backend and the sentence that says why it was chosen."""

    backend: Backend
    reason: str


def kubernetes_hint() -> str:
    """Return what speaks for Kubernetes here; an empty string where nothing does."""
    if _SERVICE_ACCOUNT.exists() and os.environ.get("KUBERNETES_SERVICE_HOST"):
        return "this pod has a service account"
    kubeconfig = os.environ.get("KUBECONFIG", "") or str(Path.home() / ".kube/config")
    if any(Path(part).is_file() for part in kubeconfig.split(os.pathsep) if part):
        return f"there is a kubeconfig at {kubeconfig}"
    return ""


async def choose_backend(wish: str, make: Callable[[type[Backend]], Backend]) -> Choice:
    """Return the backend for ``auto``, ``kubernetes`` or ``local``.

    Raises `BackendUnavailable` where the one that was asked for cannot be had.
    """
    if wish == "kubernetes":
        raise BackendUnavailable(
            "This version has no Kubernetes backend yet. Set DaskK8sApp.backend to "
            "“local” or “auto”."
        )
    if wish == "local":
        return Choice(make(LocalBackend), "Local processes, as configured.")
    hint = kubernetes_hint()
    if hint:
        return Choice(
            make(LocalBackend),
            f"Local processes: {hint}, but this version has no Kubernetes backend yet.",
        )
    return Choice(make(LocalBackend), "Local processes: no Kubernetes was found.")
