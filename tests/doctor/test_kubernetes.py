"""``jupyter dask-k8s doctor`` as a program, on a small Kubernetes."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

import yaml

from tests.backends.kubernetes.fake_api import serve
from tests.backends.kubernetes.fake_kubernetes import FakeKubernetes
from tests.backends.kubernetes.test_checkup import healthy


def kubeconfig(folder: Path, host: str) -> Path:
    """Write how to get there, without any credentials."""
    named = {"name": "fake"}
    context = {"cluster": "fake", "user": "fake", "namespace": "team-a"}
    path = folder / "kubeconfig"
    path.write_text(
        yaml.safe_dump(
            {
                "apiVersion": "v1",
                "kind": "Config",
                "clusters": [{**named, "cluster": {"server": host}}],
                "users": [{**named, "user": {"token": "secret"}}],
                "contexts": [{**named, "context": context}],
                "current-context": "fake",
            }
        )
    )
    return path


async def run(fake: FakeKubernetes, folder: Path, *options: str) -> tuple[int, str]:
    """Return the exit status and what was printed."""
    async with serve(fake) as api:
        kept = {key: it for key, it in os.environ.items() if "JUPYTER" not in key}
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "jupyter_dask_k8s", "doctor", *options),
            env={
                **kept,
                "HOME": str(folder),
                "KUBECONFIG": str(kubeconfig(folder, api.access.host)),
                "JUPYTER_CONFIG_DIR": str(folder),
            },
            cwd=folder,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        printed, errors = await asyncio.wait_for(process.communicate(), 90)
        assert printed, errors.decode()
        return process.returncode or 0, printed.decode()


def kubernetes(printed: str) -> dict[str, Any]:
    """Return the checks that do not depend on how the package is installed here."""
    found = json.loads(printed)["checks"]
    return {it["id"]: it for it in found if not it["id"].startswith("jupyter.")}


async def test_all_is_well(jp_asyncio_loop: Any, tmp_path: Path) -> None:
    _, printed = await run(healthy(), tmp_path, "--json")
    found = kubernetes(printed)
    assert {it["verdict"] for it in found.values()} == {"ok", "skipped"}
    assert found["backend"]["message"].startswith("Kubernetes: namespace team-a, by the")
    assert "secret" not in printed


async def test_a_right_that_is_missing(jp_asyncio_loop: Any, tmp_path: Path) -> None:
    fake = healthy()
    # Then the list of clusters is never whole; the doctor does not wait for it.
    fake.forbidden = {"list daskclusters", "watch daskclusters"}
    status, printed = await run(fake, tmp_path, "--backend=kubernetes")
    assert status == 1
    assert (
        "✗ Rights on daskclusters: system:serviceaccount:team-a:default-editor" in printed
    )
    # It can be copied as it is.
    begin = printed.index("apiVersion: rbac")
    remedy = printed[begin : printed.index("\n\n", begin)]
    assert [it["kind"] for it in yaml.safe_load_all(remedy)] == ["Role", "RoleBinding"]


async def test_no_operator(jp_asyncio_loop: Any, tmp_path: Path) -> None:
    """As the server, it takes local processes then, and says so."""
    fake = FakeKubernetes()
    fake.missing = {"daskclusters"}
    _, printed = await run(fake, tmp_path, "--json")
    found = kubernetes(printed)
    assert found["backend"]["verdict"] == "warning"
    assert "This Kubernetes has no Dask operator" in found["backend"]["message"]
    assert "local.dask" in found
    status, printed = await run(fake, tmp_path, "--json", "--backend=kubernetes")
    found = kubernetes(printed)
    assert status == 1
    assert found["crds"]["remedy"].startswith("helm install")


async def test_a_setting_that_cannot_be(jp_asyncio_loop: Any, tmp_path: Path) -> None:
    """It is what has to be mended: nobody needs to go without Kubernetes."""
    path = tmp_path / "jupyter_dask_k8s_config.json"
    path.write_text(json.dumps({"KubernetesJobs": {"runner_memory": "plenty"}}))
    status, printed = await run(healthy(), tmp_path, "--json")
    first = json.loads(printed)["checks"][0]
    assert (status, first["verdict"]) == (1, "failed")
    assert "The setting KubernetesJobs.runner_memory is wrong" in first["message"]
    assert first["remedy"] == ('c.KubernetesJobs.runner_memory = "2 GiB"  # the default')
