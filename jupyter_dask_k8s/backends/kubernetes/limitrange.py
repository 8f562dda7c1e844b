"""LimitRanges: bounds of each container and each pod, before Kubernetes refuses the pods.

The rules are those of the admission plugin LimitRanger (Kubernetes 1.20 to 1.34): ``max``
bounds limits, ``min`` bounds requests, and a container without a request or a limit gets
the defaults.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from ...errors import InvalidField
from ...quantities import parse_quantity
from .demand import Amounts, Demand, Size
from .objects import LimitRange, RangeItem
from .show import show, title_of

_FIELDS = {"cpu": "resources.cpu", "memory": "resources.memory"}
_SETTINGS = {"cpu": "scheduler_cpu", "memory": "scheduler_memory"}


@dataclass(frozen=True)
class Ranges:
    """All LimitRanges of a namespace."""

    items: tuple[LimitRange, ...] = ()

    def _of(self, type: str) -> Iterable[tuple[str, RangeItem]]:
        for item in self.items:
            for part in item.spec.limits:
                if part.type == type:
                    yield item.metadata.name, part

    def filled(self, demand: Demand) -> Demand:
        """Return a demand with what the LimitRanges give where it says nothing."""
        sizes = list(demand.containers)
        for _, item in self._of("Container"):
            sizes = [_filled(size, item) for size in sizes]
        return replace(demand, containers=sizes)

    def check(self, demand: Demand) -> None:
        """Refuse pods that no LimitRange lets be; raises `InvalidField`."""
        if demand.count == 0:
            return
        for name, item in self._of("Container"):
            for size in demand.containers:
                _check(demand, name, item, size, "a container")
        for name, item in self._of("Pod"):
            _check(demand, name, item, _sum(demand.containers), "a pod")

    def bounds(self, resource: str) -> tuple[Decimal | None, Decimal | None, str]:
        """Return the least and the most of a container, and the LimitRange's name."""
        least: Decimal | None = None
        most: Decimal | None = None
        name = ""
        for found, item in self._of("Container"):
            low, high = _get(item.min, resource), _get(item.max, resource)
            if low is not None and (least is None or low > least):
                least, name = low, found
            if high is not None and (most is None or high < most):
                most, name = high, found
        return least, most, name


def _filled(size: Size, item: RangeItem) -> Size:
    # Kubernetes has derived the defaults from the bounds when the LimitRange was made.
    limits = {**_all(item.default), **size.limits}
    return Size({**_all(item.default_request), **size.requests}, limits)


def _sum(sizes: Iterable[Size]) -> Size:
    requests: dict[str, Decimal] = {}
    limits: dict[str, Decimal] = {}
    for size in sizes:
        for total, amounts in ((requests, size.requests), (limits, size.limits)):
            for resource, amount in amounts.items():
                total[resource] = total.get(resource, Decimal(0)) + amount
    return Size(requests, limits)


def _check(demand: Demand, name: str, item: RangeItem, size: Size, what: str) -> None:
    for resource in {**item.max, **item.min, **item.max_limit_request_ratio}:
        limit, request = size.limits.get(resource), size.requests.get(resource)
        most, least = _get(item.max, resource), _get(item.min, resource)
        if most is not None and limit is not None and limit > most:
            _refuse(
                demand,
                resource,
                limit,
                f"the LimitRange “{name}” allows {what} at most {show(resource, most)}",
            )
        if least is not None and request is not None and request < least:
            _refuse(
                demand,
                resource,
                request,
                f"the LimitRange “{name}” wants {what} to ask for at least "
                f"{show(resource, least)}",
            )
        ratio = _get(item.max_limit_request_ratio, resource)
        if ratio is not None and limit is not None and request and limit / request > ratio:
            _refuse(
                demand,
                resource,
                limit,
                f"reserves {show(resource, request)}; the LimitRange “{name}” allows at "
                f"most {ratio.normalize():f} times what is reserved",
            )


def _refuse(demand: Demand, resource: str, amount: Decimal, why: str) -> None:
    """Raise `InvalidField`: of workers the field, of others the administrator's setting."""
    who = title_of(demand)
    middle = ", and " if why.startswith("reserves") else "; "
    sentence = f"{who} may use {show(resource, amount)}{middle}{why}."
    if demand.who == "scheduler" and resource in _SETTINGS:
        sentence += (
            f" Ask the administrator to set KubernetesBackend.{_SETTINGS[resource]}."
        )
    field = ""
    if demand.who == "worker":
        field = demand.place + _FIELDS.get(resource, "resources.gpus")
    raise InvalidField(field, sentence, resource=resource)


def _get(amounts: Mapping[str, Any], resource: str) -> Decimal | None:
    if resource not in amounts:
        return None
    try:
        return parse_quantity(amounts[resource])
    except ValueError:
        return None


def _all(amounts: Mapping[str, Any]) -> Amounts:
    found = {resource: _get(amounts, resource) for resource in amounts}
    return {resource: it for resource, it in found.items() if it is not None}
