"""What all handlers share: our services, bodies as types, errors as sentences."""

from __future__ import annotations

import http.client
from functools import cached_property
from http import HTTPStatus
from typing import Any, TypeVar

import msgspec
from jupyter_server.base.handlers import APIHandler
from tornado import web

from ..errors import ClusterError, InvalidField
from ..models import Cluster, ErrorBody
from ..names import owner_of
from ..services import SETTINGS_KEY, Services
from .bodies import decode_body

T = TypeVar("T")

AUTH_RESOURCE = "dask-clusters"


def error_body(error: BaseException | None, status: int) -> ErrorBody:
    """Return what a user may know of an error."""
    if isinstance(error, ClusterError):
        return ErrorBody(
            message=error.message, reason=error.reason, details=dict(error.details)
        )
    phrase = http.client.responses.get(status, "Error")
    if isinstance(error, web.HTTPError):
        message = error.log_message or error.reason or phrase
        return ErrorBody(message=message, reason=phrase.replace(" ", ""), details={})
    return ErrorBody(
        message="Something went wrong in the server; its log has the details.",
        reason="InternalError",
        details={},
    )


class Handler(APIHandler):
    """Base of all API handlers."""

    auth_resource = AUTH_RESOURCE

    @property
    def services(self) -> Services:
        """The parts that the application put together."""
        services: Services = self.settings[SETTINGS_KEY]
        return services

    @property
    def _track_activity(self) -> bool:  # type: ignore[override]
        # Reading is what panels do by themselves; only a change is a sign of a user.
        return self.request.method not in ("GET", "HEAD")

    def body(self, type: type[T]) -> T:
        """Return the request's body; raises `InvalidRequest` and `InvalidField`."""
        return decode_body(self.request.body, type)

    def lines(self, name: str) -> int | None:
        """Return a query argument that counts lines; raises `InvalidField`."""
        text = self.get_query_argument(name, "")
        if not text:
            return None
        if not (text.isascii() and text.isdecimal() and len(text) < 10):
            raise InvalidField(name, f"“{name}” is a number of lines, not “{text[:40]}”.")
        return int(text)

    @property
    def uid(self) -> str:
        """Which of a name is meant, as a query argument; empty: whichever has it."""
        return self.get_query_argument("uid", "")

    @cached_property
    def me(self) -> str:
        """Who asks, as an owner of clusters."""
        return owner_of(self.current_user)

    def seen(self, cluster: Cluster) -> Cluster:
        """Return a cluster as this user sees it."""
        if not self.services.contains(cluster, self.me):
            return cluster
        return msgspec.structs.replace(cluster, contained=True)

    def reply(self, answer: msgspec.Struct, status: int = 200) -> None:
        """Finish with a model."""
        self.set_status(status)
        self.finish(msgspec.json.encode(answer))

    def send_error(self, status_code: int = 500, **kwargs: Any) -> None:
        """Give a `ClusterError` its own status."""
        error = (kwargs.get("exc_info") or (None, None))[1]
        if isinstance(error, ClusterError):
            status_code = error.status
        super().send_error(status_code, **kwargs)

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Answer an error as JSON, without any traceback."""
        if status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            self.set_header("Allow", ", ".join(self._methods()))
        error = (kwargs.get("exc_info") or (None, None))[1]
        self.finish(msgspec.json.encode(error_body(error, status_code)))

    def _methods(self) -> list[str]:
        """Return the HTTP methods there are here (RFC 9110, section 15.5.6)."""
        none = web.RequestHandler._unimplemented_method
        return [
            it for it in self.SUPPORTED_METHODS if getattr(type(self), it.lower()) != none
        ]

    def log_exception(self, typ: Any, value: Any, tb: Any) -> None:
        """Log what we did not foresee whole, and what we answer on purpose not at all."""
        if not isinstance(value, ClusterError):
            super().log_exception(typ, value, tb)
