"""How a cluster ends: two clocks, or the Notebook that it belongs to."""

from __future__ import annotations

import datetime

import msgspec

from ...models import Lifetime
from .objects import DaskCluster, OwnerReference


class Clocks(msgspec.Struct, frozen=True):
    """Both clocks, as the annotation of our clusters has them (see `Ending`)."""

    seconds: int | None = None
    no_client_seconds: int | None = None

    @property
    def timeout(self) -> int:
        """What ``spec.idleTimeout`` is for these clocks."""
        return self.seconds or self.no_client_seconds or 0


def clocks_of(cluster: DaskCluster) -> Clocks:
    """Return the clocks of a cluster; what ``spec`` says counts more than our note."""
    try:
        noted = msgspec.json.decode(
            cluster.metadata.annotations.lifetime or "{}", type=Clocks
        )
    except msgspec.MsgspecError:
        noted = Clocks()
    timeout = cluster.spec.idle_timeout or 0
    if timeout == noted.timeout:
        return noted
    # Somebody else changed it since, or the API server does not know the field.
    return Clocks(seconds=timeout or None)


def notebook_of(cluster: DaskCluster) -> OwnerReference | None:
    """Return the Notebook, or the pod, with which a cluster ends."""
    kinds = ("Notebook", "Pod")
    owners = [it for it in cluster.metadata.owner_references if it.kind in kinds]
    return owners[0] if owners else None


def draw_lifetime(cluster: DaskCluster | None, ends: datetime.datetime | None) -> Lifetime:
    """Return the lifetime; ``ends`` tells when a clock that runs now runs out."""
    if cluster is None:
        return Lifetime(kind="keep")
    clocks, notebook = clocks_of(cluster), notebook_of(cluster)
    if notebook is not None:
        return Lifetime(
            kind="notebook",
            notebook=f"{notebook.kind} {notebook.name}",
            no_client_seconds=clocks.no_client_seconds,
            ends=ends,
        )
    if not clocks.timeout:
        return Lifetime(kind="keep")
    return Lifetime(
        kind="idle",
        seconds=clocks.seconds,
        no_client_seconds=clocks.no_client_seconds,
        ends=ends,
    )


def lifetime_warnings(cluster: DaskCluster | None) -> list[str]:
    """Return what a user should know of how a cluster ends."""
    if cluster is None:
        return []
    warnings = []
    note = cluster.metadata.annotations.lifetime
    if cluster.spec.idle_timeout is None and "seconds" in note:
        warnings.append(
            "This cluster does not end by itself: the operator's resource definitions are "
            "too old for idleTimeout. Delete it when you are done."
        )
    notebook = notebook_of(cluster)
    if notebook is not None and notebook.kind == "Pod":
        warnings.append(
            f"This cluster ends with the pod {notebook.name}, since no Kubeflow Notebook "
            "was found: when the notebook is stopped or culled, the cluster is deleted."
        )
    return warnings
