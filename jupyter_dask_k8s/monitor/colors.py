"""The colours that Dask's dashboard gives to prefixes of tasks."""

from __future__ import annotations

from functools import lru_cache
from hashlib import md5

PALETTE = (
    *("#440154", "#471669", "#472a79", "#433c84", "#3c4d8a", "#355d8c"),
    *("#2e6c8e", "#287a8e", "#23898d", "#1e978a", "#20a585", "#2eb27c"),
    *("#45bf6f", "#64cb5d", "#88d547", "#afdc2e", "#d7e219", "#fde724"),
)
"""Eighteen steps of the colour map viridis."""


@lru_cache(maxsize=1024)
def color_of(prefix: str) -> str:
    """Return the colour of a prefix (``distributed.utils.color_of``, 2024.1 to 2026.8)."""
    digest = md5(prefix.encode(), usedforsecurity=False).hexdigest()
    return PALETTE[int(digest[:8], 16) % len(PALETTE)]
