"""How to reach schedulers: by the name of their Service, or through the API server.

The way is found by asking ``/health`` of each scheduler, which also tells that it is well;
nothing is asked again until its pod changes.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from ...errors import NotPermitted
from ...scheduler import SchedulerClient
from .api import KubernetesAPI
from .objects import Pod
from .tunnel import Tunnel
from .world import Parts

Way = Literal["service", "forward"]

ASK_LIMIT = 2.0
"""Seconds that a scheduler may take to tell its health."""

PAUSES = (0.1, 5.0)
"""First and longest pause between two questions, in seconds."""

PATIENCE = 4
"""Rounds in vain until the user is told, and until the next way is tried, too."""


@dataclass(frozen=True)
class Route:
    """The way to one scheduler's HTTP server."""

    way: Way
    base: str
    """``http://host:port``; the host is the Service's name whatever the way is."""
    tunnel: str | None = None
    """The Unix socket that leads there, where the name does not."""


@dataclass(frozen=True)
class Health:
    """What we know of a scheduler: the way to it, or why there is none yet."""

    pod: str = ""
    """The uid of the pod that was asked."""
    route: Route | None = None
    problem: str = ""
    refused: bool = False
    """Whether Kubernetes does not let us take the way that there is."""


def service_host(name: str, namespace: str) -> str:
    """Return the host of a cluster's scheduler, as the operator tells it to workers."""
    return f"{name}-scheduler.{namespace}.svc.cluster.local"


def scheduler_pod(parts: Parts) -> Pod | None:
    """Return the pod of a cluster's scheduler: the newest that is not on its way out."""
    pods = [
        pod
        for pod in parts.living_pods
        if pod.metadata.labels.component == "scheduler"
        and pod.metadata.deletion_timestamp is None
    ]
    return max(pods, key=lambda it: str(it.metadata.creation_timestamp), default=None)


async def _resolves(host: str) -> bool:
    """Tell whether the name of a Service is known here."""
    loop = asyncio.get_running_loop()
    try:
        await asyncio.wait_for(loop.getaddrinfo(host, None), ASK_LIMIT)
    except (OSError, asyncio.TimeoutError):
        return False
    return True


class Reach:
    """Finds and keeps the ways to all schedulers.

    ``way`` is ``auto``, ``service`` or ``forward``; ``parts`` tells what there is of a
    cluster now; ``on_change`` is called with the name of a cluster whose health changed.
    """

    def __init__(
        self,
        api: KubernetesAPI,
        scheduler: SchedulerClient,
        way: str,
        parts: Callable[[str], Parts],
        on_change: Callable[[str], None],
        log: logging.Logger | logging.LoggerAdapter[Any],
    ) -> None:
        self._api = api
        self._scheduler = scheduler
        self._parts = parts
        self._on_change = on_change
        self._log = log
        self._wish = way
        self._healths: dict[str, Health] = {}
        self._probes: dict[str, asyncio.Task[None]] = {}
        self._tunnels: dict[str, Tunnel] = {}
        self._closing: set[asyncio.Task[None]] = set()

    async def settle(self, limit: float) -> None:
        """Return when nothing is asked any more, or after ``limit`` seconds."""
        if self._probes:
            await asyncio.wait(list(self._probes.values()), timeout=limit)

    def health(self, name: str, parts: Parts) -> Health:
        """Return what is known of a scheduler; asks in the background where it must."""
        pod = scheduler_pod(parts)
        if pod is None or not pod.ready:
            self._stop_probe(name)
            return Health()
        known = self._healths.get(name)
        if known is None or known.pod != pod.metadata.uid:
            known = self._healths[name] = Health(pod=pod.metadata.uid)
            self._stop_probe(name)
            self._probes[name] = asyncio.create_task(self._probe(name, pod.metadata.uid))
        return known

    def forget(self, name: str) -> None:
        """The cluster is gone."""
        self._stop_probe(name)
        self._healths.pop(name, None)
        tunnel = self._tunnels.pop(name, None)
        if tunnel is not None:
            task = asyncio.create_task(self._close_tunnel(tunnel))
            self._closing.add(task)
            task.add_done_callback(self._closing.discard)

    async def close(self) -> None:
        """End all questions and tunnels."""
        for name in {*self._healths, *self._tunnels, *self._probes}:
            self.forget(name)
        await asyncio.gather(*self._closing, return_exceptions=True)

    async def _close_tunnel(self, tunnel: Tunnel) -> None:
        await self._scheduler.forget(tunnel.path)
        await tunnel.close()

    def _stop_probe(self, name: str) -> None:
        probe = self._probes.pop(name, None)
        if probe is not None:
            probe.cancel()
            known = self._healths.get(name)
            if known is not None and known.route is None:
                del self._healths[name]

    async def _probe(self, name: str, uid: str) -> None:
        """Ask until the scheduler answers on one of the ways."""
        pause, longest = PAUSES
        asked = 0
        ways = await self._choose(name)
        while True:
            for way in ways[: 1 + asked // PATIENCE]:
                route = await self._route(name, way)
                problem = await self._scheduler.check(route.base, route.tunnel, ASK_LIMIT)
                if not problem:
                    self._found(name, uid, route)
                    return
                if way == ways[0]:
                    health = self._unwell(name, uid, route, problem)
            asked += 1
            if asked == PATIENCE:
                self._tell(name, health)
            await asyncio.sleep(pause)
            pause = min(longest, 2 * pause)

    def _unwell(self, name: str, uid: str, route: Route, problem: str) -> Health:
        """Return why a way leads nowhere; of a forward the API server's own words."""
        trouble = self._tunnels[name].trouble if route.tunnel else None
        if trouble is not None:
            problem = trouble.message
        return Health(pod=uid, problem=problem, refused=isinstance(trouble, NotPermitted))

    def _found(self, name: str, uid: str, route: Route) -> None:
        self._log.info("The scheduler of %s is reached by %s.", name, route.way)
        self._probes.pop(name, None)
        self._tell(name, Health(pod=uid, route=route))

    async def _choose(self, name: str) -> list[Way]:
        """Return the ways to try, the likely one first.

        A pod can reach Services by name; so can a machine that knows the cluster's names.
        """
        if self._wish == "service":
            return ["service"]
        if self._wish == "forward":
            return ["forward"]
        host = service_host(name, self._api.namespace)
        if self._api.access.inside or await _resolves(host):
            return ["service", "forward"]
        return ["forward", "service"]

    def _tell(self, name: str, health: Health) -> None:
        self._healths[name] = health
        self._on_change(name)

    async def _route(self, name: str, way: Way) -> Route:
        parts = self._parts(name)
        port = parts.service.port("http-dashboard", 8787) if parts.service else 8787
        base = f"http://{service_host(name, self._api.namespace)}:{port}"
        if way == "service":
            return Route("service", base)
        return Route("forward", base, await self._tunnel(name, port))

    async def _tunnel(self, name: str, port: int) -> str:
        if name not in self._tunnels:
            tunnel = Tunnel(self._api, lambda: self._pod_name(name), port, self._log)
            await tunnel.start()
            self._tunnels[name] = tunnel
        return self._tunnels[name].path

    def _pod_name(self, name: str) -> str:
        pod = scheduler_pod(self._parts(name))
        return pod.metadata.name if pod is not None else ""
