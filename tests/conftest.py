from __future__ import annotations

import copy
from typing import Any

import pytest

pytest_plugins = ("jupyter_dask_k8s.pytest_plugin",)


@pytest.fixture
def jp_server_config() -> dict[str, Any]:
    # Imported late: pytest rewrites the asserts of a plugin only before its first import.
    from jupyter_dask_k8s.pytest_plugin import SERVER_CONFIG

    return copy.deepcopy(SERVER_CONFIG)
