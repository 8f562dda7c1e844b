"""What a rule finds: one cause, and the sentence that tells it."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from ..objects import ContainerStatus, Occurred, Pod

Troubles = Mapping[str, Occurred]
"""The newest warning of each reason that Kubernetes gave about one pod."""


@dataclass(frozen=True)
class Finding:
    """A cause. Of all that a cluster has, the one with the highest weight is told."""

    kind: str
    """What it is, whatever the numbers in the sentence are: ``image``, ``quota`` ..."""
    text: str
    """A sentence; of a pod, its end, as ``is waiting for a node.``"""
    weight: int = 0
    """How much it asks for the user's hand; see the constants below."""
    since: datetime.datetime | None = None
    """Since when it is so, where an object tells."""
    patience: float = 0.0
    """After so many seconds, ``later`` is told instead."""
    later: Finding | None = None
    subject: str = ""
    """Whom ``patience`` is for: another one gets as much again."""
    crash: tuple[Pod, ContainerStatus] | None = None
    """The container whose last words belong to the sentence."""

    @property
    def broken(self) -> bool:
        """Whether it does not mend itself."""
        return self.weight >= BROKEN

    def about(self, who: str) -> Finding:
        """Return the finding with the one whom it is about: ``The scheduler``."""
        later = self.later.about(who) if self.later is not None else None
        return replace(self, text=f"{who} {self.text}", later=later)

    def named(self, scope: str) -> Finding:
        """Return the finding with a kind of this scope: ``workers:image``."""
        later = self.later.named(scope) if self.later is not None else None
        return replace(self, kind=f"{scope}:{self.kind}", later=later)


STARTING = 10
"""It goes on by itself within seconds."""
PULLING = 20
UNREADY = 30
SETUP = 40
"""Something that the pod needs on its node is late: a volume, the network."""
NOWHERE = 50
"""No node has room."""
REFUSED = 60
"""Kubernetes does not even make the pod; others may leave room for it."""
BROKEN = 100
"""It does not mend itself."""


Words = Callable[[Pod, ContainerStatus], str]
"""Returns the last words of a container that has ended; empty while nobody knows them."""


def _silent(pod: Pod, status: ContainerStatus) -> str:
    return ""


def nothing(pod: str) -> Troubles:
    """Return that there are no warnings about a pod."""
    return {}


@dataclass(frozen=True)
class Facts:
    """What rules look at beside the objects of a cluster."""

    namespace: str = ""
    patience: float = 20.0
    """Seconds that the operator may take to act."""
    words: Words = _silent
    unlinked: int = 0
    """Workers that run and that the scheduler does not know."""
    losses: str = ""
    """Which workers were lost a moment ago, as a sentence."""
    blind: bool = False
    """Whether the objects may be out of date: then nobody is late."""
    deployments_seen: bool = True
    """Whether we may see Deployments: else that there are none means nothing."""
    troubles: Callable[[str], Troubles] = nothing
    """Returns the warnings about a pod, by its name."""

    def about(self, pod: Pod) -> Troubles:
        """Return the warnings about one pod."""
        return self.troubles(pod.metadata.name)


def most_urgent(findings: list[Finding]) -> Finding | None:
    """Return the cause that asks most for the user's hand."""
    return max(findings, key=lambda it: it.weight, default=None)
