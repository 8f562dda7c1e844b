"""Stands in for NVML on machines without a GPU: those calls of ``pynvml`` that
``distributed.diagnostics.nvml`` makes (2024.1 to 2026.8).

In a folder of its own: put it on the PYTHONPATH of workers. ``STANDIN_GPUS`` says how many
devices there are (2), ``STANDIN_MIG=1`` makes them parts of a GPU, whose use NVML does not
tell.
"""

from __future__ import annotations

import math
import os
import time
from dataclasses import dataclass
from typing import Any

NVML_DEVICE_MIG_DISABLE = 0
NVML_DEVICE_MIG_ENABLE = 1

TOTAL = 16 * 2**30


class NVMLError(Exception):
    pass


class NVMLError_LibraryNotFound(NVMLError):  # noqa: N801
    pass


class NVMLError_DriverNotLoaded(NVMLError):  # noqa: N801
    pass


class NVMLError_Unknown(NVMLError):  # noqa: N801
    pass


class NVMLError_NotSupported(NVMLError):  # noqa: N801
    pass


class NVMLError_NotFound(NVMLError):  # noqa: N801
    pass


class NVMLError_Uninitialized(NVMLError):  # noqa: N801
    pass


@dataclass(frozen=True)
class Memory:
    total: int
    used: int

    @property
    def free(self) -> int:
        return self.total - self.used


@dataclass(frozen=True)
class Rates:
    gpu: int
    memory: int


_initialized: set[int] = set()


def nvmlInit() -> None:  # noqa: N802
    _initialized.add(os.getpid())


def nvmlShutdown() -> None:  # noqa: N802
    _initialized.discard(os.getpid())


def _ready() -> None:
    """As NVML: each process has to initialize it by itself."""
    if os.getpid() not in _initialized:
        raise NVMLError_Uninitialized


def nvmlSystemGetDriverVersion() -> str:  # noqa: N802
    _ready()
    return "570.00"


def nvmlDeviceGetCount() -> int:  # noqa: N802
    _ready()
    return int(os.environ.get("STANDIN_GPUS", "2"))


def nvmlDeviceGetHandleByIndex(index: int) -> int:  # noqa: N802
    if not 0 <= index < nvmlDeviceGetCount():
        raise NVMLError_NotFound
    return index


def nvmlDeviceGetHandleByUUID(uuid: str | bytes) -> int:  # noqa: N802
    text = uuid.decode() if isinstance(uuid, bytes) else uuid
    for index in range(nvmlDeviceGetCount()):
        if nvmlDeviceGetUUID(index) == text:
            return index
    raise NVMLError_NotFound


def nvmlDeviceGetIndex(handle: int) -> int:  # noqa: N802
    return handle


def nvmlDeviceGetUUID(handle: int) -> str:  # noqa: N802
    return f"GPU-{handle:08x}-0000-0000-0000-000000000000"


def nvmlDeviceGetName(handle: int) -> str:  # noqa: N802
    _ready()
    return "Stand-in 16GB"


def nvmlDeviceGetMigMode(handle: int) -> list[int]:  # noqa: N802
    raise NVMLError_NotSupported


def nvmlDeviceGetComputeRunningProcesses(handle: int) -> list[Any]:  # noqa: N802
    return []


def _wave(handle: int, seconds: float) -> float:
    """Return a number from 0 to 1 that goes up and down, another one for each device."""
    return 0.5 + 0.5 * math.sin(2 * math.pi * time.time() / seconds + handle)


def nvmlDeviceGetMemoryInfo(handle: int) -> Memory:  # noqa: N802
    _ready()
    return Memory(TOTAL, int(TOTAL * (0.2 + 0.6 * _wave(handle, 60))))


def nvmlDeviceGetUtilizationRates(handle: int) -> Rates:  # noqa: N802
    _ready()
    if os.environ.get("STANDIN_MIG") == "1":
        raise NVMLError_NotSupported
    return Rates(round(100 * _wave(handle, 20)), round(100 * _wave(handle, 60)))
