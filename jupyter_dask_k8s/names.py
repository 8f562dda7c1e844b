"""Names of clusters and of their owners."""

from __future__ import annotations

import getpass
import os
import re
import secrets
from typing import Any

from .models import MAX_NAME_LENGTH

_ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789"
_SUFFIX_LENGTH = 5

NAME_RULE = (
    "A name has only lower-case letters, digits and hyphens, starts with a letter, "
    f"ends with a letter or a digit, and has at most {MAX_NAME_LENGTH} characters."
)


def make_name(owner: str) -> str:
    """Return a new cluster name from the owner's name and a short random suffix."""
    suffix = "".join(secrets.choice(_ALPHABET) for _ in range(_SUFFIX_LENGTH))
    return f"{_stem(owner)}-{suffix}"


def stand_in(owner: str) -> str:
    """Return a name that looks like those of `make_name`, and is the same each time."""
    return f"{_stem(owner)}-{'x' * _SUFFIX_LENGTH}"


def _stem(owner: str) -> str:
    stem = re.sub(r"[^a-z0-9]+", "-", owner.lower()).strip("-")
    if not stem or not stem[0].isalpha():
        stem = f"dask-{stem}".strip("-")
    return stem[: MAX_NAME_LENGTH - _SUFFIX_LENGTH - 1].rstrip("-")


def owner_of(user: Any) -> str:
    """Return who makes a cluster: Jupyter's identity, else the environment's user.

    Jupyter gives people who need no token a random anonymous identity; that says
    nothing, so the environment that Kubeflow and JupyterHub set comes next. Request
    headers are never asked.
    """
    name = getattr(user, "name", "") or ""
    if user is not None and not name.startswith("Anonymous"):
        return str(user.username)
    for variable in ("NB_USER", "JUPYTERHUB_USER"):
        if os.environ.get(variable):
            return os.environ[variable]
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        # A container may run under a uid that has no entry in passwd.
        return f"uid-{os.getuid()}"
