"""The tests of the contract, unchanged, against Kubernetes; profiles: test_profiles.py."""

from tests.contract.test_bad_input import *  # noqa: F403
from tests.contract.test_clusters import *  # noqa: F403
from tests.contract.test_groups import *  # noqa: F403
from tests.contract.test_lifetimes import *  # noqa: F403
from tests.contract.test_owners import *  # noqa: F403

from .server import as_team, connect, dask_api, jp_server_config  # noqa: F401
