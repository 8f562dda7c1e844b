"""Brings a folder or a module to a cluster."""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import tempfile
import zipfile
from typing import Any

from .cluster import connection, everywhere, on_scheduler, places_of, register
from .limits import Say, Trouble

MAX_BYTES = 50 * 2**20
MAX_FILES = 20_000
SKIPPED = ("__pycache__", "node_modules")
MARKER = ".jupyter-dask-k8s"


def send(request: dict[str, Any], say: Say) -> dict[str, Any]:
    """Send a folder or a module to all workers, and to those that come later."""
    path = os.path.abspath(os.path.expanduser(request["path"]))
    if not os.path.exists(path):
        raise Trouble(f"This notebook's kernel has no file or folder {path}.")
    name = os.path.basename(path)
    with tempfile.TemporaryDirectory() as staging:
        staged = os.path.join(staging, name)
        if os.path.isfile(path):
            if not name.endswith(".py") or not name[:-3].isidentifier():
                raise Trouble(f"{name} is no Python module: Python cannot import it.")
            os.mkdir(staged)
            shutil.copy2(path, staged)
            package, modules = False, [name[:-3]]
        else:
            _stage(path, staged)
            package = os.path.exists(os.path.join(path, "__init__.py"))
            package = package and name.isidentifier()
            modules = [name] if package else _modules_in(staged)
        if not modules:
            raise Trouble(f"There is nothing in {name} that Python can import.")
        data = _archive(staged, name)
        with connection(request) as client:
            places = places_of(client)
            say(progress={"total": len(places), "done": 0, "failed": 0})
            return _deliver(client, places, staged, data, modules, on_path=not package)


def _stage(path: str, staged: str) -> None:
    """Copy what matters of a folder; `Trouble` when that is too much."""
    total = count = 0
    for root, folders, files in os.walk(path):
        folders[:] = [
            it
            for it in folders
            if it not in SKIPPED
            and not it.startswith(".")
            and not it.endswith((".egg-info", ".dist-info"))
            and not os.path.exists(os.path.join(root, it, "pyvenv.cfg"))
        ]
        target = os.path.join(staged, os.path.relpath(root, path))
        os.makedirs(target, exist_ok=True)
        for name in files:
            source = os.path.join(root, name)
            if name.startswith(".") or name.endswith(".pyc") or not os.path.isfile(source):
                continue
            total, count = total + os.path.getsize(source), count + 1
            if total > MAX_BYTES or count > MAX_FILES:
                raise Trouble(
                    f"{os.path.basename(path)} is too big to send: more than "
                    f"{MAX_BYTES // 2**20} MiB or {MAX_FILES:,} files. Send a folder in it "
                    "that has the code only."
                )
            shutil.copy2(source, target)


def _modules_in(folder: str) -> list[str]:
    """Return what a folder on Python's path makes importable."""
    found = []
    for name in sorted(os.listdir(folder)):
        path = os.path.join(folder, name)
        if name.endswith(".py"):
            name = name[:-3]
        elif not os.path.isdir(path) or not any(
            it.endswith(".py") for _, _, files in os.walk(path) for it in files
        ):
            continue
        if name.isidentifier():
            found.append(name)
    return found


def _archive(staged: str, name: str) -> bytes:
    """Pack a folder, with a file that tells this sending from others."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for root, _, files in os.walk(staged):
            for file in files:
                path = os.path.join(root, file)
                archive.write(path, os.path.join(name, os.path.relpath(path, staged)))
    data = target.getvalue()
    marker = f"{MARKER}-{hashlib.sha256(data).hexdigest()[:16]}"
    with open(os.path.join(staged, marker), "w"):
        pass
    return data


def _deliver(
    client: Any,
    places: dict[str, dict[str, Any]],
    staged: str,
    data: bytes,
    modules: list[str],
    *,
    on_path: bool,
) -> dict[str, Any]:
    from distributed.diagnostics.plugin import UploadDirectory

    name = os.path.basename(staged)
    [marker] = [it for it in os.listdir(staged) if it.startswith(MARKER)]
    # The plugin brings it to nannies, whose folder is on the path of their workers, also
    # of those that come later. It was never right for schedulers (2026.8), which import
    # what tasks are made of, too.
    later = ""
    if any(it["nanny"] for it in places.values()):
        plugin = UploadDirectory(staged, update_path=on_path, skip_words=())
        later = register(client, plugin)
    else:
        later = "These workers have no nanny."
    sent: dict[str, Any] = {"data": data, "folder": name, "on_path": on_path}
    on_scheduler(client, "unpack", **sent)
    on_scheduler(client, "forget", modules=modules)
    use: dict[str, Any] = {
        "folder": name,
        "marker": marker,
        "on_path": on_path,
        "modules": modules,
    }
    arrived = everywhere(client, "receive", **use)
    missing = [address for address, it in arrived.items() if it is not True]
    if missing:
        everywhere(client, "unpack", missing, **sent)
        again = everywhere(client, "forget", missing, modules=modules)
        missing = [it for it, answer in again.items() if isinstance(answer, Exception)]
    return {
        "total": len(places),
        "failed": len(missing),
        "names": [places[it]["name"] for it in missing if it in places][:3],
        "modules": modules,
        "bytes": len(data),
        "later": later,
    }
