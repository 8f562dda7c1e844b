"""Click-to-launch Dask clusters in JupyterLab, made for Kubeflow notebooks."""

from __future__ import annotations

from typing import Any

from ._version import __version__

__all__ = ["__version__"]


def _jupyter_labextension_paths() -> list[dict[str, str]]:
    return [{"src": "labextension", "dest": "jupyter-dask-k8s"}]


def _jupyter_server_extension_points() -> list[dict[str, Any]]:
    from .app import DaskK8sApp

    return [{"module": "jupyter_dask_k8s.app", "app": DaskK8sApp}]
