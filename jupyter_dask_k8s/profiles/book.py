"""All profiles of one backend: where they come from, the default, what is wrong."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, Protocol

from ..errors import ClusterError, InvalidField
from ..models import (
    BackendName,
    Cluster,
    ClusterCreate,
    ClusterPatch,
    GroupCreate,
    Limits,
    Profile,
    Profiles,
    Resources,
    WorkerBounds,
)
from . import changes, rules
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
    without: Collection[str]
    """Fields that mean nothing here: what a profile says of them is passed over."""

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
        self.wanted = default
        """The profile that the administrator set as default; perhaps it is not there."""
        self._sources: dict[str, list[Written]] = {}
        self._texts: dict[str, list[str]] = {}
        """What is wrong with a source as such."""
        self._profiles: dict[str, Definition] = {}
        self._left_out: dict[str, str] = {}
        """Why a profile is wrong, as the end of a sentence."""
        self._elsewhere: set[str] = set()
        """Profiles for another backend."""

    # --- what there is ---------------------------------------------------------------

    @property
    def names(self) -> list[str]:
        """The names of all profiles that can be used."""
        return list(self._profiles)

    @property
    def default(self) -> str:
        """The name of the profile for requests that name none; empty without any.

        One that was chosen and cannot be used is replaced by no other: that would have
        other bounds, or none.
        """
        wanted = self.wanted or (DEFAULT if DEFAULT in self._left_out else "")
        for name in [wanted] if wanted else [DEFAULT, *self._profiles]:
            if name in self._profiles:
                return name
        return ""

    def answer(self) -> Profiles:
        """Return everything for the wire."""
        schema, base = self._ground.form(), self._base
        profiles = [self._wire(it, schema, base) for it in self._profiles.values()]
        default, trouble = self.default, self.no_default()
        forms = {it.name: it.form for it in profiles}
        return Profiles(
            profiles=profiles,
            default=default,
            form=forms.get(default, schema),
            troubles=[*self.troubles, *([trouble] if trouble else [])],
        )

    def no_default(self) -> str:
        """Return why there is no default profile although there should be one."""
        name = self.wanted or DEFAULT
        if self.default or not (self.wanted or name in self._left_out):
            return ""
        what = "which the administrator set as default" if self.wanted else "the default"
        return f"The profile “{name}”, {what}, cannot be used: {self._why(name)}"

    def _why(self, name: str) -> str:
        """Return why a profile is not there, as the end of a sentence."""
        if name in self._elsewhere:
            return f"it is not for the backend “{self._ground.backend_name}”."
        return self._left_out.get(name, "it is not there.")

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
            what = f"There is no profile named “{name}”."
            if name in self._left_out or name in self._elsewhere:
                what = f"The profile “{name}” cannot be used: {self._why(name)}"
            known = ", ".join(f"“{it}”" for it in self._profiles)
            raise InvalidField("profile", what + (f" There are {known}." if known else ""))
        trouble = self.no_default()
        if trouble:
            raise InvalidField(
                "profile", f"{trouble} Choose another profile, or tell the administrator."
            )
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
        self, cluster: Cluster, group: GroupCreate, like: Resources | None = None
    ) -> GroupCreate:
        """Return one more group for a cluster; raises `InvalidField`.

        ``like`` is what each of its own workers has, where its picture is not exact.
        """
        like = like or changes.like_of(cluster)
        return changes.resolve_group(self._of(cluster), group, cluster, like, self._base)

    def check_removal(self, cluster: Cluster) -> None:
        """Refuse to remove groups where a cluster's profile does; raises `InvalidField`."""
        changes.check_removal(self._of(cluster))

    def check_patch(self, cluster: Cluster, change: ClusterPatch) -> ClusterPatch:
        """Return a change of a cluster; raises `InvalidField`."""
        return changes.check_patch(self._of(cluster), change, cluster, self._base)

    def _of(self, cluster: Cluster) -> Definition:
        """Return a cluster's profile.

        One that others made may name any profile, or none: then nothing is bounded.
        """
        return self._profiles.get(cluster.profile, _PLAIN)

    def bounds_of(self, name: str) -> WorkerBounds | None:
        """Return between which numbers of workers its clusters may be scaled."""
        profile = self._profiles.get(name)
        if profile is None:
            return None
        most = self._ground.limits.max_workers
        return changes.worker_bounds(profile, most, self._base)

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
        self._profiles, self._left_out, self._elsewhere = {}, {}, set()
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
        while waiting:
            ready = [it for it in waiting.values() if not _waits(it, waiting)]
            # Where all wait, some do so for each other.
            circles = {} if ready else {name: _circle(name, waiting) for name in waiting}
            for it in ready or [waiting[name] for name, names in circles.items() if names]:
                del waiting[it.name]
                try:
                    self._take(it, self._read(it, circles.get(it.name, [])))
                except Broken as error:
                    troubles.append(f"{it.title} is left out: {error}")
                    self._left_out[it.name] = str(error)
                    # An earlier one of the name has not the bounds that were wished.
                    self._profiles.pop(it.name, None)

    def _take(self, it: Written, definition: Definition | None) -> None:
        if definition is None:
            self._elsewhere.add(it.name)
        else:
            self._profiles[it.name] = definition
            self._left_out.pop(it.name, None)

    def _read(self, it: Written, circle: list[str]) -> Definition | None:
        """Return a profile; ``None``: it is for another backend. Raises `Broken`."""
        name = extends(it)
        if circle:
            others = ", ".join(f"“{other}”" for other in circle)
            raise Broken(f"it and {others} extend each other.")
        if name and name not in self._profiles:
            if name in self._elsewhere:
                return None
            why = "left out, too" if name in self._left_out else "not there"
            raise Broken(f"it extends “{name}”, which is {why}.")
        definition = read(it, self._profiles.get(name), self._ground.backend_name)
        if definition is None:
            return None
        definition = definition.without(self._ground.without)
        try:
            plain = rules.resolve(definition, ClusterCreate(), self._base)
            self._ground.check_profile(plain, definition.overlay)
        except ClusterError as error:
            raise Broken(_named(error)) from None
        return definition


def _waits(it: Written, waiting: Mapping[str, Written]) -> bool:
    """Whether a profile builds on another one that has not been read yet."""
    base = extends(it)
    return base != it.name and base in waiting


def _circle(name: str, waiting: Mapping[str, Written]) -> list[str]:
    """Return the other profiles of a circle of which a profile is a part; else none."""
    others: list[str] = []
    base = extends(waiting[name])
    while base in waiting and base not in others:
        if base == name:
            return others
        others.append(base)
        base = extends(waiting[base])
    return []


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
