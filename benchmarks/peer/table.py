"""The tables that these benchmarks print."""

from __future__ import annotations

import statistics
import sys
from collections.abc import Iterator, Sequence


def median(values: Sequence[float]) -> float:
    return statistics.median(values)


def percentile(values: Sequence[float], part: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))]


def ratio(one: float, other: float) -> str:
    """Return how many times ``other`` fits into ``one``."""
    return f"{one / other:.2f} x" if other > 0 else "-"


def table(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print a table; the first column holds words, all others hold figures."""
    lines = [(title, *columns), *((str(it) for it in row) for row in rows)]
    cells = [tuple(line) for line in lines]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for first, *others in cells:
        rest = (it.rjust(width) for it, width in zip(others, widths[1:], strict=True))
        print(first.ljust(widths[0]), *rest, sep="   ")
    print(flush=True)


def rounds(default: int) -> Iterator[int]:
    """Count the rounds: as many as the command line says, and tell which one it is."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else default
    for number in range(1, count + 1):
        print(f"  round {number} of {count}", file=sys.stderr, flush=True)
        yield number
