"""Where the Kubernetes API is and who we are there: service account or kubeconfig.

Uses ``kubernetes.aio.config`` of the official client (37), which knows every way to log in
(certificates, tokens, exec plugins, OIDC). It is imported late and in a thread.
"""

from __future__ import annotations

import asyncio
import importlib
import os
import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...errors import BackendUnavailable
from .kubeconfig import check_login, hear, unusable

ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount")
"""Where Kubernetes puts the credentials of a pod's service account."""

LOGIN_LIMIT = 20.0
"""Seconds that a kubeconfig's exec plugin may take."""


def in_cluster() -> bool:
    """Tell whether this is a pod with a service account."""
    return bool(os.environ.get("KUBERNETES_SERVICE_HOST") and (ACCOUNT / "token").is_file())


def kubeconfig_path() -> str:
    """Return the kubeconfig that kubectl would read; empty where there is none."""
    paths = os.environ.get("KUBECONFIG") or str(Path.home() / ".kube/config")
    found = [part for part in paths.split(os.pathsep) if part and Path(part).is_file()]
    return os.pathsep.join(found)


@dataclass(frozen=True)
class Access:
    """One way into one namespace of one Kubernetes."""

    host: str
    """The API server as ``https://host:port``."""
    namespace: str
    source: str
    """Where this comes from, in words."""
    inside: bool
    """Are we a pod of this Kubernetes?"""
    configuration: Any
    """A ``kubernetes.aio.client.Configuration``."""
    authorities: bytes = b""
    """The certificates that we trust, as they were read: their file may change."""

    async def headers(self) -> dict[str, str]:
        """Return what proves who we are; a rotated token is read again within a minute."""
        try:
            token = await self.configuration.get_api_key_with_prefix("BearerToken")
        except Exception as error:
            raise BackendUnavailable(
                f"The service account cannot be read: {error}"
            ) from None
        return {"Authorization": token} if token else {}

    def ssl_context(self) -> ssl.SSLContext:
        """Return the TLS settings: whom to trust, and our certificate where we have one."""
        from kubernetes.aio.client.rest import RESTClientObject

        try:
            context: ssl.SSLContext = RESTClientObject(self.configuration).ssl_context
        except (OSError, ssl.SSLError) as error:
            raise BackendUnavailable(
                f"The certificates of {self.source} cannot be used: {error}"
            ) from None
        return context

    def same_wire(self, other: Access) -> bool:
        """Tell whether connections made for one of both serve the other as well.

        A certificate belongs to its connection, a token to each request.
        """
        names = ("host", "ssl_ca_cert", "verify_ssl", "tls_server_name", "proxy")
        mine, theirs = self.configuration, other.configuration
        if mine.cert_file or theirs.cert_file or self.authorities != other.authorities:
            return False
        return all(getattr(mine, it, None) == getattr(theirs, it, None) for it in names)


async def find_access(context: str = "", namespace: str = "") -> Access:
    """Return how to reach Kubernetes: as this pod's service account, else by kubeconfig.

    ``context`` names one of the kubeconfig (and means that the service account is not
    wanted), ``namespace`` another one than the account's or context's own. The namespace is
    never silently ``default``. Raises `BackendUnavailable`.
    """
    loop = asyncio.get_running_loop()
    try:
        config: Any = await loop.run_in_executor(
            None, importlib.import_module, "kubernetes.aio.config"
        )
    except ImportError as error:
        raise BackendUnavailable(
            f"The Kubernetes client cannot be loaded: {error}"
        ) from None
    if in_cluster() and not context:
        return _of_service_account(config, namespace)
    path = kubeconfig_path()
    if not path:
        raise BackendUnavailable(
            "No Kubernetes was found: this is no pod with a service account, and there is "
            "no kubeconfig."
        )
    try:
        return await asyncio.wait_for(
            _of_kubeconfig(config, path, context, namespace), LOGIN_LIMIT
        )
    except asyncio.TimeoutError:
        raise BackendUnavailable(
            f"Logging in with the kubeconfig {path} took more than {LOGIN_LIMIT:g} s."
        ) from None


def _of_service_account(config: Any, namespace: str) -> Access:
    from kubernetes.aio.client import Configuration

    configuration = type.__call__(Configuration)
    try:
        config.load_incluster_config(client_configuration=configuration)
        own = (ACCOUNT / "namespace").read_text().strip()
    except (config.ConfigException, OSError) as error:
        raise BackendUnavailable(f"The service account cannot be used: {error}") from None
    if not (namespace or own):
        raise BackendUnavailable(
            "The service account names no namespace. Set KubernetesBackend.namespace."
        )
    return Access(
        host=configuration.host,
        namespace=namespace or own,
        source="this pod's service account",
        inside=True,
        configuration=configuration,
        authorities=_read(configuration.ssl_ca_cert),
    )


async def _of_kubeconfig(config: Any, path: str, context: str, namespace: str) -> Access:
    from kubernetes.aio.client import Configuration

    configuration = type.__call__(Configuration)
    try:
        _, current = config.list_kube_config_contexts(path)
        with hear() as said:
            loader = await config.load_kube_config(
                config_file=path,
                context=context or None,
                client_configuration=configuration,
                persist_config=False,
            )
    except Exception as error:
        # The library raises whatever a broken file leads to; all of it means the same.
        raise unusable(path, error) from None
    check_login(path, loader, configuration, said)
    chosen = loader.current_context
    namespace = namespace or chosen["context"].get("namespace", "")
    name = context or (current or {}).get("name", "")
    if not namespace:
        raise BackendUnavailable(
            f"The context “{name}” of {path} has no namespace. Choose one with "
            f"“kubectl config set-context {name} --namespace=...” or set "
            "KubernetesBackend.namespace."
        )
    return Access(
        host=configuration.host.rstrip("/"),
        namespace=namespace,
        source=f"the context “{name}” of {path}",
        inside=False,
        configuration=configuration,
        authorities=_read(configuration.ssl_ca_cert),
    )


def _read(path: str | None) -> bytes:
    """Return the content of a file; nothing where there is none."""
    try:
        return Path(path).read_bytes() if path else b""
    except OSError:
        return b""
