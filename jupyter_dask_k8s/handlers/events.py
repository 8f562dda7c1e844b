"""``api/clusters/{name}/events?follow=``."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator

import msgspec
from jupyter_server.auth.decorator import authorized
from tornado import web

from ..backends.base import Backend
from ..models import OccurrenceList
from .streaming import StreamHandler

_LINES = "application/x-ndjson"


class EventsHandler(StreamHandler):
    """What happened to a cluster: once, or as a stream of lines as long as it is there.

    A stream may end at any time, as a gateway may cut it: ask again, and tell by their ids
    which events are known. Empty lines are signs of life.
    """

    @web.authenticated
    @authorized
    async def get(self, name: str) -> None:
        backend = self.services.backend_of(name)
        if self.flag("follow"):
            await self.stream(_lines(backend, name), _LINES, beat=b"\n")
        else:
            self.reply(OccurrenceList(events=await backend.occurrences(name)))


async def _lines(backend: Backend, name: str) -> AsyncGenerator[bytes, None]:
    batches = backend.follow_occurrences(name)
    async with contextlib.aclosing(batches):
        async for batch in batches:
            yield b"".join(msgspec.json.encode(it) + b"\n" for it in batch)
