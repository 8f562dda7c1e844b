"""The server extension: settings are read here, and all parts are put together here."""

from __future__ import annotations

import asyncio
import os
from typing import Any, cast

from jupyter_server.extension.application import ExtensionApp
from jupyter_server.utils import url_path_join
from traitlets import Bool, Enum, Float, Integer, TraitError, default

from . import handlers
from .backends.base import Backend
from .backends.choice import choose_backend, remedy_of
from .containment import Trusted
from .errors import ClusterError
from .events import EventBus
from .models import ClusterEvent
from .monitor.hub import MetricsHub
from .scheduler import SchedulerClient
from .services import SETTINGS_KEY, Services
from .store import Store
from .streams import Streams
from .tasks import end

LINK_VARIABLE = "DASK_DISTRIBUTED__DASHBOARD__LINK"


class DaskK8sApp(ExtensionApp):
    """Dask clusters for JupyterLab."""

    name = "jupyter_dask_k8s"
    extension_url = "/lab"
    load_other_extensions = True

    @default("config_file_name")
    def _config_file_name_default(self) -> str:
        # Jupyter's default has its own name twice: jupyter_jupyter_dask_k8s_config.
        return f"{self.name}_config"

    backend = Enum(
        ("auto", "kubernetes", "local", "both"),
        "auto",
        help="Where clusters live. auto: Kubernetes where there is one with the Dask "
        "operator, local processes otherwise. both: Kubernetes, and local processes as a "
        "second choice for new clusters.",
    ).tag(config=True)
    export_dashboard_link = Bool(
        True,
        help=f"Give kernels {LINK_VARIABLE} (when unset), so that links to dashboards in "
        "notebooks open through Jupyter.",
    ).tag(config=True)
    trusted_dashboards = Enum(
        ("own", "unowned", "all"),
        "unowned",
        help="Whose dashboards are pages of Jupyter's own origin, and so can do what you "
        "can. own: those of your clusters. unowned: also of clusters that name no owner. "
        "all: of everybody's. The rest is shown in a sandbox.",
    ).tag(config=True)
    metrics_interval = Float(
        1.0,
        min=0.2,
        help="Seconds between two readings of a scheduler while somebody looks.",
    ).tag(config=True)
    max_streams = Integer(
        50,
        min=1,
        help="Most logs and lists of events that are sent at the same time, over all "
        "browsers.",
    ).tag(config=True)

    def initialize_settings(self) -> None:
        """Put the parts together; nothing starts yet."""
        assert self.serverapp is not None
        if self.export_dashboard_link:
            os.environ.setdefault(LINK_VARIABLE, self._link_template())
        self._bus = EventBus(self.serverapp.event_logger)
        store = Store(self._bus.emit)
        scheduler = SchedulerClient()
        metrics = MetricsHub(scheduler, store, self.metrics_interval)
        self._services = Services(
            store=store,
            scheduler=scheduler,
            metrics=metrics,
            streams=Streams(self.max_streams),
            trusted_dashboards=cast(Trusted, self.trusted_dashboards),
            config=self.serverapp.config,
        )
        self.settings[SETTINGS_KEY] = self._services

    def _link_template(self) -> str:
        assert self.serverapp is not None
        base = self.serverapp.base_url.replace("{", "{{").replace("}", "}}")
        return url_path_join(base, handlers.PREFIX, "dashboard/{host}:{port}/status")

    def initialize_handlers(self) -> None:
        """Register the routes."""
        self.handlers.extend(handlers.routes())

    async def _start_jupyter_server_extension(self, serverapp: Any) -> None:
        """Look for a backend in the background: Jupyter's start never waits for it."""
        self._starting = asyncio.create_task(self._start_backend())

    async def _start_backend(self) -> None:
        services = self._services
        try:
            chosen = await choose_backend(self.backend, self._make_backend)
            await chosen.start()
        except (ClusterError, TraitError) as error:
            # A setting of a backend is read when it is made, and may be out of its bounds.
            services.failed, services.reason = True, str(error)
            services.remedy = await remedy_of(error, self._make_backend)
            self.log.error("No Dask backend: %s", error)
        else:
            services.chosen, services.second = chosen.backend, chosen.second
            services.reason = chosen.reason
            services.passed_over = chosen.passed_over
            self.log.info("Dask clusters: %s", chosen.reason)
        self._announce()

    def _announce(self) -> None:
        """Tell every browser to read everything again."""
        self._bus.emit(ClusterEvent(action="changed", name=""))

    def _make_backend(self, backend: type[Backend]) -> Backend:
        services = self._services
        made = backend(
            services.store,
            services.scheduler,
            self._announce,
            parent=self.serverapp,
            log=self.log,
        )
        made.worker_use.share(services.metrics.latest)
        return made

    async def stop_extension(self) -> None:
        """End everything that we started."""
        await end([self._starting])
        await self._services.streams.close()
        await self._services.doctor.close()
        await self._services.metrics.close()
        for backend in self._services.backends:
            await backend.stop()
        await self._services.scheduler.close()


main = launch_instance = DaskK8sApp.launch_instance
