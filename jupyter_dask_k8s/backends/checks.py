"""Checks of requests that mean the same for every backend."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterator, Sequence

from traitlets import HasTraits

from ..errors import InvalidField, Replaced, SettingWrong
from ..models import MAX_NAME_LENGTH, Adapt, Cluster, GroupCreate, Job
from ..quantities import format_memory, parse_memory

SMALLEST_MEMORY = 128 * 2**20
"""A worker of less than this does not even start (distributed 2026.8 takes 60 MiB)."""

_LONGEST_VARIABLE = 100 * 2**10
"""Safely below the 128 KiB that Linux permits (execve(2), MAX_ARG_STRLEN)."""

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)


def check_env(env: dict[str, str]) -> dict[str, str]:
    """Return the variables; raises `InvalidField` for those that no process can have."""
    for name, value in env.items():
        if not _VARIABLE.fullmatch(name):
            raise InvalidField(
                "env", f"“{name}” cannot be set: names have letters, digits and “_”."
            )
        if "\0" in value:
            raise InvalidField("env", f"The value of “{name}” has a character of code 0.")
        if len(name) + len(value.encode()) > _LONGEST_VARIABLE:
            raise InvalidField(
                "env",
                f"“{name}” is too long: a variable can have "
                f"{format_memory(_LONGEST_VARIABLE)} at most.",
            )
    return env


def read_memory(text: str) -> int:
    """Return a worker's memory in bytes; raises `InvalidField`."""
    try:
        memory = parse_memory(text)
    except ValueError as error:
        raise InvalidField("resources.memory", str(error)) from None
    if memory < SMALLEST_MEMORY:
        raise InvalidField(
            "resources.memory",
            f"A worker needs at least {format_memory(SMALLEST_MEMORY)} of memory.",
        )
    return memory


@contextlib.contextmanager
def within(field: str) -> Iterator[None]:
    """Let errors of fields inside name the way to them: ``groups[0].workers``."""
    try:
        yield
    except InvalidField as error:
        details = {key: it for key, it in error.details.items() if key != "field"}
        inner = f".{error.field}" if error.field else ""
        raise InvalidField(field + inner, error.message, **details) from None


def check_group_name(cluster: str, group: str) -> None:
    """Check the name of a worker group beside ``default``; raises `InvalidField`.

    Kubernetes knows it as ``<cluster>-<group>``, which is also the value of a label (63
    characters).
    """
    if group == "default":
        raise InvalidField("name", "Every cluster has a group named “default” already.")
    longest = MAX_NAME_LENGTH + 10 - len(cluster) - 1
    if len(group) > longest:
        raise InvalidField(
            "name",
            f"Together with the cluster's name “{cluster}” a group's name can have at most "
            f"{longest} characters.",
        )


def check_group_names(groups: Sequence[GroupCreate]) -> None:
    """Check that new groups of one cluster have different names; raises `InvalidField`."""
    names: set[str] = set()
    for index, group in enumerate(groups):
        if group.name in names:
            raise InvalidField(
                f"groups[{index}].name",
                f"There are two worker groups named “{group.name}”.",
            )
        names.add(group.name)


def check_packages(packages: list[str]) -> list[str]:
    """Return what pip is to install; raises `InvalidField` for what is no requirement."""
    from packaging.requirements import InvalidRequirement, Requirement

    for package in packages:
        try:
            Requirement(package)
        except InvalidRequirement:
            raise InvalidField(
                "packages",
                f"“{package}” is no requirement: write as pip does, polars or polars==1.9.",
            ) from None
    return packages


def check_order(adapt: Adapt) -> None:
    """Check that an autoscaler's bounds leave a number; raises `InvalidField`.

    It says what the form calls them, which shows this sentence.
    """
    if adapt.minimum > adapt.maximum:
        raise InvalidField(
            "adapt.minimum",
            f"“At least” (adapt.minimum, {adapt.minimum}) is above “At most” "
            f"(adapt.maximum, {adapt.maximum}).",
        )


def check_uid(found: Cluster | Job, uid: str) -> None:
    """Check that a cluster or a job is the one that is meant; raises `Replaced`.

    One without a ``uid`` is no new one: remains are left of it.
    """
    if uid and found.uid not in ("", uid):
        raise Replaced(found.name, "job" if isinstance(found, Job) else "cluster")


def check_amounts(settings: HasTraits, **reads: Callable[[str], object]) -> None:
    """Read the settings of these names, each in its way; raises `SettingWrong`."""
    for name, read in reads.items():
        try:
            read(getattr(settings, name))
        except ValueError as error:
            default = str(settings.trait_defaults(name))
            raise SettingWrong(
                f"{type(settings).__name__}.{name}", str(error), default
            ) from None
