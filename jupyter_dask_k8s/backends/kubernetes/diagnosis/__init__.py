"""Why a cluster is not ready: rules from Kubernetes' objects to one sentence; no I/O.

Each file has the rules of one subject. The cause that asks most for the user's hand wins.
"""

from .commands import dask_resources_of, threads_of
from .finding import Facts, Finding
from .judge import Judgement, judge
from .memory import Memory, Verdict
from .pods import describe_pod, examine, is_broken

__all__ = [
    "Facts",
    "Finding",
    "Judgement",
    "Memory",
    "Verdict",
    "dask_resources_of",
    "describe_pod",
    "examine",
    "is_broken",
    "judge",
    "threads_of",
]
