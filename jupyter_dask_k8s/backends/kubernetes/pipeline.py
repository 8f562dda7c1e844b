"""A cluster as a step of Kubeflow Pipelines (v2): Python source that ``kfp`` compiles."""

from __future__ import annotations

import json
import pprint
import textwrap
from typing import Any

from .manifest import clean_manifest, worker_container
from .settings import library_versions

ABANDONED = 3600
"""Seconds without work after which the cluster of a step that was killed ends."""

_PROGRAM = '''\
from kfp import compiler, dsl


@dsl.component(base_image={image}, packages_to_install=[{package}])
def compute(numbers: int) -> int:
    """Compute with a Dask cluster that is there for this step only.

    The service account of the step needs the right to create, get, list, watch, patch
    and delete DaskClusters, and to read their pods and services.
    """
    import uuid

    from dask.distributed import Client
    from dask_kubernetes.operator import KubeCluster

    spec = {spec}
    name = {stem} + "-" + uuid.uuid4().hex[:8]
    spec["metadata"]["name"] = name
{selector}    cluster = KubeCluster(custom_cluster_spec=spec)
    with cluster, Client(cluster) as client:
{more}        # Your work goes here.
        return client.submit(sum, range(numbers)).result()


@dsl.pipeline(name={pipeline})
def pipeline(numbers: int = 1000) -> int:
    return compute(numbers=numbers).output


if __name__ == "__main__":
    compiler.Compiler().compile(pipeline, {file})
'''

_SELECTOR = """\
    spec["spec"]["scheduler"]["service"]["selector"]["dask.org/cluster-name"] = name
"""

LONGEST_STEM = 44
"""Characters of a cluster's name before the random part of the new one."""


def kfp_code(stored: list[dict[str, Any]]) -> str:
    """Return a component that makes a cluster like a stored one, and a pipeline with it.

    ``stored`` is the DaskCluster; its other groups and its autoscaler follow.
    """
    cluster, *others = stored
    name = cluster["metadata"]["name"]
    manifest = clean_manifest(json.loads(json.dumps(cluster)))
    manifest["metadata"].pop("namespace", None)
    spec = manifest["spec"]
    # A step that is killed closes nothing.
    spec["idleTimeout"] = spec.get("idleTimeout") or ABANDONED
    service = spec["scheduler"].get("service") or {}
    selects = "dask.org/cluster-name" in (service.get("selector") or {})
    return _PROGRAM.format(
        image=json.dumps(worker_container(cluster).get("image", "")),
        package=json.dumps(f"dask-kubernetes=={library_versions()['dask-kubernetes']}"),
        spec=_indented(manifest, 4),
        stem=json.dumps(name[:LONGEST_STEM].rstrip("-")),
        selector=_SELECTOR if selects else "",
        more="".join(_line(it, name) for it in others),
        pipeline=json.dumps(f"{name}-dask"),
        file=json.dumps(f"{name}-pipeline.yaml"),
    )


def _line(other: dict[str, Any], cluster: str) -> str:
    """Return the line that makes a worker group or an autoscaler."""
    spec = other["spec"]
    if other["kind"] == "DaskAutoscaler":
        bounds = f"minimum={spec['minimum']}, maximum={spec['maximum']}"
        return f"        cluster.adapt({bounds})\n"
    name = json.dumps(other["metadata"]["name"].removeprefix(f"{cluster}-"))
    worker = _indented(spec["worker"]["spec"], 8)
    count = int(spec["worker"].get("replicas") or 0)
    return (
        f"        group = {{'replicas': {count}, 'spec': {worker}}}\n"
        f"        cluster.add_worker_group({name}, n_workers={count}, custom_spec=group)\n"
    )


def _indented(value: Any, depth: int) -> str:
    text = pprint.pformat(value, sort_dicts=False, width=96 - depth)
    return textwrap.indent(text, " " * depth).lstrip()
