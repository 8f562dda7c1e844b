"""The tests of the contract, unchanged, against Kubernetes.

Those of groups and lifetimes: test_contract_groups.py; of profiles: test_profiles.py.
"""

from __future__ import annotations

from tests.contract.test_bad_input import *  # noqa: F403
from tests.contract.test_clusters import *  # noqa: F403
from tests.contract.test_details import *  # noqa: F403
from tests.contract.test_monitor import *  # noqa: F403
from tests.contract.test_owners import *  # noqa: F403

from .phases import mended_phases  # noqa: F401
from .server import as_team, connect, dask_api, jp_server_config  # noqa: F401
