"""Whether Kubernetes is there, who we are for it, and whether our namespace is there."""

from __future__ import annotations

import time

from ....errors import BackendUnavailable, NotPermitted
from ...examination import Examination, Finding, failed, ok, skipped, warning
from ..refusals import CredentialsRefused, ResourceNotFound
from .patient import Patient


def examinations(patient: Patient) -> list[Examination]:
    """Return those of this topic."""

    async def api() -> Finding:
        return await _api(patient)

    async def identity() -> Finding:
        return await _identity(patient)

    async def namespace() -> Finding:
        return await _namespace(patient)

    return [
        Examination("api", "Kubernetes API", api),
        Examination("identity", "Who we are", identity),
        Examination("namespace", "Namespace", namespace),
    ]


async def _api(patient: Patient) -> Finding:
    access = patient.api.access
    begin = time.monotonic()
    try:
        version = (await patient.get("/version")).get("gitVersion", "of unknown version")
    except NotPermitted:
        version = "of a version that we may not ask for"
    except CredentialsRefused as error:
        return failed(error.message, _login(patient), "command")
    except BackendUnavailable as error:
        return failed(error.message, f"curl -k {access.host}/version", "command")
    took = 1000 * (time.monotonic() - begin)
    return ok(
        f"Kubernetes {version} at {access.host} answered within {took:.0f} ms, "
        f"by {access.source}."
    )


def _login(patient: Patient) -> str:
    if patient.api.access.inside:
        return f"kubectl --namespace {patient.namespace} get serviceaccounts,secrets"
    return "kubectl config view --minify && kubectl get --raw /version"


async def _identity(patient: Patient) -> Finding:
    user = await patient.user()
    if not user:
        return skipped("Kubernetes does not tell who we are.")
    if user == "system:anonymous":
        return failed(
            "Kubernetes takes us for anonymous: our credentials do not arrive.",
            _login(patient),
            "command",
        )
    return ok(f"For Kubernetes we are {user}.")


async def _namespace(patient: Patient) -> Finding:
    name = patient.namespace
    try:
        found = await patient.get(f"/api/v1/namespaces/{name}")
    except NotPermitted:
        return ok(f"The namespace is {name}; whether it exists we may not ask.")
    except ResourceNotFound:
        return failed(
            f"There is no namespace {name}.", f"kubectl create namespace {name}", "command"
        )
    if found.get("status", {}).get("phase") == "Terminating":
        return failed(
            f"The namespace {name} is being deleted: nothing can be made in it.",
            f"kubectl get namespace {name} --output=yaml",
            "command",
        )
    pods = found["metadata"].get("labels") or {}
    level = pods.get("pod-security.kubernetes.io/enforce", "")
    if level == "restricted":
        return warning(
            f"The namespace {name} enforces the pod security standard “restricted”, which "
            "pods of the Dask operator do not meet.",
            f"kubectl label --overwrite namespace {name} "
            "pod-security.kubernetes.io/enforce=baseline",
            "command",
        )
    return ok(f"The namespace {name} is there.")
