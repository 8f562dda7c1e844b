"""The contract as OpenAPI 3.1, made from ``models.py`` and the table below.

``python -m jupyter_dask_k8s.openapi`` prints the document; with ``--types`` it prints
the JSON Schema that ``src/schema.ts`` is generated from.
"""

from __future__ import annotations

import inspect
import json
import sys
from dataclasses import dataclass
from typing import Any, get_args

import msgspec

from . import __version__, models

_REF = "#/components/schemas/{name}"


@dataclass(frozen=True)
class Operation:
    """One verb of one path."""

    method: str
    path: str
    summary: str
    answer: type | None
    body: type | None = None
    status: int = 200
    errors: tuple[int, ...] = ()
    query: tuple[tuple[str, tuple[str, ...]], ...] = ()


OPERATIONS: tuple[Operation, ...] = (
    Operation("get", "/api/status", "Backend, user, versions and limits", models.Status),
    Operation("get", "/api/clusters", "All clusters", models.ClusterList, errors=(503,)),
    Operation(
        "post",
        "/api/clusters",
        "Create a cluster",
        models.Cluster,
        body=models.ClusterCreate,
        status=201,
        errors=(400, 403, 409, 422, 503),
    ),
    Operation(
        "get", "/api/clusters/{name}", "One cluster", models.Cluster, errors=(404, 503)
    ),
    Operation(
        "patch",
        "/api/clusters/{name}",
        "Scale, adapt, or change the lifetime",
        models.Cluster,
        body=models.ClusterPatch,
        errors=(400, 403, 404, 409, 422, 503),
    ),
    Operation(
        "delete",
        "/api/clusters/{name}",
        "Delete a cluster; with uid only the one that has it",
        None,
        status=204,
        errors=(403, 404, 409, 503),
        query=(("uid", ()),),
    ),
    Operation(
        "get",
        "/api/clusters/{name}/metrics",
        "One reading of the scheduler",
        models.Metrics,
        errors=(404, 503),
    ),
    Operation(
        "get",
        "/api/clusters/{name}/plots",
        "The plots that this scheduler has",
        models.PlotList,
        errors=(404, 503),
    ),
    Operation(
        "get",
        "/api/clusters/{name}/dashboard",
        "Where the pages of the dashboard are, for who asks",
        models.DashboardPlace,
        errors=(404, 503),
    ),
    Operation(
        "get",
        "/api/clusters/{name}/export",
        "The cluster as text",
        models.Export,
        errors=(404, 409, 422, 503),
        query=(("as", get_args(models.ExportKind)), ("path", ())),
    ),
    Operation(
        "get",
        "/api/clusters/{name}/pods",
        "The pods or processes of a cluster",
        models.PodList,
        errors=(404, 503),
    ),
    Operation(
        "get",
        "/api/clusters/{name}/events",
        "What happened to a cluster, once or as a stream of lines",
        models.OccurrenceList,
        errors=(404, 422, 503),
        query=(("follow", ("0", "1")),),
    ),
    Operation(
        "get",
        "/api/clusters/{name}/logs",
        "What a pod prints, as text; with follow as a stream",
        None,
        errors=(404, 409, 422, 503),
        query=(
            ("pod", ()),
            ("container", ()),
            ("tail", ()),
            ("follow", ("0", "1")),
            ("previous", ("0", "1")),
        ),
    ),
    Operation("get", "/api/doctor", "Every check of the installation", models.Doctor),
    Operation(
        "post",
        "/api/clusters/{name}/groups",
        "Add a worker group",
        models.Cluster,
        body=models.GroupCreate,
        status=201,
        errors=(400, 403, 404, 409, 422, 503),
    ),
    Operation(
        "patch",
        "/api/clusters/{name}/groups/{group}",
        "Scale a worker group",
        models.Cluster,
        body=models.GroupPatch,
        errors=(400, 403, 404, 409, 422, 503),
    ),
    Operation(
        "delete",
        "/api/clusters/{name}/groups/{group}",
        "Remove a worker group",
        models.Cluster,
        errors=(403, 404, 409, 422, 503),
    ),
    Operation(
        "post",
        "/api/preview",
        "What a new cluster would be, as text; nothing is made",
        models.Export,
        body=models.ClusterCreate,
        errors=(400, 403, 409, 422, 503),
    ),
    Operation("get", "/api/jobs", "All jobs", models.JobList, errors=(503,)),
    Operation(
        "post",
        "/api/jobs",
        "Run a notebook, a script or a command as a job",
        models.Job,
        body=models.JobCreate,
        status=201,
        errors=(400, 403, 404, 409, 422, 503),
    ),
    Operation(
        "post",
        "/api/jobs/preview",
        "What a new job would be, as YAML; nothing is made",
        models.Export,
        body=models.JobCreate,
        errors=(400, 403, 404, 422, 503),
    ),
    Operation("get", "/api/jobs/{name}", "One job", models.Job, errors=(404, 503)),
    Operation(
        "delete",
        "/api/jobs/{name}",
        "Delete a job, its cluster and its logs; with uid only the one that has it",
        None,
        status=204,
        errors=(403, 404, 409, 503),
        query=(("uid", ()),),
    ),
    Operation(
        "get",
        "/api/jobs/{name}/logs",
        "What the runner or another pod of a job printed",
        models.JobLogs,
        errors=(404, 422, 503),
        query=(("pod", ()), ("tail", ())),
    ),
    Operation(
        "get",
        "/api/kernelcode",
        "The program for kernels that compares and brings packages",
        models.KernelCode,
    ),
    Operation(
        "get",
        "/api/profiles",
        "Profiles and the JSON Schema of the create form",
        models.Profiles,
        errors=(503,),
    ),
)


def _wire_types() -> list[type]:
    bases = (models.Answer, models.Request)
    return [
        value
        for value in vars(models).values()
        if inspect.isclass(value) and issubclass(value, bases) and value not in bases
    ]


def schemas() -> dict[str, dict[str, Any]]:
    """JSON Schema of each wire type, by name.

    Every field of an answer is required: the server always writes all of them.
    """
    types = _wire_types()
    _, components = msgspec.json.schema_components(types, ref_template=_REF)
    for wire_type in types:
        if issubclass(wire_type, models.Answer):
            schema = components[wire_type.__name__]
            schema["required"] = list(schema["properties"])
    return components


def _reference(wire_type: type) -> dict[str, Any]:
    ref = {"$ref": _REF.format(name=wire_type.__name__)}
    return {"application/json": {"schema": ref}}


def _describe(operation: Operation) -> dict[str, Any]:
    answer: dict[str, Any] = {"description": operation.summary}
    if operation.answer is not None:
        answer["content"] = _reference(operation.answer)
    responses: dict[str, Any] = {str(operation.status): answer}
    # Authentication (401, or a redirect to the login page) and authorization (403) may
    # refuse any request.
    for status in sorted({401, 403, *operation.errors}):
        responses[str(status)] = {"$ref": "#/components/responses/Error"}
    result: dict[str, Any] = {"summary": operation.summary, "responses": responses}
    parameters: list[dict[str, Any]] = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in ("name", "group")
        if f"{{{name}}}" in operation.path
    ]
    for name, values in operation.query:
        schema: dict[str, Any] = {"type": "string"}
        if values:
            schema["enum"] = list(values)
        parameters.append(
            {"name": name, "in": "query", "required": False, "schema": schema}
        )
    if parameters:
        result["parameters"] = parameters
    if operation.body is not None:
        result["requestBody"] = {"required": True, "content": _reference(operation.body)}
    return result


def document(server: str = "/dask-k8s") -> dict[str, Any]:
    """Return the OpenAPI document; ``server`` is the prefix of every path."""
    paths: dict[str, dict[str, Any]] = {}
    for operation in OPERATIONS:
        paths.setdefault(operation.path, {})[operation.method] = _describe(operation)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "jupyter-dask-k8s",
            "version": __version__,
            "license": {"name": "BSD-3-Clause", "identifier": "BSD-3-Clause"},
        },
        "servers": [{"url": server}],
        "paths": paths,
        "components": {
            "schemas": schemas(),
            "responses": {
                "Error": {
                    "description": "One sentence for the user, and the error's class",
                    "content": _reference(models.ErrorBody),
                }
            },
            "securitySchemes": {
                "token": {
                    "type": "apiKey",
                    "in": "header",
                    "name": "Authorization",
                    "description": "Jupyter's own authentication",
                }
            },
        },
        "security": [{"token": []}],
    }


def types_document() -> dict[str, Any]:
    """Return one JSON Schema that holds all wire types (input of ``src/schema.ts``)."""
    text = json.dumps(schemas()).replace("#/components/schemas/", "#/definitions/")
    definitions = json.loads(text)
    return {
        "title": "Contract",
        "description": "Every type of the contract, by name.",
        "type": "object",
        "definitions": definitions,
        "properties": {name: {"$ref": f"#/definitions/{name}"} for name in definitions},
        "additionalProperties": False,
    }


if __name__ == "__main__":
    what = types_document() if "--types" in sys.argv[1:] else document()
    json.dump(what, sys.stdout, indent=2)
    sys.stdout.write("\n")
