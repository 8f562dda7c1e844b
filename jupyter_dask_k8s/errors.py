"""What can go wrong, as classes; each knows its HTTP status.

::

    ClusterError                500
    ├── InvalidRequest          400   the body is no JSON object
    ├── InvalidField            422   a field is unknown, of a wrong type or out of bounds
    ├── NotPermitted            403   not allowed here (a shared cluster, a missing right)
    │   └── OwnerLimit          403   the owner has as much as one may have
    ├── ClusterNotFound         404
    ├── GroupNotFound           404
    ├── JobNotFound             404
    ├── PodNotFound             404
    ├── PageExpired             404   a contained dashboard was not used for some minutes
    ├── LogNotFound             404   of this container, or of one before its last start
    ├── NameTaken               409
    │   ├── GroupTaken          409
    │   └── JobTaken            409
    ├── Replaced                409   another one has the name by now
    ├── LimitReached            409   no room for one more cluster
    ├── ClusterNotReady         409   the cluster cannot do this in its phase
    ├── SchedulerUnavailable    503   no scheduler answers (yet)
    ├── TooManyStreams          503   enough logs and events are followed already
    └── BackendUnavailable      503   there is no backend (yet)
        └── SettingWrong        503   the administrator has to mend a setting

The message is one sentence for the user; ``details`` is for programs.
"""

from __future__ import annotations


class ClusterError(Exception):
    """Base of all errors that a user may see."""

    status = 500

    def __init__(self, message: str, **details: object) -> None:
        super().__init__(message)
        self.message = message
        self.details = details

    @property
    def reason(self) -> str:
        """The error's class, as the wire names it."""
        return type(self).__name__


class InvalidRequest(ClusterError):
    """The request cannot be read at all."""

    status = 400


class InvalidField(ClusterError):
    """One field of the request is wrong; ``field`` is its dotted name."""

    status = 422

    def __init__(self, field: str, message: str, **details: object) -> None:
        super().__init__(message, field=field, **details)
        self.field = field


class NotPermitted(ClusterError):
    """The user may not do this."""

    status = 403


class OwnerLimit(NotPermitted):
    """The owner would have more than one owner may have; the sentence has the sum."""


class PageExpired(ClusterError):
    """The capability in an address opens nothing, or nothing any more."""

    status = 404

    def __init__(self) -> None:
        super().__init__("This address is no longer valid: open the dashboard again.")


class ClusterNotFound(ClusterError):
    """No listed cluster has this name or address."""

    status = 404

    def __init__(self, name: str) -> None:
        super().__init__(f"There is no cluster named “{name}”.", name=name)


class GroupNotFound(ClusterError):
    """The cluster has no worker group of this name."""

    status = 404

    def __init__(self, cluster: str, group: str) -> None:
        super().__init__(
            f"“{cluster}” has no worker group named “{group}”.", name=cluster, group=group
        )


class JobNotFound(ClusterError):
    """No listed job has this name."""

    status = 404

    def __init__(self, name: str) -> None:
        super().__init__(f"There is no job named “{name}”.", name=name)


class PodNotFound(ClusterError):
    """The cluster has no pod (on this machine: no process) of this name."""

    status = 404

    def __init__(self, cluster: str, pod: str) -> None:
        super().__init__(
            f"“{cluster}” has no pod named “{pod}” (any more).", name=cluster, pod=pod
        )


class LogNotFound(ClusterError):
    """The pod is there, and such a log is not."""

    status = 404


class NameTaken(ClusterError):
    """A cluster of this name exists; we never attach silently."""

    status = 409

    def __init__(self, name: str, *, stopping: bool = False) -> None:
        super().__init__(
            f"A cluster named “{name}” is still stopping. Try again in a moment, or choose "
            "another name."
            if stopping
            else f"A cluster named “{name}” exists already. Choose another name.",
            name=name,
            field="name",
        )


class GroupTaken(NameTaken):
    """The cluster has a worker group of this name already."""

    def __init__(self, cluster: str, group: str) -> None:
        ClusterError.__init__(
            self,
            f"“{cluster}” has a worker group named “{group}” already. Choose another name.",
            name=group,
            field="name",
        )


class JobTaken(NameTaken):
    """A job of this name exists, or a cluster: a job's cluster has the job's name."""

    def __init__(self, name: str) -> None:
        ClusterError.__init__(
            self,
            f"A job or a cluster named “{name}” exists already. Choose another name.",
            name=name,
            field="name",
        )


class Replaced(ClusterError):
    """Another cluster or job has the name by now: the one that was meant is gone."""

    status = 409

    def __init__(self, name: str, what: str = "cluster") -> None:
        super().__init__(
            f"“{name}” is not the {what} that you saw any more: that one is gone, and a "
            "new one has its name. Nothing was deleted.",
            name=name,
        )


class LimitReached(ClusterError):
    """There is no room for one more."""

    status = 409


class ClusterNotReady(ClusterError):
    """The cluster exists, but cannot do this in its present phase."""

    status = 409


class SchedulerUnavailable(ClusterError):
    """No scheduler answers for this cluster."""

    status = 503


class NoDashboard(ClusterError):
    """The scheduler runs, and has no dashboard."""

    status = 404


class TooManyStreams(ClusterError):
    """As many answers go on as this server permits."""

    status = 503

    def __init__(self, limit: int) -> None:
        super().__init__(
            f"This server sends {limit} logs and lists of events already, which is the "
            "limit. Close some of them, or the pages that show them.",
            limit=limit,
        )


class BackendUnavailable(ClusterError):
    """There is no backend to ask."""

    status = 503


class SettingWrong(BackendUnavailable):
    """A setting cannot be read; ``remedy`` is a line of configuration that can."""

    def __init__(self, setting: str, why: str, default: str) -> None:
        super().__init__(f"The setting {setting} is wrong: {why}", setting=setting)
        self.remedy = f'c.{setting} = "{default}"  # the default'
