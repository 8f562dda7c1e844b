"""All profiles of one backend: where they come from, the default, what is wrong."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol

from ..errors import ClusterError, InvalidField
from ..models import (
    BackendName,
    ClusterCreate,
    ClusterPatch,
    GroupCreate,
    Limits,
    Profile,
    Profiles,
    WorkerBounds,
    WorkerGroup,
)
from . import rules
from .definition import Broken, Definition, Written, extends, read
from .fields import Flat, flatten, unflatten
from .form import profile_form

DEFAULT = "small"
"""The package's profile that counts where nobody names another."""

_PLAIN = Definition("", label="default")
"""What holds where there is no profile at all."""


class Ground(Protocol):
    """What the book asks of its backend."""

    backend_name: BackendName
    log: logging.Logger | logging.LoggerAdapter[Any]

    @property
    def limits(self) -> Limits:
        """What one cluster may have at most."""

    def base_request(self) -> ClusterCreate:
        """Return what the backend itself chooses where nobody says anything."""

    def form(self) -> dict[str, Any]:
        """Return the JSON Schema of the form without any profile."""

    def check_profile(self, request: ClusterCreate, overlay: dict[str, Any]) -> None:
        """Refuse what could not be made here; raises `InvalidField`."""


class Book:
    """The profiles by name; sources that are set later or further down win."""

    def __init__(self, ground: Ground, default: str) -> None:
        self.troubles: list[str] = []
        """Profiles that cannot be used, and why; sentences for the administrator."""
        self.on_change: Callable[[str], None] = lambda name: None
        """Called with the name of each profile that came, went or changed."""
        self._ground = ground
        self._wanted = default
        self._sources: dict[str, list[Written]] = {}
        self._texts: dict[str, list[str]] = {}
        """What is wrong with a source as such."""
        self._profiles: dict[str, Definition] = {}

    # --- what there is ---------------------------------------------------------------

    @property
    def default(self) -> str:
        """The name of the profile for requests that name none; empty without any."""
        for name in (self._wanted, DEFAULT):
            if name in self._profiles:
                return name
        return next(iter(self._profiles), "")

    def answer(self) -> Profiles:
        """Return everything for the wire."""
        schema, base = self._ground.form(), self._base
        profiles = [self._wire(it, schema, base) for it in self._profiles.values()]
        default = self.default
        forms = {it.name: it.form for it in profiles}
        return Profiles(
            profiles=profiles,
            default=default,
            form=forms.get(default, schema),
            troubles=[*self.troubles, *self._no_default()],
        )

    def _no_default(self) -> list[str]:
        if not self._wanted or self._wanted in self._profiles:
            return []
        return [f"The default profile “{self._wanted}” is not there."]

    def _wire(self, it: Definition, schema: dict[str, Any], base: Flat) -> Profile:
        return Profile(
            name=it.name,
            label=it.label,
            description=it.description,
            backend=self._ground.backend_name,
            icon=it.icon,
            source=it.source,
            extends=it.extends,
            defaults=unflatten(it.defaults, ClusterCreate()),
            fields=None if it.fields is None else list(it.fields),
            bounds=dict(it.bounds),
            form=profile_form(schema, it, base),
        )

    def find(self, name: str | None) -> Definition:
        """Return a profile, without a name the default one; raises `InvalidField`."""
        found = self._profiles.get(name or "")
        if found is not None:
            return found
        if name and name != "default":
            known = ", ".join(f"“{it}”" for it in self._profiles)
            rest = f" There are {known}." if known else ""
            raise InvalidField("profile", f"There is no profile named “{name}”.{rest}")
        return self._profiles.get(self.default, _PLAIN)

    @property
    def _base(self) -> Flat:
        return flatten(self._ground.base_request())

    # --- what requests come to -------------------------------------------------------

    def resolve(self, request: ClusterCreate) -> ClusterCreate:
        """Return a request with all that its profile says; raises `InvalidField`."""
        return rules.resolve(self.find(request.profile), request, self._base)

    def overlay_of(self, name: str | None) -> dict[str, Any]:
        """Return what a profile puts over the manifest of its clusters, last of all."""
        return self.find(name).overlay

    def resolve_group(
        self, name: str, group: GroupCreate, groups: Iterable[WorkerGroup]
    ) -> GroupCreate:
        """Return one more group for a cluster of the profile ``name`` with ``groups``."""
        profile = self._profiles.get(name, _PLAIN)
        return rules.resolve_group(profile, group, groups, self._base)

    def check_scale(
        self, name: str, change: ClusterPatch, groups: Iterable[WorkerGroup]
    ) -> ClusterPatch:
        """Return a change of a cluster of the profile ``name``; raises `InvalidField`.

        ``groups`` are those that it has. A cluster that others made may name any profile,
        or none: then nothing is bounded.
        """
        profile = self._profiles.get(name, _PLAIN)
        return rules.check_patch(profile, change, groups, self._base)

    def bounds_of(self, name: str) -> WorkerBounds | None:
        """Return between which numbers of workers its clusters may be scaled."""
        profile = self._profiles.get(name)
        if profile is None:
            return None
        return rules.worker_bounds(profile, self._ground.limits.max_workers, self._base)

    # --- where they come from --------------------------------------------------------

    def load(self, source: str, found: list[Written], troubles: Iterable[str] = ()) -> None:
        """Take in all profiles of a source; those that it had before are gone.

        ``troubles`` are sentences about what is not even text of a profile.
        """
        self._sources[source] = found
        self._texts[source] = list(troubles)
        self._rebuild()

    def _rebuild(self) -> None:
        before, told = self._profiles, self.troubles
        troubles = [it for texts in self._texts.values() for it in texts]
        self._profiles = {}
        for found in self._sources.values():
            self._add(found, troubles)
        self.troubles = troubles
        for text in troubles:
            if text not in told:
                self._ground.log.warning("Profiles: %s", text)
        changed = [
            name
            for name in dict.fromkeys([*before, *self._profiles])
            if before.get(name) != self._profiles.get(name)
        ]
        if not changed and troubles != told:
            changed = [""]
        for name in changed:
            self.on_change(name)

    def _add(self, found: list[Written], troubles: list[str]) -> None:
        """Add the profiles of one source; those that others build on come first."""
        waiting = {it.name: it for it in found}
        done = dict(self._profiles)
        while waiting:
            ready = [it for it in waiting.values() if self._ready(it, waiting)]
            for it in ready or list(waiting.values()):
                del waiting[it.name]
                try:
                    definition = self._read(it, done, circular=not ready)
                except Broken as error:
                    troubles.append(str(error))
                else:
                    if definition is not None:
                        done[it.name] = definition
        self._profiles = done

    def _ready(self, it: Written, waiting: Mapping[str, Written]) -> bool:
        base = extends(it)
        return base == it.name or base not in waiting

    def _read(
        self, it: Written, known: Mapping[str, Definition], circular: bool
    ) -> Definition | None:
        name = extends(it)
        if name and (circular or name not in known):
            raise Broken(
                f"The profile “{it.name}” of {it.place} is left out: it extends “{name}”, "
                "which is not there."
            )
        definition = read(it, known.get(name), self._ground.backend_name)
        if definition is None:
            return None
        try:
            plain = rules.resolve(definition, ClusterCreate(), self._base)
            self._ground.check_profile(plain, definition.overlay)
        except ClusterError as error:
            raise Broken(
                f"The profile “{it.name}” of {it.place} is left out: {_named(error)}"
            ) from None
        return definition


def _named(error: ClusterError) -> str:
    """Return a refusal with the field that it means, unless it says so itself."""
    field = error.details.get("field")
    if not field or str(field) in error.message:
        return error.message
    return f"{field}: {error.message}"


def written(content: Any, place: str) -> tuple[list[Written], list[str]]:
    """Return the profiles of a setting: by name, or a list of such with names."""
    pairs: list[tuple[str, Any]] = []
    troubles: list[str] = []
    if isinstance(content, Mapping):
        pairs = [(str(name), it) for name, it in content.items()]
    else:
        for number, it in enumerate(content):
            name = it.get("name") if isinstance(it, Mapping) else None
            if isinstance(name, str) and name:
                pairs.append((name, it))
            else:
                troubles.append(f"Number {number + 1} of {place} is left out: no name.")
    return [Written(name, place, it) for name, it in pairs], troubles
