"""Which paths and queries of a dashboard may pass through the proxy."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, quote, urlencode

from .errors import NotPermitted

_PAGES = frozenset(
    [
        "counters",
        "events",
        "exceptions",
        "gpu",
        "graph",
        "groups",
        "hardware",
        "health",
        "info",
        "json",
        "metrics",
        "profile",
        "profile-server",
        "shuffle",
        "static",
        "statics",
        "status",
        "stealing",
        "system",
        "tasks",
        "workers",
        "favicon.ico",
        "individual-plots.json",
        "sitemap.json",
    ]
)
"""First parts of paths that pass, beside ``individual-*`` and the empty path: pages of
distributed 2023.1 to 2026.8 and the files that they load."""

_PART = re.compile(r"[\w.,:@~ ()+=-]+")
"""What a part of a path may be made of; no percent sign, so nothing is encoded twice."""

_SECRETS = frozenset(("token", "_xsrf"))


def check_path(path: str) -> str:
    """Return a decoded path as it goes to the scheduler; raises `NotPermitted`."""
    parts = path.split("/")
    first = parts[0]
    known = first in _PAGES or first.startswith("individual-") or path == ""
    inner = parts[:-1] if parts[-1] == "" else parts
    clean = all(_PART.fullmatch(part) and set(part) != {"."} for part in inner)
    if not (known and clean):
        raise NotPermitted("Only pages of the dashboard can be reached here.", path=path)
    return "/" + quote(path)


def clean_query(query: str) -> str:
    """Return a query without Jupyter's secrets, with its question mark if not empty."""
    pairs = parse_qsl(query, keep_blank_values=True)
    kept = urlencode([pair for pair in pairs if pair[0] not in _SECRETS])
    return f"?{kept}" if kept else ""
