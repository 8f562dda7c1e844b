"""The dashboard proxy: a cluster's name becomes an address, HTTP and websockets pass.

Clients name clusters, never hosts. Only pages of the dashboard pass: a scheduler also has
``/proxy/*`` (which reaches any host) and ``/api/*`` (which retires workers). Neither
cookies nor tokens of Jupyter reach a scheduler, and no cookie of a scheduler comes back.
Requests here are no sign of a user's activity (these are no API handlers).

Dashboards of other people's clusters are kept apart: ``dashboard_contained.py``.
"""

from __future__ import annotations

from typing import Any

from jupyter_server.utils import url_path_join

from .dashboard_page import DashboardPage
from .dashboard_paths import check_path
from .dashboard_socket import DashboardSocket
from .errors import ClusterNotFound
from .names import owner_of
from .services import SETTINGS_KEY, Services
from .store import Entry


class ByCluster:
    """Finds the scheduler by the name of its cluster, for who is logged in."""

    settings: dict[str, Any]
    current_user: Any

    @property
    def services(self) -> Services:
        services: Services = self.settings[SETTINGS_KEY]
        return services

    def target(self, name: str, *path: str | None) -> tuple[Entry, str]:
        """Return the entry and the scheduler's path; raises `ClusterError`."""
        return self.services.store.entry(name), self.join(path)

    def join(self, path: tuple[str | None, ...]) -> str:
        return check_path("".join(part or "" for part in path))

    def prefix(self, name: str, *path: str) -> str:
        """Return where this dashboard begins on our side."""
        return url_path_join(
            self.settings["base_url"], "dask-k8s/clusters", name, "dashboard"
        )

    def is_contained(self, entry: Entry) -> bool:
        """Return whether this dashboard is kept apart from Jupyter for this user."""
        return self.services.contains(entry.cluster, owner_of(self.current_user))


class _ByAddress(ByCluster):
    """Finds the scheduler by the address in a link that ``dask.distributed`` made."""

    def target(self, host: str, *rest: str | None) -> tuple[Entry, str]:
        """Return the entry and the scheduler's path; raises `ClusterError`."""
        port, *path = rest
        entry = self.services.store.find_address(host, int(port or 0))
        if entry is None:
            error = ClusterNotFound(f"{host}:{port}")
            error.message = f"No cluster in the list has its dashboard at {host}:{port}."
            if host in ("localhost", "127.0.0.1"):
                error.message += (
                    " Clusters that a notebook makes by itself, as with Client() or "
                    "LocalCluster(), are not in the list."
                )
            raise error
        return entry, self.join(tuple(path))

    def prefix(self, host: str, *rest: str) -> str:
        """Return where this dashboard begins on our side."""
        return url_path_join(
            self.settings["base_url"], "dask-k8s/dashboard", f"{host}:{rest[0]}"
        )


def socket_path(path: tuple[str | None, ...]) -> str:
    """Return where a websocket is on the scheduler; raises `NotPermitted`.

    The cluster map has one that is no part of a page. It must not be asked for as a page:
    the scheduler (distributed 2026.8) would keep what it makes for each websocket.
    """
    whole = "".join(part or "" for part in path)
    return f"/{whole}" if whole == "eventstream" else check_path(whole)


class ClusterPage(ByCluster, DashboardPage):
    """``clusters/{name}/dashboard/{path}``."""


class ClusterSocket(ByCluster, DashboardSocket):
    """``clusters/{name}/dashboard/{path}/ws``; the cluster map has ``eventstream``."""

    def join(self, path: tuple[str | None, ...]) -> str:
        return socket_path(path)


class AddressPage(_ByAddress, DashboardPage):
    """``dashboard/{host}:{port}/{path}``."""


class AddressSocket(_ByAddress, DashboardSocket):
    """``dashboard/{host}:{port}/{path}/ws`` and ``eventstream``."""

    def join(self, path: tuple[str | None, ...]) -> str:
        return socket_path(path)
