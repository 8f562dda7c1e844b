"""What every backend has to do with profiles: the settings, and the book of them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from traitlets import Bool, Dict, List, Unicode, Union
from traitlets.config import LoggingConfigurable

from ..models import (
    BackendName,
    ClusterCreate,
    ClusterEvent,
    LifetimeRequest,
    Limits,
    Resources,
)
from ..profiles import Book, builtin
from ..profiles.book import written
from ..profiles.definition import Written
from ..quantities import format_memory
from ..store import Store

CONFIGURED = "c.Backend.profiles"
"""How sentences name the setting."""


class WithProfiles(LoggingConfigurable):
    """The part of a backend that knows profiles; it is the `Ground` of its `Book`."""

    backend_name: BackendName
    store: Store

    without: Collection[str] = ()
    """Fields that mean nothing here: what a profile says of them is passed over."""

    profiles = Union(
        [Dict(), List()],
        help="Profiles for new clusters, by name (or a list of such with “name”): label, "
        "description, icon, backend, extends, defaults, fields, bounds, overlay. One that "
        "is wrong is left out, and told in the log and in the panel.",
    ).tag(config=True)
    default_profile = Unicode(
        help="The profile of clusters whose request names none. Default: small, else the "
        "first. While the one named here is not there, each request has to name another."
    ).tag(config=True)
    package_profiles = Bool(
        True, help="Whether there are the package's own profiles: small, adaptive, gpu."
    ).tag(config=True)

    @property
    def book(self) -> Book:
        """All profiles; our own and those of the settings are read with the first use."""
        if not hasattr(self, "_book"):
            self._book = Book(self, self.default_profile)
            if self.package_profiles:
                own = self.builtin_profiles().items()
                place = "this package"
                self._book.load(
                    "package", [Written(name, place, it, "package") for name, it in own]
                )
            found, troubles = written(self.profiles or {}, CONFIGURED)
            self._book.load("settings", found, troubles)
            # Whoever looks now sees these; from here on it is news.
            self._book.on_change = self.profile_changed
        return self._book

    def profile_changed(self, name: str) -> None:
        """Tell of a profile that came, went or changed."""
        self.store.announce(ClusterEvent(action="changed", name=name, kind="profiles"))

    # --- what the book asks ----------------------------------------------------------

    @property
    def limits(self) -> Limits:
        """What one cluster may have at most."""
        raise NotImplementedError

    def form(self) -> dict[str, Any]:
        """JSON Schema of the form for new clusters, without any profile."""
        raise NotImplementedError

    def builtin_profiles(self) -> dict[str, dict[str, Any]]:
        """Return the package's own profiles for this backend."""
        most = self.limits.max_workers
        return {"small": builtin.small(), "adaptive": builtin.adaptive(most)}

    def base_request(self) -> ClusterCreate:
        """Return what we choose where neither request nor profile says anything."""
        limits, minutes = self.limits, self.idle_minutes
        lifetime = LifetimeRequest(kind="keep")
        if minutes:
            lifetime = LifetimeRequest(kind="idle", seconds=60 * minutes)
        return ClusterCreate(
            workers=limits.default_workers,
            resources=Resources(
                threads=limits.default_threads,
                memory=format_memory(limits.default_memory),
            ),
            lifetime=lifetime,
        )

    @property
    def idle_minutes(self) -> int:
        """After how long a new cluster without work ends by default; 0: never."""
        return int(getattr(self, "default_idle_minutes", 0))

    def check_profile(self, request: ClusterCreate, overlay: dict[str, Any]) -> None:
        """Refuse what could not be made here; raises `InvalidField`."""
        raise NotImplementedError
