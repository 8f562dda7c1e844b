"""The Kubernetes API over one pool of connections: requests, streams and websockets."""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import json
import logging
import os
import socket
import ssl
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlencode

import msgspec

from ..._version import __version__
from ...errors import BackendUnavailable, InvalidField
from ...streams import keep_alive
from .access import Access
from .refusals import ApiBusy, CredentialsRefused, WatchSilent, refusal
from .resources import FORWARDS, LOGS, PODS, Kind

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    import aiohttp

T = TypeVar("T")

CONNECT_LIMIT = 5.0
ANSWER_LIMIT = 15.0
"""Seconds that the API server may take to be reached and to answer."""

RELOGIN_PAUSE = 10.0
"""Credentials are read again at most every so many seconds."""

DOUBT_PAUSE = 10.0
"""Watches are doubted at most every so many seconds."""

HEARTBEAT = 20.0
"""Seconds between two signs of life on a forward; half of that later it is dead."""

FORWARD_PROTOCOL = "v4.channel.k8s.io"
"""Each message begins with its channel: 0 for data, 1 for errors, of the first port."""

MERGE_PATCH = "application/merge-patch+json"

_VERBS = {"GET": "get", "POST": "create", "PATCH": "patch", "DELETE": "delete"}


class KubernetesAPI:
    """Talks to the API server as one identity; owns the connections.

    ``login`` finds the credentials again when the server refuses them.
    """

    def __init__(
        self,
        access: Access,
        login: Callable[[], Awaitable[Access]],
        log: logging.Logger | logging.LoggerAdapter[Any],
    ) -> None:
        self.access = access
        self._login = login
        self._log = log
        self._session: aiohttp.ClientSession | None = None
        self._lock = asyncio.Lock()
        self._logged_in = 0.0
        self._watched: set[aiohttp.ClientResponse] = set()
        self._doubted = float("-inf")

    @property
    def namespace(self) -> str:
        """The namespace that we work in."""
        return self.access.namespace

    # --- connections -----------------------------------------------------------------

    async def _connections(self) -> aiohttp.ClientSession:
        async with self._lock:
            if self._session is None:
                loop = asyncio.get_running_loop()
                aiohttp: Any = await loop.run_in_executor(
                    None, importlib.import_module, "aiohttp"
                )
                context = await loop.run_in_executor(None, self.access.ssl_context)
                configuration = self.access.configuration
                self._session = aiohttp.ClientSession(
                    connector=aiohttp.TCPConnector(
                        limit=0, ssl=context, socket_factory=_lively_socket
                    ),
                    cookie_jar=aiohttp.DummyCookieJar(),
                    headers={"User-Agent": f"jupyter-dask-k8s/{__version__}"},
                    # A proxy only where the kubeconfig or the environment names one.
                    trust_env=not configuration.proxy,
                )
            return self._session

    async def close(self) -> None:
        """Close all connections."""
        if self._session is not None:
            session, self._session = self._session, None
            await session.close()

    async def _relogin(self) -> bool:
        """Read the credentials again; ``False`` when that was done a moment ago."""
        now = asyncio.get_running_loop().time()
        if now - self._logged_in < RELOGIN_PAUSE:
            return False
        self._logged_in = now
        self._log.info("Reading the credentials for Kubernetes again.")
        former, self.access = self.access, await self._login()
        if not former.same_wire(self.access):
            # Otherwise what flows goes on: logs, watches, forwards.
            await self.close()
        return True

    def _too_late(self) -> BackendUnavailable:
        return BackendUnavailable(
            f"The Kubernetes API at {self.access.host} does not answer in time."
        )

    def _options(self) -> dict[str, Any]:
        configuration = self.access.configuration
        options: dict[str, Any] = {}
        if configuration.proxy:
            options["proxy"] = configuration.proxy
        if getattr(configuration, "tls_server_name", None):
            options["server_hostname"] = configuration.tls_server_name
        return options

    # --- requests --------------------------------------------------------------------

    @contextlib.asynccontextmanager
    async def _open(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        body: bytes | None = None,
        content_type: str = "application/json",
        timeout: Any = None,
        begins: float | None = None,
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        """Send a request; a stream may be silent later, but ``begins`` within seconds."""
        session = await self._connections()
        import aiohttp

        headers = await self.access.headers()
        headers["Accept"] = "application/json"
        if body is not None:
            headers["Content-Type"] = content_type
        url = self.access.host + path
        if params:
            url += "?" + urlencode(params)
        limit = timeout or aiohttp.ClientTimeout(
            total=ANSWER_LIMIT, sock_connect=CONNECT_LIMIT
        )
        try:
            asking = session.request(
                method, url, data=body, headers=headers, timeout=limit, **self._options()
            )
            async with await asyncio.wait_for(asking, begins) as response:
                yield response
        except asyncio.TimeoutError:
            raise self._too_late() from None
        except (aiohttp.ClientError, OSError, RuntimeError) as error:
            if isinstance(error, RuntimeError) and not session.closed:
                raise
            if isinstance(error, aiohttp.ClientConnectorCertificateError):
                # Whom to trust may have changed: what comes next trusts them.
                await self._relogin()
            raise BackendUnavailable(
                f"The Kubernetes API at {self.access.host} cannot be reached: "
                f"{_words(error)}"
            ) from error

    async def request(
        self,
        method: str,
        kind: Kind,
        name: str = "",
        *,
        subresource: str = "",
        params: Mapping[str, str] | None = None,
        body: Any = None,
        content_type: str = "application/json",
    ) -> bytes:
        """Send one request; raises `ClusterError` for every answer that is no success."""
        verb = _VERBS[method] if name or method != "GET" else "list"
        return await self.send(
            method,
            kind.path(self.namespace, name, subresource),
            kind=kind,
            verb=verb,
            name=name or (body or {}).get("metadata", {}).get("name", ""),
            params=params,
            body=body,
            content_type=content_type,
        )

    async def send(
        self,
        method: str,
        path: str,
        *,
        kind: Kind | None = None,
        verb: str = "get",
        name: str = "",
        params: Mapping[str, str] | None = None,
        body: Any = None,
        content_type: str = "application/json",
        patience: float = 5.0,
    ) -> bytes:
        """Send one request to any path; waits up to ``patience`` seconds on 429."""
        data = None if body is None else json.dumps(body).encode()
        end = asyncio.get_running_loop().time() + patience
        relogged = False
        while True:
            async with self._open(
                method, path, params=params, body=data, content_type=content_type
            ) as response:
                answer = await response.read()
                if response.status < 300:
                    return answer
                error = refusal(
                    response.status,
                    answer,
                    verb=verb,
                    kind=kind,
                    namespace=self.namespace,
                    name=name,
                    retry_after=response.headers.get("Retry-After"),
                )
            if isinstance(error, CredentialsRefused) and not relogged:
                relogged = True
                if await self._relogin():
                    continue
            if isinstance(error, ApiBusy):
                pause = error.retry_after
                if asyncio.get_running_loop().time() + pause < end:
                    await asyncio.sleep(pause)
                    continue
            raise error

    async def get(self, kind: Kind, name: str, type: type[T]) -> T:
        """Return one object."""
        return msgspec.json.decode(await self.request("GET", kind, name), type=type)

    async def create(self, kind: Kind, body: Any, type: type[T]) -> T:
        """Create an object and return it as the server stored it."""
        return msgspec.json.decode(await self.request("POST", kind, body=body), type=type)

    async def patch(self, kind: Kind, name: str, body: Any, type: type[T]) -> T:
        """Merge a patch into an object, as ``kubectl patch --type=merge`` does."""
        answer = await self.request(
            "PATCH", kind, name, body=body, content_type=MERGE_PATCH
        )
        return msgspec.json.decode(answer, type=type)

    async def delete(self, kind: Kind, name: str, uid: str = "") -> None:
        """Delete an object; what belongs to it follows in the background.

        With a ``uid`` only the one that has it; raises `Conflict` where another one has
        the name.
        """
        options: dict[str, Any] = {
            "apiVersion": "v1",
            "kind": "DeleteOptions",
            "propagationPolicy": "Background",
        }
        if uid:
            options["preconditions"] = {"uid": uid}
        await self.request("DELETE", kind, name, body=options)

    # --- streams ---------------------------------------------------------------------

    async def watch(
        self, kind: Kind, params: Mapping[str, str], silence: float
    ) -> AsyncGenerator[bytes, None]:
        """Yield an empty line once the watch is on, then its lines until it ends.

        Raises `WatchSilent` after ``silence`` seconds without a byte, or when in doubt.
        """
        import aiohttp

        timeout = aiohttp.ClientTimeout(
            total=None, sock_connect=CONNECT_LIMIT, sock_read=silence
        )
        path = kind.path(self.namespace)
        async with self._open(
            "GET", path, params=params, timeout=timeout, begins=ANSWER_LIMIT
        ) as response:
            if response.status >= 300:
                error = refusal(
                    response.status,
                    await response.read(),
                    verb="watch",
                    kind=kind,
                    namespace=self.namespace,
                    retry_after=response.headers.get("Retry-After"),
                )
                if isinstance(error, CredentialsRefused):
                    await self._relogin()
                raise error
            self._watched.add(response)
            try:
                yield b""
                async with contextlib.aclosing(_lines(response)) as lines:
                    async for line in lines:
                        yield line
            except asyncio.TimeoutError:
                raise WatchSilent("The watch was silent for too long.") from None
            finally:
                self._watched.discard(response)

    def doubt(self) -> None:
        """End all watches, so that they are asked anew: what they tell cannot be all.

        A connection may have died without a word to either end. Then a watch looks like one
        that has nothing to tell, and only something else shows that it is not.
        """
        now = asyncio.get_running_loop().time()
        if now - self._doubted < DOUBT_PAUSE:
            return
        self._doubted = now
        self._log.info("Kubernetes' watches may be out of date; asking anew.")
        for response in self._watched:
            response.content.set_exception(WatchSilent("The watch is in doubt."))

    async def log(self, pod: str, params: Mapping[str, str]) -> AsyncGenerator[bytes, None]:
        """Yield what a pod prints, piece by piece; with ``follow`` as long as it lives.

        The first piece is empty and tells that the log is open. A pod may be silent for
        hours: that the way to it is gone, TCP's keep-alive tells.
        """
        import aiohttp

        timeout = aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_LIMIT)
        path = PODS.path(self.namespace, pod, "log")
        relogged = False
        while True:
            async with self._open("GET", path, params=params, timeout=timeout) as response:
                if response.status < 300:
                    yield b""
                    async for chunk in response.content.iter_any():
                        yield chunk
                    return
                error = refusal(
                    response.status,
                    await response.read(),
                    verb="get",
                    kind=LOGS,
                    namespace=self.namespace,
                    name=pod,
                    retry_after=response.headers.get("Retry-After"),
                )
            if isinstance(error, CredentialsRefused) and not relogged:
                relogged = True
                if await self._relogin():
                    continue
            raise error

    async def forward(self, pod: str, port: int) -> aiohttp.ClientWebSocketResponse[Any]:
        """Open a websocket to a port of a pod; raises `ClusterError`."""
        path = PODS.path(self.namespace, pod, "portforward")
        params = {"ports": str(port)}
        refused = await self._shake_hands(path, params)
        if not isinstance(refused, int):
            return refused
        if refused in (401, 403):
            # A handshake does not say why; a plain request does, and logs in again.
            with contextlib.suppress(InvalidField):
                await self.send(
                    "GET", path, kind=FORWARDS, verb="get", name=pod, params=params
                )
            refused = await self._shake_hands(path, params)
            if not isinstance(refused, int):
                return refused
        # Newer Kubernetes asks for the right to create.
        words = b"You cannot create a port-forward." if refused == 403 else b""
        raise refusal(
            *(refused, words),
            verb="create",
            kind=FORWARDS,
            namespace=self.namespace,
            name=pod,
        )

    async def _shake_hands(
        self, path: str, params: Mapping[str, str]
    ) -> aiohttp.ClientWebSocketResponse[Any] | int:
        """Open a websocket of the API server; the status where it refuses."""
        session = await self._connections()
        import aiohttp

        url = "ws" + self.access.host.removeprefix("http") + path + "?" + urlencode(params)
        headers = await self.access.headers()
        options = self._options()

        async def connect() -> aiohttp.ClientWebSocketResponse[Any]:
            return await session.ws_connect(
                url,
                headers=headers,
                protocols=(FORWARD_PROTOCOL,),
                max_msg_size=0,
                # Without compression: what passes is mostly compressed already.
                compress=0,
                heartbeat=HEARTBEAT,
                **options,
            )

        try:
            return await asyncio.wait_for(connect(), CONNECT_LIMIT)
        except aiohttp.WSServerHandshakeError as error:
            return error.status
        except asyncio.TimeoutError:
            raise self._too_late() from None
        except (aiohttp.ClientError, OSError) as error:
            raise BackendUnavailable(
                f"The Kubernetes API at {self.access.host} cannot be reached: "
                f"{_words(error)}"
            ) from error


async def _lines(response: aiohttp.ClientResponse) -> AsyncGenerator[bytes, None]:
    """Yield the lines of an answer that are not empty."""
    rest = b""
    async for chunk in response.content.iter_any():
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            if line:
                yield line


def _lively_socket(address: Any) -> socket.socket:
    """Make a socket that finds out by itself that its other end is gone."""
    made = socket.socket(*address[:3])
    made.setblocking(False)
    keep_alive(made)
    return made


def _words(error: BaseException) -> str:
    """Return what an error of aiohttp says, as the end of a sentence."""
    inner = getattr(error, "os_error", None) or error
    refused = getattr(error, "certificate_error", None) or inner
    if isinstance(refused, ssl.SSLCertVerificationError):
        # Its number is none of the system's: strerror would say that it is not permitted.
        why = getattr(refused, "verify_message", "")
        text = f"its certificate is not trusted: {why}" if why else str(refused)
    elif isinstance(inner, ssl.SSLError):
        text = f"TLS failed: {inner.reason or inner}"
    elif isinstance(inner, OSError) and inner.errno and inner.errno > 0:
        text = os.strerror(inner.errno).lower()
    elif type(inner).__name__ in ("ClientPayloadError", "ServerDisconnectedError"):
        text = "the connection broke"
    else:
        text = str(inner) or type(inner).__name__
    return " ".join(text.split())[:200].rstrip(".") + "."
