"""What the jobs of a backend are: a part that some backends have."""

from __future__ import annotations

from ..models import Job, JobCreate, JobLogs


class Jobs:
    """Notebooks, scripts and commands that run beside a cluster which ends with them.

    As with clusters, no coroutine waits for a job: each returns as soon as the wish is
    accepted. All raise `ClusterError`.
    """

    @property
    def available(self) -> bool:
        """Whether there can be jobs here: the operator knows them, and we may see them."""
        raise NotImplementedError

    def list(self) -> list[Job]:
        """Return all jobs, made by whomever; no I/O."""
        raise NotImplementedError

    def get(self, name: str) -> Job:
        """Return one job; raises `JobNotFound`; no I/O."""
        raise NotImplementedError

    async def create(self, request: JobCreate, owner: str) -> Job:
        """Accept a new job and return it in its phase `Pending`."""
        raise NotImplementedError

    async def preview(self, request: JobCreate, owner: str) -> str:
        """Return as YAML what `create` would make; nothing is made."""
        raise NotImplementedError

    async def export(self, cluster: str, path: str | None, owner: str) -> str:
        """Return as YAML a job with a cluster like this one; it runs the file at ``path``.

        Without a path there stands a script that is still to be named.
        """
        raise NotImplementedError

    async def delete(self, name: str, uid: str = "") -> None:
        """Accept the end of a job; its cluster and its logs go with it.

        Raises `Replaced` where it has not this ``uid``.
        """
        raise NotImplementedError

    async def logs(self, name: str, pod: str | None, tail: int | None) -> JobLogs:
        """Return what a pod printed, its last ``tail`` lines; the runner's by default."""
        raise NotImplementedError
