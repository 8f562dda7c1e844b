"""A cluster as YAML, and as a program that makes one like it."""

from __future__ import annotations

import json
import pprint
from typing import Any

from ...models import MAX_NAME_LENGTH, Adapt
from .manifest import clean_manifest

COPY = "-copy"


def yaml_text(stored: list[dict[str, Any]]) -> str:
    """Return what ``kubectl apply -f`` makes such a cluster from; one document for each."""
    import yaml  # late: no other way leads here

    class Dumper(yaml.SafeDumper):
        """Writes text of several lines as such."""

    def write_text(dumper: Any, text: str) -> Any:
        style = "|" if "\n" in text else None
        return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)

    Dumper.add_representer(str, write_text)
    manifests = [clean_manifest(it) for it in stored]
    text: str = yaml.dump_all(manifests, Dumper=Dumper, sort_keys=False, width=100)
    return text


def python_code(stored: dict[str, Any], adapt: Adapt | None) -> str:
    """Return a program that makes such a cluster, under another name.

    A KubeCluster deletes its cluster when it is closed, also one that it found.
    """
    name = stored["metadata"]["name"]
    copy = f"{name[: MAX_NAME_LENGTH - len(COPY)]}{COPY}"
    manifest = clean_manifest(stored)
    namespace = manifest["metadata"].pop("namespace", None)
    manifest["metadata"]["name"] = copy
    service = manifest["spec"].get("scheduler", {}).get("service") or {}
    if "dask.org/cluster-name" in (service.get("selector") or {}):
        service["selector"]["dask.org/cluster-name"] = copy
    adaptive = (
        [f"cluster.adapt(minimum={adapt.minimum}, maximum={adapt.maximum})"]
        if adapt
        else []
    )
    spec = pprint.pformat(manifest, sort_dicts=False, width=88)
    return "\n".join(
        (
            "from dask.distributed import Client",
            "from dask_kubernetes.operator import KubeCluster",
            "",
            f"spec = {spec}",
            "",
            "# It is deleted again when the program ends.",
            "cluster = KubeCluster(custom_cluster_spec=spec, "
            f"namespace={json.dumps(namespace)})",
            *adaptive,
            "client = Client(cluster)",
        )
    )
