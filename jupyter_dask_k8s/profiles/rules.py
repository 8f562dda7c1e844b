"""What a request comes to under a profile; what the profile forbids is `InvalidField`.

One principle: what a request says is checked, and what it does not say is filled in and,
where need be, moved into the bounds. So the bounds hold whoever asks.
"""

from __future__ import annotations

from typing import Any

import msgspec

from ..errors import InvalidField
from ..models import Bounds, ClusterCreate, GroupCreate, LifetimeRequest
from ..quantities import cpu_quantity, parse_cpu
from .bounds import ends_of, first_choice, outside
from .definition import Definition
from .fields import (
    FIELDS,
    MEASURED,
    OF_WORKERS,
    Flat,
    flatten,
    measure,
    of_workers,
    same,
    say,
    unflatten,
)

IDLE_SECONDS = 3600
"""The clock of ``idle`` where nobody names another."""

SCALING = ("workers", "adapt.minimum", "adapt.maximum")
_MAPS = ("env", "node_selector")


def resolve(profile: Definition, request: ClusterCreate, base: Flat) -> ClusterCreate:
    """Return the request with all that the profile says.

    ``base`` is what the backend itself would choose. Raises `InvalidField`.
    """
    given = flatten(request)
    start = start_of(profile, base)
    check_given(profile, given, start)
    inherited = _without_alternatives(profile.defaults, given)
    values = _merge(inherited, given)
    _fill_scaling(profile, values, base)
    _fill_lifetime(profile, values, base, given)
    _fill_worker(profile, values, base)
    if "groups" in values:
        values["groups"] = [
            group_of(profile, group, values, base, f"groups[{number}].")
            for number, group in enumerate(values["groups"])
        ]
    _check_total(profile, values, given, base)
    done = unflatten(values, request)
    return msgspec.structs.replace(done, profile=profile.name)


# --- what a request says -------------------------------------------------------------


def start_of(profile: Definition, base: Flat) -> Flat:
    """Return what a cluster of this profile has when a request says nothing."""
    values = dict(profile.defaults)
    _fill_scaling(profile, values, base)
    _fill_lifetime(profile, values, base, {})
    _fill_worker(profile, values, base)
    rest = {name: value for name, value in base.items() if name not in values}
    return {**_without_alternatives(rest, values), **values}


def check_given(profile: Definition, given: Flat, start: Flat, prefix: str = "") -> None:
    """Refuse what may not be changed or is out of bounds; ``start`` is so anyway."""
    for name, value in given.items():
        if not profile.permits(name) and not _as_fixed(name, value, start):
            raise locked(profile, prefix + name, name, start.get(name))
        check_bound(profile, name, value, prefix)


def _as_fixed(name: str, value: Any, start: Flat) -> bool:
    """Whether a request says of a fixed field only what is so anyway."""
    fixed = start.get(name)
    if name in _MAPS:
        return set(value.items()) <= set((fixed or {}).items())
    if name != "workers" and not value and not fixed:
        return True
    return same(name, value, fixed)


def locked(profile: Definition, field: str, what: str, value: Any = None) -> InvalidField:
    """Return the refusal of what a profile does not let one change."""
    stays = ""
    if isinstance(value, str | int) and what in FIELDS:
        stays = f": it is {say(what, value)}"
    return InvalidField(
        field, f"The profile “{profile.label}” does not let you change “{what}”{stays}."
    )


def check_bound(profile: Definition, name: str, value: Any, prefix: str = "") -> None:
    """Refuse a value that is out of bounds."""
    bound = profile.bound(name)
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
    if any(name in given for name in SCALING):
        for name in SCALING:
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


def into(profile: Definition, name: str, value: Any) -> Any:
    """Return a value of our choice, moved into the bounds of the profile."""
    bound = profile.bound(name)
    if bound is None:
        return value
    value = _between(name, value, bound)
    if bound.choices and (value is None or outside(name, value, bound)):
        return first_choice(name, bound)
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


def _fill_scaling(profile: Definition, values: Flat, base: Flat) -> None:
    if any(name in values for name in SCALING):
        return
    workers = into(profile, "workers", base.get("workers"))
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
        values[cpu] = into(profile, cpu, follows)
    for name in OF_WORKERS:
        # A command or packages of our own choice would be worse than none.
        if name in values or name not in profile.bounds or FIELDS[name] == "words":
            continue
        start = base.get(name)
        if name == threads and cpu in base:
            start = max(1, parse_cpu(values.get(cpu) or base[cpu]) // 1000)
        filled = into(profile, name, start)
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
        values["lifetime.seconds"] = into(profile, "lifetime.seconds", seconds)
    clients = most_of(profile, "lifetime.no_client_seconds")
    if clients is not None and kind != "keep":
        values.setdefault("lifetime.no_client_seconds", clients)


def possible_kinds(profile: Definition) -> list[str]:
    """Return the kinds of lifetime that keep the bounds; empty: all do.

    A longest time rules out what has no such clock, unless the choices name it.
    """
    named = profile.bounds.get("lifetime.kind")
    if named is not None and named.choices:
        return named.choices
    if most_of(profile, "lifetime.seconds") is not None:
        return ["idle"]
    limited = most_of(profile, "lifetime.no_client_seconds") is not None
    return ["idle", "notebook"] if limited else []


def most_of(profile: Definition, name: str) -> int | str | None:
    """Return the most that a field can have; the largest choice is a maximum, too."""
    bound = profile.bound(name)
    return None if bound is None else ends_of(name, bound).maximum


def _or(words: list[str]) -> str:
    quoted = [f"“{word}”" for word in words]
    return " or ".join([", ".join(quoted[:-1]), quoted[-1]] if quoted[1:] else quoted)


def lifetime_of(
    profile: Definition, lifetime: LifetimeRequest, base: Flat
) -> LifetimeRequest:
    """Return a lifetime with what the profile says of it."""
    asked = ClusterCreate(lifetime=lifetime)
    given = flatten(asked)
    check_given(profile, given, start_of(profile, base))
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


def group_of(
    profile: Definition, group: GroupCreate, like: Flat, base: Flat, prefix: str
) -> GroupCreate:
    """Return a worker group: as the default one, but for what it says of itself.

    A group as the profile itself has it need not be permitted, only within the bounds.
    """
    given = of_workers(group)
    inherited = {name: like[name] for name in OF_WORKERS if name in like}
    if "resources.cpu" in given or "resources.threads" in given:
        # They follow each other within a group.
        for name in ("resources.cpu", "resources.threads"):
            if profile.permits(name):
                inherited.pop(name, None)
    gpus = "resources.gpus"
    paired = like.get(gpus) or profile.defaults.get(gpus)
    if paired and {**inherited, **given}.get(gpus) == 0:
        # The command of workers with GPUs (dask cuda worker) would fail.
        inherited.pop("worker_command", None)
    own = group in (profile.defaults.get("groups") or [])
    check_given(profile, given, given if own else {**base, **inherited}, prefix)
    values = _merge(inherited, given)
    _fill_worker(profile, values, base)
    return unflatten(values, group)


def _check_total(profile: Definition, values: Flat, given: Flat, base: Flat) -> None:
    groups: list[GroupCreate] = values.get("groups") or []
    others = sum(group.workers for group in groups)
    name = "adapt.maximum" if "adapt.maximum" in values else "workers"
    workers = {**base, **values}.get(name)
    if others and workers is not None:
        field = name if name in given and "groups" not in given else "groups"
        check_sum(profile, name, workers, others, field)


def check_sum(
    profile: Definition, name: str, workers: int, others: int, field: str
) -> None:
    """Check all workers of a cluster together; ``name`` is its way of scaling."""
    most = most_of(profile, name)
    if most is not None and workers + others > int(most):
        raise InvalidField(
            field,
            f"The profile “{profile.label}” permits {most} workers in all groups "
            f"together; {workers} and {others} are {workers + others}.",
            maximum=most,
        )
