"""What people use today for the same, ``dask-labextension``, measured beside us.

``scripts/benchmarks.sh`` makes an environment for it (``.venv-peer``) with the JupyterLab
that we have, and runs everything here. Each module is also a command of its own, as
``python -m benchmarks.peer.start``. Machines differ and have moods: ratios within one run
are what counts.
"""
