"""What a request comes to under a profile; what the profile forbids is `InvalidField`.

One principle: what a request says is checked, and what it does not say is filled in and,
where need be, moved into the bounds. So the bounds hold whoever asks.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from ..errors import InvalidField
from ..models import (
    Bounds,
    ClusterCreate,
    ClusterPatch,
    GroupCreate,
    LifetimeRequest,
    WorkerBounds,
    WorkerGroup,
)
from ..quantities import cpu_quantity, parse_cpu
from .definition import Definition, outside
from .fields import (
    FIELDS,
    MEASURED,
    OF_WORKERS,
    Flat,
    flatten,
    measure,
    same,
    say,
    unflatten,
)

IDLE_SECONDS = 3600
"""The clock of ``idle`` where nobody names another."""

_SCALING = ("workers", "adapt.minimum", "adapt.maximum")
_MAPS = ("env", "node_selector")


def bound_of(profile: Definition, name: str) -> Bounds | None:
    """Return the bounds of a field.

    The most workers are the most for both ways of scaling, where only one has a bound:
    otherwise one would be the way around the other.
    """
    bound = profile.bounds.get(name)
    twin = {"workers": "adapt.maximum", "adapt.maximum": "workers"}.get(name)
    other = profile.bounds.get(twin) if twin else None
    if other is None or other.maximum is None:
        return bound
    if bound is None:
        return Bounds(maximum=other.maximum)
    if bound.maximum is None:
        return msgspec.structs.replace(bound, maximum=other.maximum)
    return bound


def resolve(profile: Definition, request: ClusterCreate, base: Flat) -> ClusterCreate:
    """Return the request with all that the profile says.

    ``base`` is what the backend itself would choose. Raises `InvalidField`.
    """
    given = flatten(request)
    start = _start(profile, base)
    _check_given(profile, given, start)
    inherited = _without_alternatives(profile.defaults, given)
    values = _merge(inherited, given)
    _fill_scaling(profile, values, base)
    _fill_lifetime(profile, values, base, given)
    _fill_worker(profile, values, base)
    if "groups" in given:
        values["groups"] = [
            _group(profile, group, values, base, f"groups[{number}].")
            for number, group in enumerate(given["groups"])
        ]
    _check_total(profile, values, given, base)
    done = unflatten(values, request)
    return msgspec.structs.replace(done, profile=profile.name)


def resolve_group(
    profile: Definition, group: GroupCreate, groups: Iterable[WorkerGroup], base: Flat
) -> GroupCreate:
    """Return one more worker group with all that the profile says of workers.

    ``groups`` are those that the cluster has now. The image is theirs, unless the new
    group names one. Raises `InvalidField`.
    """
    if not profile.permits("groups"):
        raise _locked(profile, "name", "groups")
    _check_sum(profile, "workers", sum(it.desired for it in groups), group.workers)
    inherited = {key: it for key, it in profile.defaults.items() if key != "image"}
    return _group(profile, group, inherited, base, "")


def check_patch(
    profile: Definition, change: ClusterPatch, groups: Iterable[WorkerGroup], base: Flat
) -> ClusterPatch:
    """Return a change with what the profile says of it; raises `InvalidField`.

    ``groups`` are those that the cluster has now.
    """
    name = "default" if change.group is msgspec.UNSET else change.group
    others = sum(group.desired for group in groups if group.name != name)
    if change.workers is not msgspec.UNSET:
        field = "workers" if name == "default" else "groups"
        if not profile.permits(field):
            raise _locked(profile, "workers", "the number of workers")
        if name == "default":
            _check_bound(profile, "workers", change.workers)
            _check_sum(profile, "workers", change.workers, others)
        else:
            _check_sum(profile, "workers", others, change.workers)
    if change.adapt:
        for field in ("adapt.minimum", "adapt.maximum"):
            value = getattr(change.adapt, field.partition(".")[2])
            if not profile.permits(field) and value != profile.defaults.get(field, 0):
                raise _locked(profile, field, field)
            _check_bound(profile, field, value)
        _check_sum(profile, "adapt.maximum", change.adapt.maximum, others)
    elif change.adapt is None and not _permits_any(profile, _SCALING):
        raise _locked(profile, "adapt", "adaptive scaling")
    if change.lifetime is not msgspec.UNSET:
        lifetime = _lifetime(profile, change.lifetime, base)
        return msgspec.structs.replace(change, lifetime=lifetime)
    return change


def worker_bounds(profile: Definition, most: int, base: Flat) -> WorkerBounds | None:
    """Return between which numbers of workers one may scale; ``None``: as ever."""
    if not _permits_any(profile, _SCALING):
        start = _start(profile, base)
        least = start.get("workers", start.get("adapt.minimum")) or 0
        return WorkerBounds(minimum=least, maximum=start.get("adapt.maximum") or least)
    bound = bound_of(profile, "workers")
    if bound is None or (bound.minimum is None and bound.maximum is None):
        return None
    highest = most if bound.maximum is None else int(bound.maximum)
    return WorkerBounds(minimum=int(bound.minimum or 0), maximum=min(most, highest))


def _permits_any(profile: Definition, names: Iterable[str]) -> bool:
    return any(profile.permits(name) for name in names)


# --- what a request says -------------------------------------------------------------


def _start(profile: Definition, base: Flat) -> Flat:
    """Return what a cluster of this profile has when a request says nothing."""
    values = dict(profile.defaults)
    _fill_scaling(profile, values, base)
    _fill_lifetime(profile, values, base, {})
    _fill_worker(profile, values, base)
    rest = {name: value for name, value in base.items() if name not in values}
    return {**_without_alternatives(rest, values), **values}


def _check_given(profile: Definition, given: Flat, start: Flat, prefix: str = "") -> None:
    for name, value in given.items():
        if not profile.permits(name) and not _as_fixed(name, value, start):
            raise _locked(profile, prefix + name, name, start.get(name))
        _check_bound(profile, name, value, prefix)


def _as_fixed(name: str, value: Any, start: Flat) -> bool:
    """Whether a request says of a fixed field only what is so anyway."""
    fixed = start.get(name)
    if name in _MAPS:
        return set(value.items()) <= set((fixed or {}).items())
    if name != "workers" and not value and not fixed:
        return True
    return same(name, value, fixed)


def _locked(profile: Definition, field: str, what: str, value: Any = None) -> InvalidField:
    stays = ""
    if isinstance(value, str | int) and what in FIELDS:
        stays = f": it is {say(what, value)}"
    return InvalidField(
        field, f"The profile “{profile.label}” does not let you change “{what}”{stays}."
    )


def _check_bound(profile: Definition, name: str, value: Any, prefix: str = "") -> None:
    bound = bound_of(profile, name)
    if bound is None:
        return
    trouble = outside(name, value, bound)
    if trouble:
        raise InvalidField(
            prefix + name,
            f"The profile “{profile.label}” sets bounds for “{name}”: {trouble}",
            minimum=bound.minimum,
            maximum=bound.maximum,
            choices=bound.choices,
        )


def _without_alternatives(flat: Flat, given: Flat) -> Flat:
    """Return what stands beside a request: one way of scaling replaces the other."""
    left = dict(flat)
    if any(name in given for name in _SCALING):
        for name in _SCALING:
            left.pop(name, None)
    if "lifetime.kind" in given:
        kind = left.pop("lifetime.kind", None)
        if given["lifetime.kind"] != "idle" or kind != "idle":
            left.pop("lifetime.seconds", None)
        if given["lifetime.kind"] == "keep":
            left.pop("lifetime.no_client_seconds", None)
    return left


def _merge(inherited: Flat, given: Flat) -> Flat:
    values = {**inherited, **given}
    for name in _MAPS:
        if name in values:
            values[name] = {**inherited.get(name, {}), **given.get(name, {})}
    return values


# --- what it does not say ------------------------------------------------------------


def _into(profile: Definition, name: str, value: Any) -> Any:
    """Return a value of our choice, moved into the bounds of the profile."""
    bound = bound_of(profile, name)
    if bound is None:
        return value
    value = _between(name, value, bound)
    if bound.choices and (value is None or outside(name, value, bound)):
        return _first_choice(name, bound)
    # YAML has numbers where requests have text.
    return str(value) if FIELDS[name] in ("memory", "cpu") and value is not None else value


def _between(name: str, value: Any, bound: Bounds) -> Any:
    kind = FIELDS[name]
    if kind not in MEASURED:
        return value
    if value is None:
        return bound.minimum
    amount = measure(kind, value)
    if bound.minimum is not None and amount < measure(kind, bound.minimum):
        return bound.minimum
    if bound.maximum is not None and amount > measure(kind, bound.maximum):
        return bound.maximum
    return value


def _first_choice(name: str, bound: Bounds) -> Any:
    for choice in bound.choices or []:
        if not choice.endswith("*"):
            if name in ("worker_command", "packages"):
                return choice.split()
            return int(choice) if FIELDS[name] in ("count", "seconds") else choice
    raise InvalidField(
        name, f"Choose “{name}”: one of {', '.join(bound.choices or [])} is possible."
    )


def _fill_scaling(profile: Definition, values: Flat, base: Flat) -> None:
    if any(name in values for name in _SCALING):
        return
    workers = _into(profile, "workers", base.get("workers"))
    if workers != base.get("workers"):
        values["workers"] = workers


def _fill_worker(profile: Definition, values: Flat, base: Flat) -> None:
    """Fill in what workers are like; threads and CPU follow each other."""
    threads, cpu = "resources.threads", "resources.cpu"
    if threads in values and cpu not in values and cpu in base:
        # Where the CPU may not be changed, threads are no way to change it.
        free = profile.permits(cpu)
        count = values[threads] if free else profile.defaults.get(threads)
        follows = cpu_quantity(1000 * count) if count else base[cpu]
        values[cpu] = _into(profile, cpu, follows)
    for name in OF_WORKERS:
        # A command or packages of our own choice would be worse than none.
        if name in values or name not in profile.bounds or FIELDS[name] == "words":
            continue
        start = base.get(name)
        if name == threads and cpu in base:
            start = max(1, parse_cpu(values.get(cpu) or base[cpu]) // 1000)
        filled = _into(profile, name, start)
        if filled is not None and not same(name, filled, start):
            values[name] = filled


def _fill_lifetime(profile: Definition, values: Flat, base: Flat, given: Flat) -> None:
    """Choose a kind of lifetime that keeps the bounds, and set its clocks."""
    if not any(name.startswith("lifetime.") for name in profile.bounds):
        return
    kinds = possible_kinds(profile)
    kind = values.get("lifetime.kind", base.get("lifetime.kind", "keep"))
    if kinds and kind not in kinds:
        if "lifetime.kind" in given:
            raise InvalidField(
                "lifetime.kind",
                f"The profile “{profile.label}” permits {_or(kinds)} as the end of a "
                f"cluster, not “{kind}”.",
                choices=kinds,
            )
        kind = kinds[0]
        values.pop("lifetime.seconds", None)
    if kind == "keep" and "lifetime.kind" not in values and not kinds:
        return
    values["lifetime.kind"] = kind
    if kind == "idle" and "lifetime.seconds" not in values:
        seconds = base.get("lifetime.seconds") or IDLE_SECONDS
        values["lifetime.seconds"] = _into(profile, "lifetime.seconds", seconds)
    clients = profile.bounds.get("lifetime.no_client_seconds")
    if clients and clients.maximum is not None and kind != "keep":
        values.setdefault("lifetime.no_client_seconds", clients.maximum)


def possible_kinds(profile: Definition) -> list[str]:
    """Return the kinds of lifetime that keep the bounds; empty: all do.

    A longest time rules out what has no such clock, unless the choices name it.
    """
    named = profile.bounds.get("lifetime.kind")
    if named is not None and named.choices:
        return named.choices
    limited = {
        name: bound.maximum is not None
        for name, bound in profile.bounds.items()
        if name.startswith("lifetime.")
    }
    if limited.get("lifetime.seconds"):
        return ["idle"]
    return ["idle", "notebook"] if limited.get("lifetime.no_client_seconds") else []


def _or(words: list[str]) -> str:
    quoted = [f"“{word}”" for word in words]
    return " or ".join([", ".join(quoted[:-1]), quoted[-1]] if quoted[1:] else quoted)


def _lifetime(
    profile: Definition, lifetime: LifetimeRequest, base: Flat
) -> LifetimeRequest:
    asked = ClusterCreate(lifetime=lifetime)
    given = flatten(asked)
    _check_given(profile, given, _start(profile, base))
    values = _merge(
        {
            name: value
            for name, value in _without_alternatives(profile.defaults, given).items()
            if name.startswith("lifetime.")
        },
        given,
    )
    _fill_lifetime(profile, values, base, given)
    done = unflatten(values, ClusterCreate()).lifetime
    assert done is not None
    return done


def _group(
    profile: Definition, group: GroupCreate, like: Flat, base: Flat, prefix: str
) -> GroupCreate:
    """Return a worker group: as the default one, but for what it says of itself."""
    given = {name: it for name, it in flatten(group).items() if name in OF_WORKERS}
    inherited = {name: like[name] for name in OF_WORKERS if name in like}
    if "resources.cpu" in given or "resources.threads" in given:
        # They follow each other within a group.
        for name in ("resources.cpu", "resources.threads"):
            if profile.permits(name):
                inherited.pop(name, None)
    if given.get("resources.gpus") == 0 and like.get("resources.gpus"):
        # The command of workers with GPUs (dask cuda worker) would fail.
        inherited.pop("worker_command", None)
    _check_given(profile, given, {**base, **inherited}, prefix)
    values = _merge(inherited, given)
    _fill_worker(profile, values, base)
    return unflatten(values, group)


def _check_total(profile: Definition, values: Flat, given: Flat, base: Flat) -> None:
    groups: list[GroupCreate] = values.get("groups") or []
    others = sum(group.workers for group in groups)
    adaptive = "adapt.maximum" in values
    values = {**base, **values}
    for name in ("adapt.maximum",) if adaptive else ("workers",):
        if name in values:
            field = name if name in given and "groups" not in given else "groups"
            _check_sum(profile, name, values[name], others, field)


def _check_sum(
    profile: Definition, name: str, workers: int, others: int, field: str = ""
) -> None:
    """Check all workers of a cluster together."""
    bound = bound_of(profile, name)
    if not others or bound is None or bound.maximum is None:
        return
    if workers + others > int(bound.maximum):
        raise InvalidField(
            field or name,
            f"The profile “{profile.label}” permits {bound.maximum} workers in all groups "
            f"together; {workers} and {others} are {workers + others}.",
            maximum=bound.maximum,
        )
