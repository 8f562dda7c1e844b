"""Whose dashboards are pages like Jupyter's own, and which are kept apart from it.

A page of Jupyter's own origin can do all that its user can. What a scheduler serves is up
to whoever runs code in it; so the page of somebody else's cluster has not that origin.
"""

from __future__ import annotations

from typing import Literal

from .models import Cluster

Trusted = Literal["own", "unowned", "all"]
"""Which dashboards have Jupyter's origin: of one's own clusters, also of those that name no
owner, or of all."""

SANDBOX = "sandbox allow-scripts allow-popups"
"""The Content-Security-Policy of contained pages. Without ``allow-same-origin`` they have
an origin that is no other's, so neither Jupyter's cookies nor its pages are theirs."""


def is_contained(cluster: Cluster, me: str, trusted: Trusted) -> bool:
    """Return whether a user is shown this cluster's dashboard without Jupyter's origin."""
    if trusted == "all" or cluster.owner == me:
        return False
    return cluster.owner != "" or trusted == "own"
