"""The clocks of a local cluster while somebody sets the time of day."""

from __future__ import annotations

import asyncio
import time

import pytest
from distributed import LocalCluster

from jupyter_dask_k8s.backends.local import watch as module
from jupyter_dask_k8s.backends.local.protocol import Clocks
from jupyter_dask_k8s.backends.local.watch import Watch

DAY = 24 * 3600.0


@pytest.mark.parametrize("jump", [DAY, -DAY])
async def test_a_time_of_day_that_is_set_ends_nothing(
    jump: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    clocks = Clocks(idle_seconds=600, no_client_seconds=600)
    async with LocalCluster(
        n_workers=0, processes=False, asynchronous=True, dashboard_address=":0"
    ) as cluster:
        watch = Watch(cluster, asyncio.Event(), lambda: clocks)
        watch.look(complete=True)
        assert watch.ended() == ""
        real = time.time
        left = (watch.ends or 0) - real()
        assert 590 < left <= 600
        monkeypatch.setattr(module, "time", lambda: real() + jump)
        watch.look(complete=True)
        assert watch.ended() == ""
        again = (watch.ends or 0) - (real() + jump)
        print(f"{jump / 3600:+.0f} h: {left:.1f} s were left before, {again:.1f} s after")
        assert 590 < again <= 601
        # From here on they count as ever.
        monkeypatch.setattr(module, "time", lambda: real() + jump + 30)
        watch.look(complete=True)
        assert 560 < (watch.ends or 0) - (real() + jump + 30) < 575
