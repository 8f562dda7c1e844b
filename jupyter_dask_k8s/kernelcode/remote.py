"""What runs on workers and on the scheduler.

It travels as text, so that it means the same to another version of Python, and needs
nothing but the standard library there.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import io
import os
import platform
import re
import site
import socket
import subprocess
import sys
import tempfile
import threading
import time
import zipfile
from typing import Any

_PIP = ("-m", "pip", "install", "--no-input", "--no-color", "--disable-pip-version-check")
# An index that does not answer must not keep anybody waiting for minutes.
_PATIENCE = ("--retries", "1", "--timeout", "10", "--progress-bar", "off")
_LINES = 200

installs: dict[str, dict[str, Any]] = {}
"""What `install` began here, by key."""


def canonical(name: str) -> str:
    """Return a package's name as indexes write it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def environment() -> str:
    """Return what is equal for processes that share installed packages, and only then."""
    there = os.stat(sys.prefix)
    return f"{socket.gethostname()}:{there.st_dev}:{there.st_ino}"


def compare(wanted: dict[str, str]) -> dict[str, Any]:
    """Say which of these packages are here in another version, or not at all (``None``)."""
    here: dict[str, str] = {}
    if len(wanted) > 30:
        # Earlier folders of the path win, as they do for imports.
        for it in importlib.metadata.distributions():
            name = it.metadata["Name"]
            if name:
                here.setdefault(canonical(name), it.version)
    else:
        for name in wanted:
            try:
                here[name] = importlib.metadata.version(name)
            except importlib.metadata.PackageNotFoundError:
                continue
    found = {name: here.get(name) for name in wanted if here.get(name) != wanted[name]}
    return {"python": platform.python_version(), "differences": found, **where()}


def where() -> dict[str, Any]:
    """Say which process this is."""
    module = sys.modules.get("distributed.worker")
    workers = list(module.Worker._instances) if module else []
    return {
        "environment": environment(),
        "name": str(workers[0].name) if workers else "",
        "nanny": any(it.nanny for it in workers),
    }


def install(key: str, requirements: list[str], limit: float) -> None:
    """Begin to install; `progress` tells how it goes. The event loop is not held up."""
    job: dict[str, Any] = {"done": False, "code": None, "output": "", "executable": ""}
    installs[key] = job
    threading.Thread(
        target=_install, args=(job, requirements, limit), name="pip", daemon=True
    ).start()


def _install(job: dict[str, Any], requirements: list[str], limit: float) -> None:
    command = [sys.executable, *_PIP, *_PATIENCE, *requirements]
    try:
        process = subprocess.Popen(  # noqa: S603 - the user asked for it
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
        )
        clock = threading.Timer(limit, process.kill)
        clock.start()
        began = time.monotonic()
        try:
            output = process.communicate()[0].decode(errors="replace")
        finally:
            clock.cancel()
        if process.returncode and time.monotonic() - began >= limit:
            output += f"\nERROR: pip was stopped: it was not done after {limit:.0f} seconds"
        job["code"] = process.returncode
        job["output"] = "\n".join(output.splitlines()[-_LINES:])
    except OSError as error:
        job["code"], job["output"] = -1, f"ERROR: {error}"
    job["done"] = True


def progress(key: str) -> dict[str, Any] | None:
    """Return how an installation goes; ``None`` where none began (the process is new)."""
    return installs.get(key)


def refresh(changed: list[str]) -> bool:
    """Make new packages importable. Says whether former versions are loaded here."""
    user = site.getusersitepackages() if site.ENABLE_USER_SITE else None
    if user and os.path.isdir(user) and user not in sys.path:
        # The folder may be new: Python looked for it when it started.
        site.addsitedir(user)
    importlib.invalidate_caches()
    return any(name in sys.modules for name in changed)


def unpack(data: bytes, folder: str, on_path: bool) -> None:
    """Put a folder that was sent where this process can import it."""
    base = os.path.join(tempfile.gettempdir(), f"dask-sent-{os.getpid()}")
    os.makedirs(base, mode=0o700, exist_ok=True)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        archive.extractall(base)
    for path in [base, *([os.path.join(base, folder)] if on_path else [])]:
        if path not in sys.path:
            sys.path.insert(0, path)
    importlib.invalidate_caches()


def receive(folder: str, marker: str, on_path: bool, modules: list[str]) -> bool:
    """Use a folder that arrived: its modules are imported anew. Says whether it is here."""
    homes = [it for it in sys.path if os.path.exists(os.path.join(it, folder, marker))]
    if homes and on_path:
        path = os.path.join(homes[0], folder)
        if path not in sys.path:
            sys.path.insert(0, path)
    forget(modules)
    return bool(homes)


def forget(modules: list[str]) -> None:
    """Drop modules, so that the next import reads them anew."""
    for name in list(sys.modules):
        if name.partition(".")[0] in modules:
            del sys.modules[name]
    importlib.invalidate_caches()
