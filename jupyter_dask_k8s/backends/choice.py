"""Which backend to use, and why."""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from traitlets import TraitError

from ..errors import BackendUnavailable, ClusterError, SettingWrong
from .base import Backend
from .kubernetes.access import in_cluster, kubeconfig_path

if TYPE_CHECKING:
    from .kubernetes.backend import KubernetesBackend

DISCOVERY_LIMIT = 4.0
"""Seconds that Kubernetes may take to show that it is there."""


@dataclass(frozen=True)
class Choice:
    """A backend, the sentence that says why it was chosen, and perhaps another one."""

    backend: Backend
    reason: str
    second: Backend | None = None
    passed_over: bool = False
    """Whether there is a Kubernetes that could not be used."""

    async def start(self) -> None:
        """Start all; raises `ClusterError`.

        The second comes first: local processes leave nothing to end if the other fails.
        """
        for backend in (self.second, self.backend):
            if backend is not None:
                await backend.start()


Make = Callable[[type[Backend]], Backend]


async def choose_backend(wish: str, make: Make) -> Choice:
    """Return the backend for ``auto``, ``kubernetes``, ``local`` or ``both``.

    Raises `BackendUnavailable` where the one that was asked for cannot be had.
    """
    if wish == "local":
        return Choice(await _make_local(make), "Local processes, as configured.")
    if wish in ("kubernetes", "both"):
        backend = await _make_kubernetes(make)
        api = await backend.login()
        return Choice(
            backend,
            f"Kubernetes, as configured: namespace {api.namespace}, "
            f"by {api.access.source}.",
            second=await _make_local(make) if wish == "both" else None,
        )
    if not (in_cluster() or kubeconfig_path()):
        reason = "Local processes: no Kubernetes was found."
        return Choice(await _make_local(make), reason)
    backend = await _make_kubernetes(make)
    try:
        return Choice(backend, await _discover(backend))
    except ClusterError as error:
        await backend.stop()
        reason = f"Local processes. {error.message}"
        return Choice(await _make_local(make), reason, passed_over=True)


async def remedy_of(error: Exception, make: Make) -> str:
    """Return the settings that mend what keeps a backend from being used.

    Local processes are advised only where they would not fail in the same way.
    """
    if isinstance(error, SettingWrong):
        return error.remedy
    instead = 'c.DaskK8sApp.backend = "local"  # until Kubernetes can be used'
    try:
        (await _make_local(make)).check_settings()
    except SettingWrong as wrong:
        return f"{wrong.remedy}\n{instead}"
    except TraitError:
        return ""
    return instead


async def _load(module: str) -> None:
    """Import a backend, beside the event loop: Jupyter's start does not wait for it."""
    await asyncio.to_thread(importlib.import_module, f"{__package__}.{module}")


async def _make_local(make: Make) -> Backend:
    await _load("local.backend")
    from .local.backend import LocalBackend

    return make(LocalBackend)


async def _make_kubernetes(make: Make) -> KubernetesBackend:
    await _load("kubernetes.backend")
    from .kubernetes.backend import KubernetesBackend

    backend = make(KubernetesBackend)
    assert isinstance(backend, KubernetesBackend)
    return backend


async def _discover(backend: KubernetesBackend) -> str:
    """Return why to use this Kubernetes; raises `ClusterError` where it is of no use.

    A pod belongs to its Kubernetes also while the API server is slow or away, and a user's
    clusters must not seem to be lost then. A kubeconfig may be that of a cluster long gone.
    """
    # Loaded with the backend.
    from .kubernetes.refusals import CredentialsRefused, OperatorMissing

    api = await backend.login()
    found = f"Kubernetes: namespace {api.namespace}, by {api.access.source}."
    try:
        await asyncio.wait_for(backend.discover(), DISCOVERY_LIMIT)
    except asyncio.TimeoutError:
        if not api.access.inside:
            raise BackendUnavailable(
                f"The Kubernetes of {api.access.source} did not answer within "
                f"{DISCOVERY_LIMIT:g} s."
            ) from None
    except (OperatorMissing, CredentialsRefused):
        raise
    except BackendUnavailable:
        if not api.access.inside:
            raise
    return found
