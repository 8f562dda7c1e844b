"""What is installed in a kernel, and what of that its notebook uses."""

from __future__ import annotations

import importlib.metadata
import json
import re
import sys
import types
from typing import Any

CORE = (
    "dask",
    "distributed",
    "cloudpickle",
    "msgpack",
    "tornado",
    "toolz",
    "lz4",
    "numpy",
    "pandas",
    "pyarrow",
)
"""Both ends of a connection use them; those of `distributed.versions`, and pyarrow."""

TOOLS = (
    "ipykernel",
    "ipython",
    "ipywidgets",
    "jupyter-client",
    "jupyter-server",
    "jupyterlab",
    "jupyterlab-server",
    "nbconvert",
    "notebook",
    "pip",
    "setuptools",
    "uv",
    "wheel",
)
"""These, and what they need, serve the notebook itself; tasks seldom import them."""


def canonical(name: str) -> str:
    """Return a package's name as indexes write it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def distributions() -> dict[str, importlib.metadata.Distribution]:
    """Return what is installed here; earlier folders of the path win, as for imports."""
    found: dict[str, importlib.metadata.Distribution] = {}
    for it in importlib.metadata.distributions():
        name = it.metadata["Name"]
        if name:
            found.setdefault(canonical(name), it)
    return found


def tools(found: dict[str, importlib.metadata.Distribution]) -> set[str]:
    """Return the packages that serve the notebook itself."""
    waiting, known = [name for name in found if _is_tool(name)], set()
    while waiting:
        name = waiting.pop()
        if name in known or name not in found:
            continue
        known.add(name)
        for line in found[name].requires or ():
            if "extra ==" not in line:
                waiting.append(canonical(re.split(r"[^A-Za-z0-9._-]", line, maxsplit=1)[0]))
    return known - set(CORE)


def _is_tool(name: str) -> bool:
    # Ours needs dask and bokeh, which are not for the notebook only.
    return name in TOOLS or (
        name.startswith(("jupyterlab-", "jupyter-")) and name != "jupyter-dask-k8s"
    )


def used_modules() -> set[str]:
    """Return the modules that the variables of the notebook come from."""
    get_ipython = getattr(sys.modules.get("IPython"), "get_ipython", None)
    shell = get_ipython() if get_ipython else None
    if shell is None:
        return set()
    hidden = getattr(shell, "user_ns_hidden", {})
    used = set()
    for name, value in list(shell.user_ns.items()):
        if name in hidden and hidden[name] is value:
            continue
        if isinstance(value, types.ModuleType):
            module = value.__name__
        else:
            module = getattr(value, "__module__", None) or type(value).__module__
        if isinstance(module, str):
            used.add(module.partition(".")[0])
    return used - {"__main__", "builtins"}


def kernel_packages() -> list[dict[str, Any]]:
    """Return what is installed in this kernel, and what of that matters."""
    found, used = distributions(), used_modules()
    modules: dict[str, set[str]] = {}
    for module, names in importlib.metadata.packages_distributions().items():
        for name in names:
            modules.setdefault(canonical(name), set()).add(module)
    noise = tools(found)
    return [
        {
            "name": name,
            "version": it.version,
            "used": bool(modules.get(name, set()) & used),
            "imported": any(module in sys.modules for module in modules.get(name, ())),
            "tool": name in noise or name == "jupyter-dask-k8s",
            "core": name in CORE,
            "path": local_path(it),
        }
        for name, it in sorted(found.items())
    ]


def local_path(distribution: importlib.metadata.Distribution) -> str:
    """Return the folder that a package was installed from; empty where it was no folder."""
    try:
        text = distribution.read_text("direct_url.json")
        url = json.loads(text or "{}")
    except (OSError, ValueError):
        return ""
    if "dir_info" not in url:
        return ""
    return str(url.get("url", "")).removeprefix("file://")
