"""Amounts of memory, CPU and time as people and Kubernetes write them."""

from __future__ import annotations

import functools
import re
from decimal import Decimal

_UNITS = {
    "": 1,
    "k": 10**3,
    "m": 10**6,
    "g": 10**9,
    "t": 10**12,
    "ki": 2**10,
    "mi": 2**20,
    "gi": 2**30,
    "ti": 2**40,
}
# No machine has amounts of more digits, and Python's numbers end somewhere.
_NUMBER = r"\d{1,18}(?:\.\d{1,18})?"
_PATTERN = re.compile(rf"\s*({_NUMBER})\s*([kmgt]i?|)b?\s*", re.IGNORECASE | re.ASCII)


def parse_memory(text: str) -> int:
    """Return bytes for ``4Gi``, ``4 GiB``, ``512MB`` or ``1000``; raises `ValueError`."""
    match = _PATTERN.fullmatch(text)
    if match is None:
        raise ValueError(f"“{text}” is no amount of memory. Write for example 2 GiB.")
    number, unit = match.groups()
    return int(float(number) * _UNITS[unit.lower()])


def format_memory(amount: int) -> str:
    """Return bytes as people read them: ``3 GiB``, ``1.5 GiB``, ``512 MiB``."""
    for unit, size in (("TiB", 2**40), ("GiB", 2**30), ("MiB", 2**20), ("KiB", 2**10)):
        if amount >= size:
            return f"{round(amount / size, 1):g} {unit}"
    return f"{amount} B"


def exact_memory(amount: int) -> str:
    """Return bytes as Dask reads them back without loss: ``1500 MiB``, ``1001 B``."""
    for unit, size in (("GiB", 2**30), ("MiB", 2**20), ("KiB", 2**10)):
        if amount % size == 0:
            return f"{amount // size} {unit}"
    return f"{amount} B"


def memory_quantity(amount: int) -> str:
    """Return bytes as Kubernetes writes them: ``2Gi``, ``1536Mi``, ``1000``."""
    for unit, size in (("Gi", 2**30), ("Mi", 2**20), ("Ki", 2**10)):
        if amount % size == 0:
            return f"{amount // size}{unit}"
    return str(amount)


_CPU = re.compile(rf"\s*(?:(\d{{1,18}})m|({_NUMBER}))\s*", re.ASCII)


def parse_cpu(text: str) -> int:
    """Return thousandths of a CPU for ``2``, ``0.5`` or ``500m``; raises `ValueError`."""
    match = _CPU.fullmatch(text)
    if match is None:
        raise ValueError(f"“{text}” is no number of CPUs. Write for example 2 or 500m.")
    thousandths, number = match.groups()
    return int(thousandths) if thousandths else round(float(number) * 1000)


def cpu_quantity(thousandths: int) -> str:
    """Return thousandths of a CPU as Kubernetes writes them: ``2``, ``500m``."""
    if thousandths % 1000 == 0:
        return str(thousandths // 1000)
    return f"{thousandths}m"


def format_duration(seconds: int) -> str:
    """Return ``90`` as ``90 seconds``, ``3600`` as ``1 hour``."""
    for unit, size in (("hour", 3600), ("minute", 60), ("second", 1)):
        if seconds % size == 0 and seconds >= size:
            count = seconds // size
            return f"{count} {unit}{'' if count == 1 else 's'}"
    return "0 seconds"


_QUANTITY = re.compile(
    r"([+-]?\d{0,30}\.?\d{1,30}|[+-]?\d{1,30}\.)([eE][+-]?\d{1,2}|[numkMGTPE]|[KMGTPE]i)?",
    re.ASCII,
)
_SUFFIXES = {
    "n": Decimal("1e-9"),
    "u": Decimal("1e-6"),
    "m": Decimal("1e-3"),
    **{unit: Decimal(1000) ** power for power, unit in enumerate("kMGTPE", 1)},
    **{f"{unit}i": Decimal(1024) ** power for power, unit in enumerate("KMGTPE", 1)},
}


def parse_quantity(text: object) -> Decimal:
    """Return a quantity as the API server writes it, exactly; raises `ValueError`.

    ``100m`` is a tenth, ``1Ki`` 1024, ``1e3`` 1000 (apimachinery's ``resource.Quantity``).
    """
    return _parse_quantity(str(text).strip())


@functools.lru_cache(maxsize=1024)
def _parse_quantity(text: str) -> Decimal:
    # Thousands of pods have the same few.
    match = _QUANTITY.fullmatch(text)
    if match is None:
        raise ValueError(f"“{text}” is no quantity of Kubernetes.")
    number, suffix = Decimal(match[1]), match[2] or ""
    if suffix[:1] in ("e", "E") and len(suffix) > 1 and suffix != "Ei":
        return number * Decimal(10) ** int(suffix[1:])
    return number * _SUFFIXES.get(suffix, Decimal(1))
