"""A cluster as YAML, and as a program that makes one like it."""

from __future__ import annotations

import copy
import json
import pprint
from typing import Any

from ...models import MAX_NAME_LENGTH, Adapt
from .manifest import SETTINGS_VARIABLE, clean_manifest

COPY = "-copy"

COPIES = (
    "kopf.zalando.org/last-handled-configuration",
    "kubectl.kubernetes.io/last-applied-configuration",
)
"""Annotations in which the operator and kubectl keep a copy of the object."""

PRIVATE_VARIABLES = ("DASK_DISTRIBUTED__SCHEDULER__PRELOAD", SETTINGS_VARIABLE)
"""Variables that hold our program, or belong to it."""


def yaml_text(stored: list[dict[str, Any]]) -> str:
    """Return what ``kubectl apply -f`` makes such a cluster from; one document for each.

    Without a namespace: it is to be applied in any.
    """
    manifests = [clean_manifest(it) for it in stored]
    for manifest in manifests:
        manifest["metadata"].pop("namespace", None)
    return _dump(manifests)


def object_text(stored: dict[str, Any]) -> str:
    """Return an object as the API server has it, but for what programs note there.

    Those are copies of it, and who set which field: longer than the object itself.
    """
    metadata = {k: v for k, v in stored["metadata"].items() if k != "managedFields"}
    notes = metadata.pop("annotations", None) or {}
    kept = {key: text for key, text in notes.items() if key not in COPIES}
    if kept:
        metadata["annotations"] = kept
    return _dump([{**stored, "metadata": metadata}])


def _dump(documents: list[dict[str, Any]]) -> str:
    import yaml  # late: no other way leads here

    class Dumper(yaml.SafeDumper):
        """Writes text of several lines as such."""

    def write_text(dumper: Any, text: str) -> Any:
        style = "|" if "\n" in text else None
        return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)

    Dumper.add_representer(str, write_text)
    text: str = yaml.dump_all(documents, Dumper=Dumper, sort_keys=False, width=100)
    return text


def preview_text(manifests: list[dict[str, Any]]) -> str:
    """Return new manifests to be read, without the program that our schedulers get."""
    shown = copy.deepcopy(manifests)
    left_out = False
    for manifest in shown:
        pod = manifest["spec"].get("scheduler", {}).get("spec", {})
        for container in pod.get("containers", ()):
            env = container.get("env") or []
            container["env"] = [it for it in env if it["name"] not in PRIVATE_VARIABLES]
            left_out = left_out or len(container["env"]) < len(env)
    note = (
        f"# Not shown: {' and '.join(PRIVATE_VARIABLES)}.\n"
        "# They hold our program on the scheduler, for readings, packages and clocks; the\n"
        "# YAML of a cluster that runs has them.\n"
    )
    return (note if left_out else "") + yaml_text(shown)


def python_code(documents: list[dict[str, Any]], adapt: Adapt | None) -> str:
    """Return a program that makes such a cluster, under another name.

    ``documents`` are the DaskCluster and what belongs to it, as stored.

    A KubeCluster deletes its cluster when it is closed, also one that it found.
    """
    stored, *rest = documents
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
            *_group_lines(name, rest),
            *adaptive,
            "client = Client(cluster)",
        )
    )


def _group_lines(cluster: str, documents: list[dict[str, Any]]) -> list[str]:
    """Return the lines that add the other worker groups."""
    lines = []
    for document in documents:
        if document["kind"] == "DaskWorkerGroup":
            name = document["metadata"]["name"].removeprefix(f"{cluster}-")
            spec = pprint.pformat(document["spec"]["worker"], sort_dicts=False, width=88)
            lines += [f"group = {spec}"]
            lines += [f"cluster.add_worker_group({json.dumps(name)}, custom_spec=group)"]
    return lines
