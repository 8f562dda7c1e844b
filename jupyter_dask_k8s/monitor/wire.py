"""Messages of a websocket, made once for all who get them."""

from __future__ import annotations

import struct


def text_frame(text: bytes) -> bytes:
    """Return UTF-8 text as a server sends it on a websocket (RFC 6455, section 5.2).

    Frames one after the other make one write: what a viewer costs is the write.
    """
    size = len(text)
    if size < 126:
        return struct.pack("!BB", 0x81, size) + text
    if size < 65536:
        return struct.pack("!BBH", 0x81, 126, size) + text
    return struct.pack("!BBQ", 0x81, 127, size) + text
