"""What a job is to do, and how its file gets to the runner.

Where the file is on a volume of this server's pod, the runner has the same volume. Where
it is not, the text of the file travels in the DaskJob, as far as there is room.
"""

from __future__ import annotations

import base64
import json
import os
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from ...errors import InvalidField
from ...models import JobCreate
from .ownpod import OwnPod

LARGEST_PACKED = 100_000
"""Characters of a file that travels in the DaskJob: one environment variable has at most
128 KiB, and the operator keeps a copy of the job in an annotation (256 KiB)."""

FILE_VARIABLE = "DASK_K8S_FILE"

PRIVATE_VOLUMES = ("emptyDir", "ephemeral", "configMap", "secret", "projected")
"""Volumes of which another pod would get another one, or that hold no work."""


@dataclass(frozen=True)
class Work:
    """What the runner does; ``words`` are the arguments of runner.py."""

    kind: Literal["notebook", "script", "command"]
    words: list[str]
    folder: str | None = None
    """Where it works; ``None``: wherever the image says."""
    env: dict[str, str] = field(default_factory=dict)
    source: str | None = None
    result: str | None = None
    """Both below Jupyter's root."""


def plan_work(request: JobCreate, job: str, root: Path, own: OwnPod | None) -> Work:
    """Return what to do; raises `InvalidField`. Reads the file."""
    if (request.path is None) == (request.command is None):
        raise InvalidField("path", "Give either path or command.")
    if request.command is not None:
        if not request.command or not all(word for word in request.command[:1]):
            raise InvalidField("command", "The command is a list of words, not empty.")
        if any("\0" in word for word in request.command):
            raise InvalidField("command", "No word of a command can hold a zero byte.")
        return Work("command", request.command)
    assert request.path is not None
    return plan_file(request.path, job, root, own)


def plan_file(path: str, job: str, root: Path, own: OwnPod | None) -> Work:
    """Return how to run a notebook or a script; raises `InvalidField`."""
    file = find_file(path, root)
    kind: Literal["notebook", "script"] = (
        "notebook" if file.suffix == ".ipynb" else "script"
    )
    source = file.relative_to(root.resolve()).as_posix()
    mount = mount_of(file, own)
    if mount is None:
        env = {FILE_VARIABLE: _pack(file, source, kind)}
        return Work(kind, ["-"], env=env, source=source)
    if kind == "script":
        return Work(kind, [str(file)], str(file.parent), source=source)
    if mount.get("readOnly"):
        return Work(kind, [str(file)], str(file.parent), source=source)
    result = file.with_name(f"{file.stem}-{job}.ipynb")
    words = [str(file), str(result)]
    shown = result.relative_to(root.resolve()).as_posix()
    return Work(kind, words, str(file.parent), source=source, result=shown)


def find_file(path: str, root: Path) -> Path:
    """Return a notebook or script below Jupyter's root; raises `InvalidField`."""
    root = root.resolve()
    try:
        file = (root / path.lstrip("/")).resolve()
        inside, exists = file.is_relative_to(root), file.is_file()
    except (OSError, ValueError, RuntimeError):
        raise InvalidField("path", f"“{path!a}” is no path of a file.") from None
    if not inside:
        raise InvalidField("path", f"“{path}” is not below Jupyter's root folder.")
    if not exists:
        raise InvalidField("path", f"There is no file “{path}”.")
    if file.suffix not in (".ipynb", ".py"):
        raise InvalidField(
            "path", f"“{path}” is neither a notebook (.ipynb) nor a Python script (.py)."
        )
    if not os.access(file, os.R_OK):
        raise InvalidField("path", f"“{path}” cannot be read.")
    return file


# --- volumes -------------------------------------------------------------------------


def mount_of(file: Path, own: OwnPod | None) -> dict[str, Any] | None:
    """Return the mount of our pod that holds a file, if another pod can have it, too."""
    if own is None:
        return None
    holders = [it for it in own.mounts if file.is_relative_to(it.get("mountPath", "/-"))]
    if not holders:
        return None
    nearest = max(holders, key=lambda it: len(str(it["mountPath"])))
    volume = next((it for it in own.volumes if it["name"] == nearest["name"]), {})
    if any(kind in volume for kind in PRIVATE_VOLUMES):
        return None
    return nearest


# --- files that travel ---------------------------------------------------------------


def _pack(file: Path, source: str, kind: str) -> str:
    try:
        data = file.read_bytes()
    except OSError as error:
        raise InvalidField(
            "path", f"“{source}” cannot be read: {error.strerror}."
        ) from None
    if kind == "notebook":
        data = _without_outputs(data, source)
    packed = base64.b64encode(zlib.compress(data, 9)).decode()
    if len(packed) > LARGEST_PACKED:
        raise InvalidField(
            "path",
            f"“{source}” is on no volume that the job could have, too, and with "
            f"{len(packed) // 1000} kB (packed) it is too large to travel in the job: "
            f"{LARGEST_PACKED // 1000} kB at most.",
        )
    return packed


def _without_outputs(data: bytes, source: str) -> bytes:
    """Return a notebook without its outputs: the job makes its own."""
    try:
        notebook = json.loads(data)
        for cell in notebook["cells"]:
            if cell["cell_type"] == "code":
                cell["outputs"], cell["execution_count"] = [], None
    except (ValueError, KeyError, TypeError):
        raise InvalidField("path", f"“{source}” is no notebook of format 4.") from None
    return json.dumps(notebook, ensure_ascii=False).encode()
