"""What the doctor looks at around us: the extension, the labextension, events, proxies."""

from __future__ import annotations

import asyncio
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from jupyter_core.paths import jupyter_config_path, jupyter_path

from .. import __version__
from ..backends.examination import Examination, Finding, failed, ok, skipped, warning
from ..events import SCHEMA_ID
from ..models import Check

EXTENSION = "jupyter_dask_k8s"
LABEXTENSION = "jupyter-dask-k8s"


def examinations(events: Any | None) -> list[Examination]:
    """Return all; ``events`` is the server's event logger, ``None`` without a server."""

    async def extension() -> Finding:
        if events is not None:
            return ok(f"The server extension {__version__} is loaded.")
        return await asyncio.to_thread(_extension)

    async def labextension() -> Finding:
        return await asyncio.to_thread(_labextension)

    async def bus() -> Finding:
        return _bus(events)

    return [
        Examination("jupyter.extension", "Server extension", extension),
        Examination("jupyter.labextension", "JupyterLab extension", labextension),
        Examination("jupyter.events", "Jupyter's event bus", bus),
    ]


def _extension() -> Finding:
    from jupyter_server.extension.config import ExtensionConfigManager

    enabled = True
    known = False
    # The first folder wins, as in Jupyter.
    for folder in reversed(jupyter_config_path()):
        manager: Any = ExtensionConfigManager(
            read_config_path=[folder], write_config_dir=folder
        )
        found = manager.get_jpserver_extensions("jupyter_server_config")
        if EXTENSION in found:
            known, enabled = True, bool(found[EXTENSION])
    if known and enabled:
        return ok(f"The server extension {__version__} is enabled.")
    return failed(
        f"The server extension {EXTENSION} is {'disabled' if known else 'not enabled'}.",
        f"jupyter server extension enable {EXTENSION}",
        "command",
    )


def _labextension() -> Finding:
    for folder in jupyter_path("labextensions"):
        package = Path(folder) / LABEXTENSION / "package.json"
        if package.is_file():
            break
    else:
        return failed(
            "JupyterLab has no panel of ours: the labextension is not installed.",
            "pip install --force-reinstall --no-deps jupyter-dask-k8s",
            "command",
        )
    if _disabled():
        return failed(
            f"The labextension {LABEXTENSION} is disabled.",
            f"jupyter labextension enable {LABEXTENSION}",
            "command",
        )
    version = str(json.loads(package.read_text(encoding="utf-8")).get("version", ""))
    if _plain(version) != _plain(__version__):
        return warning(
            f"The labextension is version {version}, and the server extension "
            f"{__version__}: one of them is a leftover at {package.parent}.",
            "pip install --force-reinstall --no-deps jupyter-dask-k8s",
            "command",
        )
    return ok(f"The labextension {version} is at {package.parent}.")


def _disabled() -> bool:
    """Whether a page_config.json disables the whole labextension (JupyterLab 4)."""
    state = False
    for folder in reversed(jupyter_config_path()):
        page = Path(folder) / "labconfig/page_config.json"
        try:
            content = json.loads(page.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            continue
        named = content.get("disabledExtensions") or {}
        if isinstance(named, list):
            named = dict.fromkeys(named, True)
        state = bool(named.get(LABEXTENSION, state))
    return state


def _plain(version: str) -> str:
    """Return a version as npm and pip both write it: ``0.2.0-rc.1`` is ``0.2.0rc1``."""
    number, _, rest = version.partition("-")
    return number + rest.replace(".", "").replace("alpha", "a").replace("beta", "b")


def _bus(events: Any | None) -> Finding:
    if events is None:
        return skipped("Only a running server can tell: look at the panel.")
    if SCHEMA_ID not in events.schemas:
        return failed(
            "Jupyter's event bus does not know our events: the panel hears of changes once "
            "a minute only.",
            "jupyter server list",
            "command",
        )
    return ok("Jupyter's event bus takes our events.")


# --- the way of the request ----------------------------------------------------------


@dataclass(frozen=True)
class Visit:
    """What a request tells of the way that it took."""

    scheme: str
    host: str
    base_url: str
    headers: dict[str, str]
    """In lower case."""
    allow_origin: str
    allow_origin_pat: str = ""


def examine_visit(visit: Visit) -> list[Check]:
    """Return what can be seen of the base URL and of reverse proxies."""
    base = Examination("proxy.base", "Base URL", _never)
    host = Examination("proxy.host", "Reverse proxy", _never)
    return [base.check(_base(visit)), host.check(_host(visit))]


async def _never() -> Finding:
    raise NotImplementedError


def _referer(visit: Visit) -> Any:
    return urlsplit(visit.headers.get("referer", ""))


def _base(visit: Visit) -> Finding:
    """Compare the page's own path with our base URL: a proxy may have cut it off."""
    page = _referer(visit)
    # A policy may keep all but the origin from us: JupyterLab itself is never at “/”.
    told = page.netloc and page.path not in ("", "/")
    if told and not unquote(page.path).startswith(unquote(visit.base_url)):
        return failed(
            f"The page is at {page.path}, and this server thinks that it is at "
            f"{visit.base_url}: the proxy changes paths, so links and websockets break.",
            f'c.ServerApp.base_url = "{_prefix(page.path)}"  # and let the proxy keep it',
            "config",
        )
    return ok(f"The base URL is {visit.base_url}.")


def _prefix(path: str) -> str:
    """Return what is before JupyterLab's own part of a path."""
    found = re.match(r"(.*?/)(lab|tree|doc|notebooks|edit|consoles)(/|$)", path)
    return found[1] if found else "/"


def _allowed(visit: Visit, origin: str) -> bool:
    """Whether the settings let a page of another host in, as Jupyter reads them."""
    if visit.allow_origin:
        return visit.allow_origin in ("*", origin)
    return bool(visit.allow_origin_pat and re.match(visit.allow_origin_pat, origin))


def _host(visit: Visit) -> Finding:
    """Jupyter refuses a websocket whose ``Origin`` is another host than ``Host``."""
    headers, page = visit.headers, _referer(visit)
    other = page.netloc and page.netloc.lower() != visit.host.lower()
    if other and not _allowed(visit, f"{page.scheme}://{page.netloc}"):
        return failed(
            f"The browser is at {page.netloc}, but the proxy says Host: {visit.host}. "
            "Jupyter refuses such websockets: neither kernels nor live changes work.",
            "# Best let the proxy pass the header Host on. Otherwise:\n"
            f'c.ServerApp.allow_origin = "{page.scheme}://{page.netloc}"',
            "config",
        )
    forwarded = headers.get("x-forwarded-proto", "").split(",")[0].strip()
    if forwarded and forwarded != visit.scheme:
        return warning(
            f"The browser speaks {forwarded}, and this server thinks {visit.scheme}: "
            "cookies are not marked as secure.",
            "c.ServerApp.trust_xheaders = True",
            "config",
        )
    if "x-forwarded-for" in headers or "x-forwarded-host" in headers or forwarded:
        return ok(f"A reverse proxy is in between, and passes Host: {visit.host} on.")
    return ok("No reverse proxy can be seen.")
