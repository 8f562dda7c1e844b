"""Secrets in addresses: each opens one cluster's dashboard for a while, without a cookie.

Contained pages have no origin that cookies would be sent from, so their addresses
themselves say what may be seen.
"""

from __future__ import annotations

import contextlib
import secrets
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from .errors import ClusterNotFound, PageExpired
from .models import Cluster
from .store import Entry, Store

LIFETIME = 600.0
"""Seconds that a capability lasts after its last use; an open websocket is a use."""

MOST = 1000
"""So many there are at most; then those that were used least recently go."""

Identity = tuple[object, ...]


def identity(cluster: Cluster) -> Identity:
    """Return what makes it this cluster, and not a later one of the same name."""
    it = cluster
    return (it.backend, it.namespace, it.name, it.owner, it.created)


@dataclass
class _Capability:
    name: str
    cluster: Identity
    used: float
    sockets: int = 0


class Capabilities:
    """Capabilities by their secret. ``clock`` tells seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._all: dict[str, _Capability] = {}

    def __len__(self) -> int:
        return len(self._all)

    def issue(self, cluster: Cluster) -> str:
        """Return a new secret, for this cluster only."""
        self._forget()
        secret = secrets.token_urlsafe(32)
        self._all[secret] = _Capability(cluster.name, identity(cluster), self._clock())
        return secret

    def find(self, secret: str, store: Store) -> Entry:
        """Return the entry that a secret opens, and count this as a use.

        Raises `PageExpired` where it opens nothing (any more).
        """
        capability = self._living(secret)
        try:
            entry = store.entry(capability.name)
        except ClusterNotFound:
            raise PageExpired from None
        if identity(entry.cluster) != capability.cluster:
            raise PageExpired
        capability.used = self._clock()
        return entry

    @contextlib.contextmanager
    def hold(self, secret: str) -> Iterator[None]:
        """Keep a secret alive, as long as a websocket is open; raises `PageExpired`."""
        capability = self._living(secret)
        capability.sockets += 1
        try:
            yield
        finally:
            capability.sockets -= 1
            capability.used = self._clock()

    def sockets(self, secret: str) -> int:
        """Return how many websockets are open with a secret; raises `PageExpired`."""
        return self._living(secret).sockets

    def _living(self, secret: str) -> _Capability:
        capability = self._all.get(secret)
        if capability is None or self._is_over(capability):
            raise PageExpired
        return capability

    def _is_over(self, capability: _Capability) -> bool:
        return capability.sockets == 0 and self._clock() - capability.used > LIFETIME

    def _forget(self) -> None:
        """Make room for one more."""
        self._all = {key: it for key, it in self._all.items() if not self._is_over(it)}
        while len(self._all) >= MOST:
            del self._all[min(self._all, key=self._worth)]

    def _worth(self, secret: str) -> tuple[bool, float]:
        capability = self._all[secret]
        return capability.sockets > 0, capability.used
