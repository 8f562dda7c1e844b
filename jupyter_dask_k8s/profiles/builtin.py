"""The package's own profiles, written as an administrator would write them."""

from __future__ import annotations

from typing import Any

RAPIDS = "nvcr.io/nvidia/rapidsai/base:26.02-cuda12-py3.13"
"""The image that RAPIDS documents for Dask on Kubernetes (26.02)."""


def small() -> dict[str, Any]:
    """Return the plain one: sizes as configured."""
    return {
        "label": "Small",
        "description": "A fixed number of workers of the usual size.",
        "icon": "cpu",
    }


def adaptive(most: int) -> dict[str, Any]:
    """Return one that follows the work; ``most`` workers are possible here."""
    return {
        "label": "Adaptive",
        "description": "As many workers as the work needs, none without work.",
        "icon": "adaptive",
        "defaults": {"adapt": {"minimum": 0, "maximum": min(10, most)}},
    }


def gpu() -> dict[str, Any]:
    """Return one for RAPIDS: a GPU for each worker.

    ``dask cuda worker`` is what RAPIDS documents; it takes the GPU that its pod has.
    ``DISABLE_JUPYTER`` keeps older images of RAPIDS from starting a Jupyter server.
    """
    return {
        "label": "GPU",
        "description": "RAPIDS: one GPU for each worker.",
        "icon": "gpu",
        "defaults": {
            "workers": 1,
            "image": RAPIDS,
            "worker_command": ["dask", "cuda", "worker"],
            "resources": {"gpus": 1},
            "env": {"DISABLE_JUPYTER": "true"},
        },
    }
