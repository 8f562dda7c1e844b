"""``api/jobs``: list, create, preview, read, delete, and logs."""

from __future__ import annotations

from urllib.parse import quote

from jupyter_server.auth.decorator import authorized
from jupyter_server.utils import url_path_join
from tornado import web

from ..backends.jobs import Jobs
from ..errors import BackendUnavailable, JobNotFound
from ..models import Export, JobCreate, JobList
from ..names import owner_of
from .base import Handler


class JobsBase(Handler):
    """What all of them share."""

    @property
    def jobs(self) -> Jobs:
        """The jobs of the backend; raises `BackendUnavailable` where there can be none."""
        found = self.services.backend.jobs
        if found is None:
            raise BackendUnavailable(
                "Jobs need Kubernetes with the Dask operator; here clusters are local "
                "processes."
            )
        return found

    def job(self, name: str) -> Jobs:
        """Return the jobs, among them this one; raises `JobNotFound`."""
        found = self.services.backend.jobs
        if found is None:
            raise JobNotFound(name)
        found.get(name)
        return found


class JobsHandler(JobsBase):
    """All jobs."""

    @web.authenticated
    @authorized
    def get(self) -> None:
        found = self.services.backend.jobs
        self.reply(JobList(jobs=found.list() if found else []))

    @web.authenticated
    @authorized
    async def post(self) -> None:
        request = self.body(JobCreate)
        job = await self.jobs.create(request, owner_of(self.current_user))
        location = url_path_join(self.base_url, "dask-k8s/api/jobs", quote(job.name))
        self.set_header("Location", location)
        self.reply(job, status=201)


class JobPreviewHandler(JobsBase):
    """A job that is not there yet. A job may have this name: other verbs mean that one."""

    @web.authenticated
    @authorized
    async def post(self) -> None:
        request = self.body(JobCreate)
        content = await self.jobs.preview(request, owner_of(self.current_user))
        self.reply(Export(kind="yaml", mimetype="application/yaml", content=content))

    @web.authenticated
    @authorized
    def get(self) -> None:
        self.reply(self.job("preview").get("preview"))

    @web.authenticated
    @authorized
    async def delete(self) -> None:
        await self.job("preview").delete("preview", self.uid)
        self.set_status(204)
        self.finish()


class JobHandler(JobsBase):
    """One job."""

    @web.authenticated
    @authorized
    def get(self, name: str) -> None:
        self.reply(self.job(name).get(name))

    @web.authenticated
    @authorized
    async def delete(self, name: str) -> None:
        await self.job(name).delete(name, self.uid)
        self.set_status(204)
        self.finish()


class JobLogsHandler(JobsBase):
    """What a pod of a job printed."""

    @web.authenticated
    @authorized
    async def get(self, name: str) -> None:
        jobs = self.job(name)
        pod = self.get_query_argument("pod", "") or None
        self.reply(await jobs.logs(name, pod, self.lines("tail")))
