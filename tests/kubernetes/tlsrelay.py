"""The way to the API server with certificates of our own, which can be changed."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import subprocess
import threading
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
CONFIG = "[req]\ndistinguished_name = dn\n[dn]\n"
AUTHORITY = ("basicConstraints=critical,CA:TRUE", "keyUsage=critical,keyCertSign")
SERVER = (
    "basicConstraints=critical,CA:FALSE",
    "extendedKeyUsage=serverAuth",
    "subjectAltName=IP:127.0.0.1",
)


class Authority:
    """One that signs certificates of servers."""

    def __init__(self, folder: Path, name: str) -> None:
        self._folder = folder
        self._count = 0
        self.name = name
        (folder / "openssl.cnf").write_text(CONFIG)
        self._make(name, name, AUTHORITY)
        self.certificate = folder / f"{name}.crt"

    def sign(self) -> ssl.SSLContext:
        """Return a server's side of TLS with a new certificate."""
        self._count += 1
        name = f"{self.name}-{self._count}"
        files = (f"{self._folder / self.name}.crt", f"{self._folder / self.name}.key")
        self._make(name, "api", SERVER, "-CA", files[0], "-CAkey", files[1])
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self._folder / f"{name}.crt", self._folder / f"{name}.key")
        return context

    def _make(self, name: str, subject: str, words: tuple[str, ...], *more: str) -> None:
        place = self._folder / name
        files = ("-keyout", f"{place}.key", "-out", f"{place}.crt", "-days", "2")
        extensions = [it for word in words for it in ("-addext", word)]
        config = ("-config", str(self._folder / "openssl.cnf"), "-subj", f"/CN={subject}")
        subprocess.run(
            ["openssl", "req", "-x509", *config, *KEY, *files, *extensions, *more],
            check=True,
            capture_output=True,
        )


class TLSRelay:
    """Passes on what is said over TLS, under another certificate."""

    def __init__(self, host: str, port: int) -> None:
        self._target = (host, port)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.StreamWriter] = set()
        self.port = 0
        self.greeted = 0
        """How many connections were wanted: also those of clients that do not trust us."""
        self._loop.set_exception_handler(lambda loop, context: None)

    def serve(self, context: ssl.SSLContext) -> None:
        """Have this certificate from now on; what was open breaks."""
        self._do(self._serve(context))

    def close(self) -> None:
        """End it."""
        self._do(self._cut())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(20)

    async def _cut(self) -> None:
        if self._server is not None:
            self._server.close()
        for writer in list(self._open):
            writer.transport.abort()

    async def _serve(self, context: ssl.SSLContext) -> None:
        await self._cut()
        self._server = await asyncio.start_server(
            self._accept, "127.0.0.1", self.port, reuse_address=True, ssl=context
        )
        context.sni_callback = self._greet
        self.port = self._server.sockets[0].getsockname()[1]

    def _greet(self, *_: object) -> None:
        self.greeted += 1

    async def _accept(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        far = ssl.create_default_context()
        far.check_hostname, far.verify_mode = False, ssl.CERT_NONE
        ours = {writer}
        self._open |= ours
        try:
            source, sink = await asyncio.open_connection(*self._target, ssl=far)
            ours.add(sink)
            self._open |= ours
            await asyncio.gather(self._pass_on(reader, sink), self._pass_on(source, writer))
        except OSError:
            pass
        finally:
            self._open -= ours
            for it in ours:
                it.transport.abort()

    async def _pass_on(
        self, source: asyncio.StreamReader, sink: asyncio.StreamWriter
    ) -> None:
        with contextlib.suppress(OSError):
            while data := await source.read(65536):
                sink.write(data)
                await sink.drain()
        sink.close()
