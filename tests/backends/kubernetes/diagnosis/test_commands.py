from __future__ import annotations

from jupyter_dask_k8s.backends.kubernetes.diagnosis import dask_resources_of, threads_of
from jupyter_dask_k8s.backends.kubernetes.objects import Container


def test_options_of_a_worker() -> None:
    words = ("dask", "worker", "--nthreads", "4", "--resources=GPU=1,highmem=2")
    worker = Container(args=words)
    assert threads_of(worker) == 4
    assert dask_resources_of(worker) == {"GPU": 1, "highmem": 2}


def test_none() -> None:
    assert threads_of(Container()) is None
    assert threads_of(Container(command=("dask-worker", "--nthreads"))) is None
    assert dask_resources_of(Container()) == {}
