"""A way to a port of a pod through the API server, as ``kubectl port-forward`` has it.

The near end is a Unix socket in a directory that only we may enter, and no TCP port: a
scheduler's HTTP server lets whoever reaches it retire workers.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import tempfile
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ...errors import ClusterError
from ...tasks import end
from .api import KubernetesAPI
from .refusals import ResourceNotFound

if TYPE_CHECKING:
    import aiohttp

CHUNK = 64 * 1024


class Tunnel:
    """Listens on ``path``; each connection becomes a websocket to the pod of the moment."""

    def __init__(
        self,
        api: KubernetesAPI,
        pod: Callable[[], str],
        port: int,
        log: logging.Logger | logging.LoggerAdapter[Any],
    ) -> None:
        self._api = api
        self._pod = pod
        self._port = port
        self._log = log
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.Task[Any]] = set()
        self._folder = ""
        self.path = ""
        self.trouble: ClusterError | None = None
        """Why the last connection was not made."""

    async def start(self) -> str:
        """Begin to listen and return the socket's path; raises `OSError`."""
        self._folder = tempfile.mkdtemp(prefix="dask-k8s-")
        self.path = os.path.join(self._folder, "scheduler")
        self._server = await asyncio.start_unix_server(self._connect, path=self.path)
        return self.path

    async def close(self) -> None:
        """End all connections and take the socket away."""
        if self._server is not None:
            self._server.close()
        await end(self._connections)
        with contextlib.suppress(OSError):
            os.unlink(self.path)
        with contextlib.suppress(OSError):
            os.rmdir(self._folder)

    async def _connect(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._connections.add(task)
        try:
            await self._forward(reader, writer)
        except ClusterError as error:
            self.trouble = error
            if isinstance(error, ResourceNotFound):
                # The pod that we know of is gone: that should have been told.
                self._api.doubt()
            self._log.debug("Forwarding to the scheduler: %s", error)
        except OSError as error:
            self._log.debug("Forwarding to the scheduler: %s", error)
        except asyncio.CancelledError:
            pass  # We close.
        finally:
            self._connections.discard(task)
            writer.close()

    async def _forward(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        pod = self._pod()
        if not pod:
            return
        socket = await self._api.forward(pod, self._port)
        self.trouble = None
        try:
            ways = [
                asyncio.create_task(_upwards(reader, socket)),
                asyncio.create_task(_downwards(socket, writer)),
            ]
            try:
                await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for way in ways:
                    way.cancel()
                await asyncio.gather(*ways, return_exceptions=True)
            if isinstance(socket.exception(), asyncio.TimeoutError):
                # Nobody answers on this wire, so what else is on it may be dead as well.
                self._api.doubt()
        finally:
            await socket.close()


async def _upwards(
    reader: asyncio.StreamReader, socket: aiohttp.ClientWebSocketResponse[Any]
) -> None:
    while data := await reader.read(CHUNK):
        await socket.send_bytes(b"\x00" + data)


async def _downwards(
    socket: aiohttp.ClientWebSocketResponse[Any], writer: asyncio.StreamWriter
) -> None:
    greeted = set()
    async for message in socket:
        data = message.data
        if not isinstance(data, bytes) or not data:
            return
        if data[0] not in greeted:
            # The first message of a channel tells the port's number.
            greeted.add(data[0])
        elif data[0] == 0:
            writer.write(data[1:])
            await writer.drain()
        else:
            return
