"""What examinations know of the backend, and who we are for Kubernetes."""

from __future__ import annotations

import asyncio
import base64
import binascii
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import msgspec

from ....errors import BackendUnavailable, ClusterError
from ....models import Limits
from ....profiles import Book
from ....scheduler import SchedulerClient
from ....store import Store
from ..api import KubernetesAPI
from ..quotawatch import QuotaWatch
from ..rules import Defaults
from ..world import World

ANSWER_LIMIT = 4.0
"""Seconds that the API server may take: less than an examination may take."""

_USER = re.compile(r'User "([^"]+)"')
_NOWHERE = "/jupyter-dask-k8s-who-am-i"
"""A path that no API server has: the refusal names the user."""


@dataclass
class Patient:
    """A backend on Kubernetes, as examinations see it."""

    api: KubernetesAPI
    world: World
    store: Store
    scheduler: SchedulerClient
    quota: QuotaWatch
    limits: Limits
    defaults: Defaults
    reach: str
    platform: str
    """The namespace of the platform's profiles; empty where none is set."""
    book: Callable[[], Awaitable[Book]]
    """Returns the profiles once all are known."""
    _user: str | None = None
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def namespace(self) -> str:
        """The namespace of the clusters."""
        return self.api.namespace

    async def send(self, method: str, path: str, **options: Any) -> bytes:
        """Send one request; raises `ClusterError`, also when there is no answer in time."""
        try:
            return await asyncio.wait_for(
                self.api.send(method, path, patience=0, **options), ANSWER_LIMIT
            )
        except asyncio.TimeoutError:
            raise BackendUnavailable(
                f"The Kubernetes API at {self.api.access.host} does not answer within "
                f"{ANSWER_LIMIT:g} s."
            ) from None

    async def get(self, path: str, **params: str) -> Any:
        """Return the JSON at a path of the API; raises `ClusterError`."""
        return msgspec.json.decode(await self.send("GET", path, params=params))

    async def user(self) -> str:
        """Return who we are for Kubernetes; empty where it does not tell."""
        async with self._lock:
            if self._user is None:
                # Up to three questions, which together may not take longer than one.
                try:
                    self._user = await asyncio.wait_for(self._ask_user(), ANSWER_LIMIT)
                except asyncio.TimeoutError:
                    return ""
            return self._user

    async def _ask_user(self) -> str:
        """Ask by a SelfSubjectReview (Kubernetes 1.28), else read what else tells it."""
        body = {"apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"}
        path = "/apis/authentication.k8s.io/v1/selfsubjectreviews"
        try:
            answer = msgspec.json.decode(await self.send("POST", path, body=body))
            return str(answer["status"]["userInfo"]["username"])
        except (ClusterError, KeyError, msgspec.MsgspecError):
            pass
        headers = await self.api.access.headers()
        token = headers.get("Authorization", "").removeprefix("Bearer ")
        return _subject(token) or await self._refused_user()

    async def _refused_user(self) -> str:
        try:
            await self.send("GET", _NOWHERE)
        except ClusterError as error:
            match = _USER.search(error.message)
            return match[1] if match else ""
        return ""


def _subject(token: str) -> str:
    """Return whom a service account's token names; empty for other tokens."""
    parts = token.split(".")
    if len(parts) != 3:
        return ""
    try:
        text = base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4))
        subject = str(msgspec.json.decode(text).get("sub", ""))
    except (binascii.Error, ValueError, AttributeError):
        return ""
    return subject if subject.startswith("system:serviceaccount:") else ""
