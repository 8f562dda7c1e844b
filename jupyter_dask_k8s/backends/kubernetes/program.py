"""A cluster as YAML, and as a program that makes one like it."""

from __future__ import annotations

import json
import pprint
from typing import Any

from ...models import MAX_NAME_LENGTH
from .manifest import clean_manifest

COPY = "-copy"


def yaml_text(stored: dict[str, Any]) -> str:
    """Return what ``kubectl apply -f`` makes such a cluster from."""
    import yaml  # late: no other way leads here

    class Dumper(yaml.SafeDumper):
        """Writes text of several lines as such."""

    def write_text(dumper: Any, text: str) -> Any:
        style = "|" if "\n" in text else None
        return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)

    Dumper.add_representer(str, write_text)
    manifest = clean_manifest(stored)
    text: str = yaml.dump(manifest, Dumper=Dumper, sort_keys=False, width=100)
    return text


def python_code(stored: dict[str, Any]) -> str:
    """Return a program that makes such a cluster, under another name.

    A KubeCluster deletes its cluster when it is closed, also one that it found.
    """
    name = stored["metadata"]["name"]
    copy = f"{name[: MAX_NAME_LENGTH - len(COPY)]}{COPY}"
    manifest = clean_manifest(stored)
    namespace = manifest["metadata"].pop("namespace", None)
    manifest["metadata"]["name"] = copy
    selector = manifest["spec"]["scheduler"]["service"]["selector"]
    selector["dask.org/cluster-name"] = copy
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
            "client = Client(cluster)",
        )
    )
