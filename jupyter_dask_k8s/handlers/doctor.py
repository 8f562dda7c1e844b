"""``api/doctor``: every check, and how to mend what failed."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized
from tornado import web

from .base import Handler


class DoctorHandler(Handler):
    """Examines the installation; nothing is left behind."""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        # Imported late: nobody needs it at Jupyter's start.
        from ..doctor.jupyter import Visit, examine_visit
        from ..doctor.run import Situation, doctor, examine_all

        services = self.services
        situation = Situation(
            services.backends,
            services.failed,
            services.reason,
            services.passed_over,
            services.remedy,
        )
        checks = await services.doctor.get(
            lambda: examine_all(situation, services.config, self.event_logger, self.log)
        )
        visit = Visit(
            scheme=self.request.protocol,
            host=self.request.headers.get("Host", ""),
            base_url=self.base_url,
            headers={key.lower(): it for key, it in self.request.headers.items()},
            allow_origin=self.allow_origin,
            allow_origin_pat=self.settings.get("allow_origin_pat") or "",
        )
        self.reply(doctor([*checks, *examine_visit(visit)]))
