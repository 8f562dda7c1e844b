"""Clusters of the Dask Kubernetes Operator."""
