"""NVML for tests: the real one where this machine has a GPU, else its stand-in."""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path
from typing import Any

import pytest

STANDIN = Path(__file__).parent / "standins"


def real_nvml() -> Any | None:
    """Return ``pynvml`` if it finds a GPU."""
    try:
        import pynvml  # type: ignore[import-not-found,unused-ignore]
    except ImportError:
        return None
    try:
        pynvml.nvmlInit()
        return pynvml if pynvml.nvmlDeviceGetCount() else None
    except pynvml.NVMLError:
        return None


def put_nvml(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Have NVML in processes that are started from now on; returns it for this one."""
    if (nvml := real_nvml()) is not None:
        return nvml
    monkeypatch.setenv("PYTHONPATH", str(STANDIN), prepend=os.pathsep)
    spec = importlib.util.spec_from_file_location("standin_nvml", STANDIN / "pynvml.py")
    assert spec
    assert spec.loader
    nvml = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(nvml)
    nvml.nvmlInit()
    return nvml
