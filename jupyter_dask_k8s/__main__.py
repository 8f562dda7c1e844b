"""``python -m jupyter_dask_k8s`` is ``jupyter dask-k8s``."""

from .cli import main

main()
