"""The tests of the contract about groups and lifetimes, unchanged, against Kubernetes.

A file of their own: files run side by side.
"""

from __future__ import annotations

from tests.contract.test_groups import *  # noqa: F403
from tests.contract.test_lifetimes import *  # noqa: F403

from .phases import mended_phases  # noqa: F401
from .server import as_team, connect, dask_api, jp_server_config  # noqa: F401
