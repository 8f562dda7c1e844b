"""Profiles in ConfigMaps: watched in our namespace and in one of the platform.

A ConfigMap with the label ``dask-k8s/profile`` holds profiles as YAML (or JSON). Each key
is one: ``highmem.yaml`` is the profile ``highmem``. A key ``profile.yaml`` is named by the
label's value, or by the ConfigMap where that is ``true`` or empty. ``name`` in the text
wins over both.
"""

from __future__ import annotations

import asyncio
import dataclasses
import logging
from collections.abc import Callable
from typing import Any

from ...errors import BackendUnavailable, NotPermitted
from ...profiles.definition import NAME, Written
from ...tasks import end
from .api import KubernetesAPI
from .objects import ConfigMap
from .reflector import Reflector
from .resources import PROFILES

SETTLE = 0.05
"""Seconds that changes are gathered before profiles are read again."""

FIRST_LIMIT = 5.0
"""Seconds that a request waits for the first list."""

_SUFFIXES = (".yaml", ".yml", ".json")
_SINGLE = "profile"
"""The key (without its suffix) of a ConfigMap with one profile."""

Load = Callable[[str, list[Written], list[str]], None]
"""Called with the source, its profiles, and what is wrong with the source itself."""


class ProfileMaps:
    """The ConfigMaps with profiles; those of our namespace win over the platform's."""

    def __init__(
        self,
        api: KubernetesAPI,
        platform: str,
        load: Load,
        log: logging.Logger | logging.LoggerAdapter[Any],
    ) -> None:
        namespaces = [api.namespace]
        if platform and platform != api.namespace:
            namespaces.insert(0, platform)
        self._load = load
        self._wake = asyncio.Event()
        self._first = asyncio.Event()
        self._reflectors = {
            namespace: Reflector(
                api,
                dataclasses.replace(PROFILES, namespace=namespace),
                lambda old, new: self._wake.set(),
                self._wake.set,
                log,
            )
            for namespace in namespaces
        }
        self._loaded: dict[str, Any] = {}
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begin to watch."""
        jobs = [it.run() for it in self._reflectors.values()]
        self._tasks = [asyncio.create_task(job) for job in (*jobs, self._follow())]

    async def stop(self) -> None:
        """End all watches."""
        await end(self._tasks)

    async def ready(self) -> None:
        """Return once all profiles are known that we may read.

        Without this, a request right after the start would be free of their bounds.
        Raises `BackendUnavailable`.
        """
        try:
            await asyncio.wait_for(self._first.wait(), FIRST_LIMIT)
        except asyncio.TimeoutError:
            raise BackendUnavailable(
                "The profiles are not known yet: Kubernetes has not shown its ConfigMaps."
            ) from None

    @property
    def _settled(self) -> bool:
        return all(
            it.synced or isinstance(it.trouble, NotPermitted)
            for it in self._reflectors.values()
        )

    async def _follow(self) -> None:
        while True:
            await self._wake.wait()
            await asyncio.sleep(SETTLE)
            self._wake.clear()
            for namespace, reflector in self._reflectors.items():
                items = dict(reflector.items)
                if items == self._loaded.get(namespace, {}):
                    continue
                # YAML takes its time, and its library too.
                found, troubles = await asyncio.to_thread(read_maps, items)
                self._loaded[namespace] = items
                self._load(namespace, found, troubles)
            if self._settled:
                self._first.set()


def read_maps(items: dict[str, ConfigMap]) -> tuple[list[Written], list[str]]:
    """Return the profiles of ConfigMaps, and sentences about what is no profile."""
    import yaml

    found: dict[str, Written] = {}
    troubles: list[str] = []
    for _, item in sorted(items.items()):
        meta = item.metadata
        place = f"the ConfigMap {meta.namespace}/{meta.name}"
        for key, text in sorted((item.data or {}).items()):
            try:
                content = yaml.safe_load(text)
            except (yaml.YAMLError, ValueError, RecursionError) as error:
                troubles.append(f"“{key}” of {place} is left out: {_words(error)}")
                continue
            name = _name(key, item, content)
            if name in found:
                troubles.append(
                    f"“{key}” of {place} is left out: {found[name].place} has a profile "
                    f"“{name}”, too."
                )
            else:
                found[name] = Written(name, place, content)
        if not item.data:
            troubles.append(f"{place[0].upper()}{place[1:]} is empty.")
    return list(found.values()), troubles


def _name(key: str, item: ConfigMap, content: Any) -> str:
    own = content.get("name") if isinstance(content, dict) else None
    if isinstance(own, str) and own:
        return own
    stem = next((key.removesuffix(it) for it in _SUFFIXES if key.endswith(it)), key)
    if stem != _SINGLE:
        return stem
    label = item.metadata.labels.profile
    if label.lower() != "true" and NAME.fullmatch(label):
        return label
    return item.metadata.name


def _words(error: Exception) -> str:
    """Return what YAML says, with the line."""
    mark = getattr(error, "problem_mark", None)
    where = f"line {mark.line + 1}: " if mark else ""
    problem = getattr(error, "problem", None) or str(error) or "it is no YAML"
    return f"{where}{problem}."
