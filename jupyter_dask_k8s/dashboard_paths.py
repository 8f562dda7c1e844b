"""Which paths and queries of a dashboard may pass through the proxy."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, quote, unquote, urlencode, urljoin, urlsplit

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

_THING = re.compile(
    r"(info/(?:worker|task|logs|call-stacks?)/)([^\x00-\x1f\x7f]{1,2000})(\.html)"
)
"""The page of a worker, by its address, or of a task, by its key: this has any letters."""

_SECRETS = frozenset(("token", "_xsrf"))


def contained_path(secret: str) -> str:
    """Return where the dashboard of a capability begins, below the base URL."""
    return f"dask-k8s/contained/{secret}"


def check_path(path: str) -> str:
    """Return a decoded path as it goes to the scheduler; raises `NotPermitted`."""
    if thing := _THING.fullmatch(path):
        return f"/{thing[1]}{quote(thing[2], safe='')}{thing[3]}"
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


def check_location(location: str, path: str, host: str) -> str:
    """Return where a redirect leads to within a dashboard; raises `NotPermitted`.

    ``path`` is what was asked for, ``host`` the scheduler as it knows itself. Browsers take
    a backslash for a slash, and leave out line ends: such things are no address here.
    """
    try:
        there = urlsplit(urljoin(f"http://{host}{path}", location))
        outside = (there.scheme, there.netloc) != ("http", host)
    except ValueError:
        outside = True
    if outside or "\\" in location or not location.isprintable():
        raise NotPermitted("The scheduler redirects to another place.")
    target = check_path(unquote(there.path).removeprefix("/"))
    fragment = f"#{quote(unquote(there.fragment))}" if there.fragment else ""
    return target + clean_query(there.query) + fragment
