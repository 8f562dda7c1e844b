"""One short class a resource: parse, one await, reply."""

from __future__ import annotations

from typing import Any

from ..dashboard import AddressPage, AddressSocket, ClusterPage, ClusterSocket
from ..dashboard_contained import ContainedPage, ContainedSocket, ContainedState
from .clusters import ClusterHandler, ClustersHandler
from .dashboard import DashboardHandler
from .doctor import DoctorHandler
from .events import EventsHandler
from .export import ExportHandler
from .groups import GroupHandler, GroupsHandler
from .jobs import JobHandler, JobLogsHandler, JobPreviewHandler, JobsHandler
from .kernelcode import KernelCodeHandler
from .logs import LogsHandler
from .metrics import MetricsHandler, MetricsSocket
from .openapi import OpenAPIHandler
from .plots import PlotsHandler
from .pods import PodsHandler
from .preview import PreviewHandler
from .profiles import ProfilesHandler
from .status import StatusHandler
from .unknown import UnknownHandler

PREFIX = "dask-k8s"

_NAME = r"([^/]+)"
_ADDRESS = r"([^/:%]+)(?::|%3[Aa])(\d{1,5})"
_SOCKET = r"((?:.*/)?ws|eventstream)"
_API: tuple[tuple[str, type], ...] = (
    (r"status", StatusHandler),
    (r"clusters", ClustersHandler),
    (rf"clusters/{_NAME}", ClusterHandler),
    (rf"clusters/{_NAME}/groups", GroupsHandler),
    (rf"clusters/{_NAME}/groups/{_NAME}", GroupHandler),
    (rf"clusters/{_NAME}/metrics", MetricsHandler),
    (rf"clusters/{_NAME}/plots", PlotsHandler),
    (rf"clusters/{_NAME}/export", ExportHandler),
    (rf"clusters/{_NAME}/pods", PodsHandler),
    (rf"clusters/{_NAME}/events", EventsHandler),
    (rf"clusters/{_NAME}/dashboard", DashboardHandler),
    (rf"clusters/{_NAME}/logs", LogsHandler),
    (r"doctor", DoctorHandler),
    (r"metrics", MetricsSocket),
    (r"jobs", JobsHandler),
    (r"jobs/preview", JobPreviewHandler),
    (rf"jobs/{_NAME}", JobHandler),
    (rf"jobs/{_NAME}/logs", JobLogsHandler),
    (r"kernelcode", KernelCodeHandler),
    (r"preview", PreviewHandler),
    (r"profiles", ProfilesHandler),
    (r"openapi\.json", OpenAPIHandler),
)
_REST: tuple[tuple[str, type], ...] = ((r"api(?:/.*)?", UnknownHandler),)
_DASHBOARD: tuple[tuple[str, type], ...] = (
    (rf"clusters/{_NAME}/dashboard/{_SOCKET}", ClusterSocket),
    (rf"clusters/{_NAME}/dashboard/(.*)", ClusterPage),
    (rf"dashboard/{_ADDRESS}/{_SOCKET}", AddressSocket),
    (rf"dashboard/{_ADDRESS}/(.*)", AddressPage),
    (rf"contained/{_NAME}", ContainedState),
    (rf"contained/{_NAME}/{_SOCKET}", ContainedSocket),
    (rf"contained/{_NAME}/(.*)", ContainedPage),
)


def routes() -> list[tuple[str, type[Any]]]:
    """Return the routes of this extension, relative to Jupyter's base URL."""
    return [
        *((rf"/{PREFIX}/api/{path}", handler) for path, handler in _API),
        *((rf"/{PREFIX}/{path}", handler) for path, handler in _REST + _DASHBOARD),
    ]
