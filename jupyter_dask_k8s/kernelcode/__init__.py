"""Python that runs in the kernels of notebooks, and on schedulers and workers.

It is sent as text: none of them need have this package. Kernels need ``dask`` and
``distributed``, the others nothing but the standard library.
"""

from __future__ import annotations

from pathlib import Path

# Each may import those before it.
_MODULES = (
    *("remote", "limits", "cluster", "installed", "compare", "pipoutput", "install"),
    *("send", "actions"),
)


def _read(name: str) -> str:
    return (Path(__file__).parent / f"{name}.py").read_text(encoding="utf-8")


SOURCES = {name: _read(name) for name in _MODULES}


def kernel_code() -> str:
    """Return the program for kernels; it wants its ``REQUEST`` (JSON) as a global name."""
    return f"SOURCES = {SOURCES!r}\n{_read('bootstrap')}"


def clients_code() -> str:
    """Return the program that tells which schedulers a kernel is connected to."""
    return _read("clients")
