"""A real single-node Kubernetes with the Dask operator, for tests, without Docker.

See README.md.  Needs: root, Debian 12 (bookworm) with its Python (standard library only).
Everything it keeps is under $TESTBED_HOME (default ~/.cache/dask-k8s-testbed).
"""
