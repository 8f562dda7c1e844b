"""``api/status``: backend, user, versions and limits."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized
from tornado import web

from .. import __version__
from ..models import Status
from ..names import owner_of
from .base import Handler


class StatusHandler(Handler):
    """Answers in every state, also while there is no backend."""

    @web.authenticated
    @authorized
    def get(self) -> None:
        services = self.services
        backend = services.chosen
        if backend is not None:
            backend.look()
        self.reply(
            Status(
                state=services.state,
                trouble=backend.trouble if backend else "",
                backend=backend.backend_name if backend else None,
                reason=services.reason,
                namespace=backend.current_namespace if backend else None,
                user=owner_of(self.current_user),
                versions={
                    "jupyter_dask_k8s": __version__,
                    **(backend.versions() if backend else {}),
                },
                operator=backend.operator if backend else None,
                limits=backend.limits if backend else None,
                backends=[it.backend_name for it in services.backends],
                jobs=bool(backend and backend.jobs and backend.jobs.available),
                stale_since=backend.stale_since if backend else None,
                missing=backend.missing if backend else [],
            )
        )
