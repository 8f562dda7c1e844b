"""What may be wrong with a kubeconfig, as sentences; the client's library is silent there.

It logs the failure of a login program and goes on without credentials, so that the API
server would speak of an anonymous user (kubernetes 37).
"""

from __future__ import annotations

import contextlib
import logging
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from ...errors import BackendUnavailable

LIBRARY = "kubernetes.aio.config.kube_config"
_STDERR = re.compile(r"""exec: process returned (\d+)(?:\. b(['"])(.*)\2)?$""", re.DOTALL)
_PROVIDERS = ("gcp", "oidc")
"""Old ways to log in that the library still knows."""


class _Ear(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append(record.getMessage())


@contextlib.contextmanager
def hear() -> Iterator[list[str]]:
    """Collect what the library complains of; it is not printed."""
    logger, ear = logging.getLogger(LIBRARY), _Ear()
    propagate, logger.propagate = logger.propagate, False
    logger.addHandler(ear)
    try:
        yield ear.said
    finally:
        logger.removeHandler(ear)
        logger.propagate = propagate


def unusable(path: str, error: Exception) -> BackendUnavailable:
    """Return why a kubeconfig cannot be read."""
    why = str(error)
    if isinstance(error, (AttributeError, LookupError, TypeError)):
        # What Python says of an empty file or a list in place of a name helps nobody.
        why = "it is empty, or a part of it is missing or in another form"
    return BackendUnavailable(f"The kubeconfig {path} cannot be used: {why}")


def check_login(path: str, loader: Any, configuration: Any, said: list[str]) -> None:
    """Refuse what leads nowhere, would not log in, or not as the one who is meant.

    ``loader`` has read the file and set ``configuration``; ``said`` is what it complained
    of meanwhile. Raises `BackendUnavailable`.
    """
    if not _is_address(configuration.host):
        raise BackendUnavailable(
            f"The kubeconfig {path} cannot be used: the server of its cluster is "
            f"“{configuration.host}”, which is no address as https://example.org:6443."
        )
    user = getattr(getattr(loader, "_user", None), "value", None) or {}
    token = configuration.api_key.get("BearerToken")
    if "exec" in user and not (token or configuration.cert_file):
        raise BackendUnavailable(_failed(path, user["exec"] or {}, said))
    provider = (user.get("auth-provider") or {}).get("name")
    if provider and provider not in _PROVIDERS:
        raise BackendUnavailable(
            f"The kubeconfig {path} logs in by the auth-provider “{provider}”, which "
            "Kubernetes gave up in 1.26. Let your provider's program write it again."
        )
    if any(user.get(key) for key in ("as", "as-uid", "as-groups", "as-user-extra")):
        raise BackendUnavailable(
            f"The kubeconfig {path} acts as somebody else (“as”). That is not supported: "
            "use the credentials of the one who is meant."
        )
    if urlsplit(configuration.proxy or "http:").scheme not in ("http", "https"):
        raise BackendUnavailable(
            f"The kubeconfig {path} has the proxy-url {configuration.proxy}. Only HTTP "
            "proxies are supported."
        )
    if token:
        # A file with a token mostly ends with a newline, which no header may have.
        configuration.api_key["BearerToken"] = token.strip()


def _is_address(text: str) -> bool:
    try:
        found = urlsplit(text)
    except ValueError:
        return False
    return found.scheme in ("http", "https") and bool(found.hostname)


def _failed(path: str, program: dict[str, Any], said: list[str]) -> str:
    """Return why a login program has not logged us in."""
    name = program.get("command", "")
    why = said[-1] if said else "it gives neither a token nor a certificate"
    if "No such file or directory" in why or "Permission denied" in why:
        why = "it is not on this machine, or cannot be run"
    elif match := _STDERR.match(why):
        # The library shows what was said as Python shows bytes.
        words = (match[3] or "").replace("\\n", " ")
        why = words or f"it ends with {match[1]}"
    hint = " ".join(str(program.get("installHint") or "").split())
    sentence = f"The login program “{name}” of {path} fails: {' '.join(why.split())[:300]}"
    return f"{sentence.rstrip('.')}. {hint}".strip()
