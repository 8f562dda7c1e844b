"""What the processes of a local cluster print: its last part, which others can follow."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

KEPT = 1024 * 1024
"""Bytes that are kept of the output."""


class Output:
    """Keeps the end of what is written; whoever follows reads from here at its own pace."""

    def __init__(self) -> None:
        self._kept = bytearray()
        self._written = 0
        self._over = False
        self._readers: set[asyncio.Event] = set()

    def write(self, chunk: bytes) -> None:
        """Add what was printed."""
        self._kept += chunk
        del self._kept[:-KEPT]
        self._written += len(chunk)
        self._wake()

    def close(self) -> None:
        """Nothing more is printed."""
        self._over = True
        self._wake()

    def _wake(self) -> None:
        for reader in self._readers:
            reader.set()

    @property
    def whole_lines(self) -> bytes:
        """What is kept, without the rest of a line whose beginning is not."""
        if self._written > len(self._kept):
            return bytes(self._kept[self._kept.find(b"\n") + 1 :])
        return bytes(self._kept)

    def lines(self, count: int) -> list[str]:
        """Return the last lines."""
        return self._kept.decode(errors="replace").splitlines()[-count:]

    async def read(self, tail: int, *, follow: bool) -> AsyncGenerator[bytes, None]:
        """Yield the last ``tail`` lines; with ``follow`` also what comes, to the end.

        Who reads too slowly misses what is not kept any more, and is told so.
        """
        news = asyncio.Event()
        self._readers.add(news)
        try:
            at = self._written
            yield _last_lines(self.whole_lines, tail)
            while follow:
                missed = self._written - len(self._kept) - at
                if missed > 0:
                    yield f"\n[{missed} bytes came too fast and are not kept.]\n".encode()
                    at += missed
                if at < self._written:
                    piece = bytes(self._kept[at - self._written :])
                    at = self._written
                    yield piece
                elif self._over:
                    return
                else:
                    await news.wait()
                    news.clear()
        finally:
            self._readers.discard(news)


def _last_lines(text: bytes, count: int) -> bytes:
    lines = text.split(b"\n")
    begun = lines.pop()
    kept = [line + b"\n" for line in lines] + ([begun] if begun else [])
    return b"".join(kept[-count:] if count else [])
