"""The operator's own manifest for a cluster, from ``dask_kubernetes.make_cluster_spec``.

Run as a program of its own: importing dask_kubernetes costs seconds and 50 MiB, which
neither Jupyter's event loop nor a small notebook pod has to spare.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
from typing import Any

from ...errors import BackendUnavailable
from ...tasks import end

NAME = "name-of-the-cluster"
IMAGE = "image-of-the-cluster"
"""Stand-ins, replaced in the text."""

LIMIT = 60.0
"""Seconds that the program may take."""


class Recipe:
    """Asks ``make_cluster_spec`` once, when the first cluster is wanted."""

    def __init__(self) -> None:
        self._text: asyncio.Task[str] | None = None

    def prepare(self) -> asyncio.Task[str]:
        """Begin to ask, unless that was done."""
        if self._text is None or (self._text.done() and self._text.exception()):
            self._text = asyncio.create_task(_ask())
        return self._text

    async def manifest(self, name: str, image: str) -> dict[str, Any]:
        """Return a new DaskCluster; raises `BackendUnavailable`."""
        text = await asyncio.shield(self.prepare())
        manifest: dict[str, Any] = json.loads(
            text.replace(NAME, name).replace(json.dumps(IMAGE), json.dumps(image))
        )
        return manifest

    async def close(self) -> None:
        """Give up on an answer that is under way."""
        if self._text is not None:
            await end([self._text])


async def _ask() -> str:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        __name__,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        out, told = await asyncio.wait_for(process.communicate(), LIMIT)
    except asyncio.TimeoutError:
        raise BackendUnavailable(
            f"dask-kubernetes did not make a manifest within {LIMIT:g} s."
        ) from None
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    if process.returncode != 0:
        last = (told.decode(errors="replace").strip().splitlines() or ["no reason"])[-1]
        raise BackendUnavailable(f"dask-kubernetes cannot make a manifest: {last}")
    return out.decode()


def main() -> None:
    """Print the manifest as JSON; used by `Recipe`."""
    with contextlib.suppress(OSError, AttributeError):
        os.nice(5)
    from dask_kubernetes.operator import make_cluster_spec

    print(json.dumps(make_cluster_spec(NAME, image=IMAGE, worker_command="dask worker")))


if __name__ == "__main__":
    main()
