"""Settings that nothing reads: traitlets passes over names that it does not know."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from traitlets.config import Config

from ..backends.examination import Examination, Finding, ok, warning

LIMIT = 20.0
"""Seconds to load the backends that are not in use: they know their settings."""

ALIKE = 0.8
"""How much a section is like one of ours before we take it for one (`difflib`)."""

Known = dict[str, set[str]]
"""The names of settings, by section."""


@dataclass(frozen=True)
class Unread:
    """A setting that is not known, and what was perhaps meant; empty where nobody knows."""

    name: str
    nearest: str
    value: Any
    """``None`` where a whole section is not known."""


def examination(config: Config) -> Examination:
    """Return the examination of a configuration."""

    async def look() -> Finding:
        return _settings(list(unread(config, await asyncio.to_thread(_known))))

    return Examination("settings", "Settings", look, LIMIT)


def _known() -> Known:
    """Return all settings; what is written of a base holds for all that is below it."""
    from ..app import DaskK8sApp
    from ..backends.base import Backend
    from ..backends.kubernetes.backend import KubernetesBackend
    from ..backends.kubernetes.jobs import KubernetesJobs
    from ..backends.local.backend import LocalBackend

    kinds: list[Any] = [DaskK8sApp, KubernetesBackend, LocalBackend, KubernetesJobs]
    known = {it.__name__: set(it.class_trait_names(config=True)) for it in kinds}
    both = known[KubernetesBackend.__name__] | known[LocalBackend.__name__]
    return {**known, Backend.__name__: both}


def unread(config: Config, known: Known) -> Iterator[Unread]:
    """Yield what concerns us in a configuration, and what no class of ours reads."""
    for section, options in config.items():
        if not isinstance(options, Config):
            continue
        if section not in known:
            for nearest in get_close_matches(section, known, 1, ALIKE):
                yield Unread(f"c.{section}", f"c.{nearest}", None)
            continue
        for name, value in options.items():
            # What is inside of a section and begins with a capital is another section.
            if name not in known[section] and not name[:1].isupper():
                yield Unread(f"c.{section}.{name}", _nearest(section, name, known), value)


def _nearest(section: str, name: str, known: Known) -> str:
    """Return the setting that was perhaps meant."""
    everything = {it for names in known.values() for it in names}
    if name in everything:
        return _place(name, known)
    for found in get_close_matches(name, known[section], 1):
        return f"c.{section}.{found}"
    for found in get_close_matches(name, everything, 1):
        return _place(found, known)
    return ""


def _place(name: str, known: Known) -> str:
    """Return where a setting is; what both backends have is their base's, the last."""
    places = [it for it, names in known.items() if name in names]
    return f"c.{places[0] if len(places) < 3 else places[-1]}.{name}"


def _settings(found: list[Unread]) -> Finding:
    if not found:
        return ok("All settings of ours in the configuration are known.")
    return warning(
        " ".join(_sentence(it) for it in found),
        "\n".join(_line(it) for it in found if it.nearest),
        "config",
    )


def _sentence(it: Unread) -> str:
    hint = f" The nearest is {it.nearest}." if it.nearest else ""
    if it.value is None:
        return f"Nothing has settings as {it.name}: they change nothing.{hint}"
    return f"There is no setting {it.name}: it changes nothing.{hint}"


def _line(it: Unread) -> str:
    """Return what to write instead; only plain values are shown again."""
    if it.value is None:
        return f"# {it.nearest} instead of {it.name}"
    plain = isinstance(it.value, (str, int, float))
    text = json.dumps(it.value) if isinstance(it.value, str) else repr(it.value)
    return f"{it.nearest} = {text if plain else '...'}  # instead of {it.name}"
