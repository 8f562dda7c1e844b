"""What the server and a cluster's host process say to each other: lines of JSON.

The server writes commands to the host's standard input, the host writes reports to what
was its standard output. End of input means that the server is gone: the host ends.
"""

from __future__ import annotations

import msgspec

from ...models import Adapt

READINGS_PATH = "jupyter-dask-k8s/readings.json"
"""The page that a host adds to its scheduler (see ``readings.py``)."""


class HostConfig(msgspec.Struct, kw_only=True):
    """The first line: what to run. Memory in bytes, for each worker."""

    name: str
    workers: int
    adapt: Adapt | None
    threads: int
    memory: int
    env: dict[str, str]
    directory: str
    idle_seconds: int | None


class HostCommand(msgspec.Struct, kw_only=True):
    """The state that the server wants; every command carries the whole of it."""

    number: int
    """Commands count up; a report names the last one that it knows."""
    workers: int | None
    """``None`` leaves the number to the autoscaler, or as it is."""
    adapt: Adapt | None
    idle_seconds: int | None
    stop: bool = False


class HostReport(msgspec.Struct, kw_only=True):
    """The state that the host sees."""

    number: int
    scheduler_address: str
    dashboard_port: int
    desired: int
    ready: int
    kept: int
    """Workers that could not go because nobody has room for their data."""
    idle_since: float | None
    ended: str = ""
    """Why the cluster ended by itself (``idle``); empty while it runs."""
