"""Jobs where there is no Kubernetes."""

from __future__ import annotations

from jupyter_dask_k8s.pytest_plugin import DaskAPI


async def test_there_are_no_jobs_on_this_machine(dask_api: DaskAPI) -> None:
    assert await dask_api("GET", "jobs") == (200, {"jobs": []})
    status, answer = await dask_api("GET", "status")
    assert answer["jobs"] is False
    for method, path in (("GET", "jobs/x"), ("DELETE", "jobs/x"), ("GET", "jobs/x/logs")):
        status, answer = await dask_api(method, path)
        assert (status, answer["reason"]) == (404, "JobNotFound"), path


async def test_jobs_need_kubernetes(dask_api: DaskAPI) -> None:
    for path in ("jobs", "jobs/preview"):
        status, answer = await dask_api("POST", path, {"command": ["true"]})
        assert status == 503
        assert answer["message"].startswith("Jobs need Kubernetes with the Dask operator;")
        status, answer = await dask_api("POST", path, {"command": "true"})
        assert status == 422
        assert "command" in answer["message"]
