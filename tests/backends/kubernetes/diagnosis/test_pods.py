"""What one pod waits for: Kubernetes' words on the left, ours on the right."""

from __future__ import annotations

from typing import Any

import pytest

from jupyter_dask_k8s.backends.kubernetes.diagnosis import examine
from jupyter_dask_k8s.backends.kubernetes.diagnosis.crashes import last_words

from .builders import (
    IMAGE,
    READY,
    container,
    ended,
    pod,
    ready,
    running,
    waiting,
    warnings,
)

NO_PROGRAM = (
    'failed to create containerd task: failed to start container: exec: "dask-scheduler": '
    "executable file not found in $PATH: unknown"
)
PULL = "rpc error: code = {} desc = failed to pull and unpack image: {}"
LOOP = "back-off 40s restarting failed container=worker pod=demo_default"
UNREADY = {"type": "Ready", "status": "False", "lastTransitionTime": "2026-01-01T00:05:00Z"}


def init(**state: Any) -> dict[str, Any]:
    """A pod whose first container prepares things."""
    return {
        "initContainerStatuses": [container("prepare", **state)],
        **waiting("PodInitializing"),
    }


@pytest.mark.parametrize(
    ("status", "kind", "broken", "words"),
    [
        (
            waiting("ContainerCreating"),
            "pulling",
            False,
            f"is pulling its image {IMAGE} on",
        ),
        ({}, "pulling", False, f"is pulling its image {IMAGE} on node1."),
        (
            waiting("ErrImagePull", PULL.format("NotFound", "docker.io/x/y: not found")),
            "image",
            True,
            f"cannot get its image {IMAGE}: the registry has no such image or tag "
            "(docker.io/x/y: not found). Check",
        ),
        (
            waiting(
                "ErrImagePull",
                PULL.format("Unknown", "pull access denied, repository does not exist"),
            ),
            "image",
            True,
            "does not give it without credentials, or has no such image (",
        ),
        (
            waiting(
                "ErrImagePull",
                PULL.format("Unavailable", "dial tcp 10.0.0.1:443: i/o timeout"),
            ),
            "image",
            False,
            "the registry cannot be reached from the node (dial tcp 10.0.0.1:443: i/o "
            "timeout). Kubernetes tries again.",
        ),
        (
            waiting("ErrImagePull", PULL.format("Unknown", "toomanyrequests: rate limit")),
            "image",
            False,
            "too many requests",
        ),
        (
            # Since 1.31 the back-off tells the reason, too.
            waiting(
                "ImagePullBackOff",
                f'Back-off pulling image "{IMAGE}": ErrImagePull: manifest unknown',
            ),
            "image",
            True,
            "the registry has no such image or tag (",
        ),
        (
            waiting("ImagePullBackOff", f'Back-off pulling image "{IMAGE}"'),
            "image",
            True,
            f"cannot get its image {IMAGE}: the pull failed.",
        ),
        (
            waiting("InvalidImageName", "couldn't parse image reference"),
            "image",
            True,
            "is no name of an image.",
        ),
        (waiting("ErrImageNeverPull"), "image", True, "imagePullPolicy is Never."),
        (
            waiting("CreateContainerConfigError", 'configmap "settings" not found'),
            "config",
            True,
            "the namespace has no ConfigMap “settings”, which it needs. Create it",
        ),
        (
            waiting("CreateContainerConfigError", 'secret "keys" not found'),
            "config",
            True,
            "no Secret “keys”",
        ),
        (
            waiting(
                "CreateContainerConfigError",
                "couldn't find key url in ConfigMap team-a/settings",
            ),
            "config",
            True,
            "the ConfigMap “settings” has no key “url”.",
        ),
        (
            waiting(
                "CreateContainerConfigError",
                "container has runAsNonRoot and image will run as root (pod: ...)",
            ),
            "config",
            True,
            "it would run as root",
        ),
        (
            waiting("RunContainerError", NO_PROGRAM),
            "program",
            True,
            "no program “dask-scheduler”. Newer images have “dask scheduler” instead.",
        ),
        (
            # One start more than restarts, and none of them lives.
            waiting("CrashLoopBackOff", LOOP, lastState=ended(1), restartCount=3),
            "crash",
            True,
            "has crashed 4 times, last with exit code 1.",
        ),
        (
            waiting("CrashLoopBackOff", LOOP, lastState=ended(139), restartCount=0),
            "crash",
            True,
            "has crashed once, with exit code 139 (SIGSEGV).",
        ),
        (
            waiting(
                "CrashLoopBackOff", LOOP, lastState=ended(137, "OOMKilled"), restartCount=2
            ),
            "oom",
            True,
            "ran out of memory (its limit is 4Gi) and was killed 3 times (OOMKilled).",
        ),
        (
            waiting(
                "CrashLoopBackOff", LOOP, lastState=ended(0, "Completed"), restartCount=2
            ),
            "crash",
            True,
            "has ended 3 times without an error",
        ),
        (
            # Between two tries the sentence stays.
            running(lastState=ended(1), restartCount=3),
            "crash",
            True,
            "has crashed 3 times, last with exit code 1.",
        ),
        (
            {"containerStatuses": [container(state=ended(1))]},
            "crash",
            False,
            "has crashed once, with exit code 1.",
        ),
        (
            {"containerStatuses": [container(state=ended(0, "Completed"))]},
            "ended",
            False,
            "has ended and is started again.",
        ),
        (running(lastState=ended(1), restartCount=1), "starting", False, "is starting."),
        (running(), "starting", False, "is starting."),
        (
            init(state={"running": {"startedAt": "2026-01-01T00:01:05Z"}}),
            "init",
            False,
            "waits for its init container “prepare”.",
        ),
        (
            init(
                state={"waiting": {"reason": "CrashLoopBackOff"}},
                lastState=ended(2),
                restartCount=4,
            ),
            "crash",
            True,
            "does not start: its init container “prepare” has crashed 5 times",
        ),
        (
            init(state=ended(2)),
            "crash",
            False,
            "waits: its init container “prepare” has crashed once, with exit code 2.",
        ),
        (
            init(state=ended(0, "Completed")),
            "pulling",
            False,
            "is pulling its image",
        ),
    ],
)
def test_what_a_pod_waits_for(
    status: dict[str, Any], kind: str, broken: bool, words: str
) -> None:
    found = examine(pod(**status))
    assert found is not None
    assert (found.kind, found.broken) == (kind, broken)
    assert words in found.text
    assert "\n" not in found.text


def test_a_pod_that_is_ready_waits_for_nothing() -> None:
    assert examine(ready()) is None
    again = running(lastState=ended(1), restartCount=3)
    assert examine(ready(containerStatuses=again["containerStatuses"])) is None


def test_since_when_an_image_is_pulled() -> None:
    found = examine(pod(**waiting("ContainerCreating")))
    assert found is not None
    assert str(found.since) == "2026-01-01 00:00:05+00:00"


@pytest.mark.parametrize(
    ("reason", "message", "broken", "words"),
    [
        (
            "FailedMount",
            'MountVolume.SetUp failed for volume "data" : configmap "settings" not found',
            True,
            "the namespace has no ConfigMap “settings”, which it mounts.",
        ),
        (
            "FailedMount",
            "Unable to attach or mount volumes: unmounted volumes=[data], unattached "
            "volumes=[data]: timed out waiting for the condition",
            False,
            "waits for its volume: timed out waiting for the condition.",
        ),
        (
            "FailedAttachVolume",
            'Multi-Attach error for volume "pvc-1" Volume is already used by pod(s) other',
            False,
            "another node still has it",
        ),
        (
            "FailedCreatePodSandBox",
            "Failed to create pod sandbox: rpc error: code = Unknown desc = failed to set "
            'up sandbox: plugin type="calico" failed (add): no IP addresses available',
            False,
            "gets no network there: no IP addresses available.",
        ),
    ],
)
def test_what_events_tell(reason: str, message: str, broken: bool, words: str) -> None:
    found = examine(pod(**waiting("ContainerCreating")), warnings(**{reason: message}))
    assert found is not None
    assert found.broken == broken
    assert words in found.text


def test_a_container_that_runs_has_its_volumes() -> None:
    told = warnings(FailedMount='MountVolume.SetUp failed for volume "data" : late')
    found = examine(pod(**running()), told)
    assert found is not None
    assert found.kind == "starting"


def test_words_of_the_registry_in_an_event() -> None:
    """Up to 1.30 the state tells of the back-off only."""
    told = warnings(Failed=f'Failed to pull image "{IMAGE}": not found')
    found = examine(pod(**waiting("ImagePullBackOff", "Back-off pulling image x")), told)
    assert found is not None
    assert "the registry has no such image or tag (" in found.text


def test_readiness_that_fails() -> None:
    told = warnings(
        Unhealthy='Readiness probe failed: Get "http://10.1.1.3:8787/health": dial tcp '
        "10.1.1.3:8787: connect: connection refused"
    )
    found = examine(pod(**running()), told)
    assert found is not None
    assert found.later is not None
    assert (found.text, found.patience) == ("is starting.", 20)
    assert found.later.text == (
        "runs, but it does not pass its readiness probe yet (connect: connection refused). "
        "See its log."
    )


def test_a_sidecar_is_named() -> None:
    sidecar = {"name": "istio-proxy", "image": "istio"}
    spec = {"containers": [{"name": "worker", "image": IMAGE}, sidecar]}
    state = {"running": {"startedAt": "2026-01-01T00:01:05Z"}}
    statuses = [
        container(state=state, ready=True),
        container("istio-proxy", state=state),
    ]
    found = examine(pod(spec=spec, containerStatuses=statuses))
    assert found is not None
    assert found.later is not None
    assert "its container “istio-proxy” does not pass" in found.later.text


def test_a_node_that_is_lost() -> None:
    status = {**running(ready=True), "conditions": [UNREADY]}
    found = examine(pod(**status), warnings(NodeNotReady="Node is not ready"))
    assert found is not None
    assert "its node node1 does not answer" in found.text
    assert examine(pod(**{**status, "conditions": [READY]})) is None


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (
            ["Traceback (most recent call last):", "  File x", "ImportError: no y", ""],
            "ImportError: no y",
        ),
        (
            ["OSError: [Errno 98] in use", "distributed.worker - INFO - End worker"],
            "OSError: [Errno 98] in use",
        ),
        (
            # A worker that does not come to its scheduler (distributed 2026.8).
            [
                "OSError: Timed out trying to connect to tcp://demo:8786 after 30 s",
                "The above exception was the direct cause of the following exception:",
                "Traceback (most recent call last):",
                "RuntimeError: Nanny failed to start.",
            ],
            "OSError: Timed out trying to connect to tcp://demo:8786",
        ),
        (["RuntimeError: Nanny failed to start."], "RuntimeError: Nanny failed"),
        (["one", "two", ""], "two"),
        (["distributed.scheduler - INFO - End scheduler"], "distributed.scheduler - INFO"),
        ([], ""),
    ],
)
def test_the_line_that_tells_most(lines: list[str], words: str) -> None:
    assert last_words(lines).startswith(words)
    assert bool(last_words(lines)) == bool(words)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (
            'Get "http://10.1.1.3:8788/health": dial tcp 10.1.1.3:8788: connect: refused',
            "liveness probe (connect: refused). See its log",
        ),
        ("", "liveness probe (it only says that it failed). See its log"),
    ],
)
def test_liveness_that_fails(said: str, words: str) -> None:
    told = warnings(Unhealthy=f"Liveness probe failed: {said}")
    again = waiting("CrashLoopBackOff", LOOP, lastState=ended(137), restartCount=2)
    found = examine(pod(**again), told)
    assert found is not None
    assert (found.kind, found.broken) == ("probe", True)
    assert found.text.startswith("was killed 3 times, since it does not pass its ")
    assert words in found.text
    # Who ends by itself was not killed.
    again = waiting("CrashLoopBackOff", LOOP, lastState=ended(2), restartCount=2)
    found = examine(pod(**again), told)
    assert found is not None
    assert found.kind == "crash"


def test_a_pull_secret_that_is_missing() -> None:
    told = warnings(
        FailedToRetrieveImagePullSecret="Unable to retrieve some image pull secrets "
        "(registry); attempting to pull the image may not succeed."
    )
    status = waiting("ErrImagePull", "failed to authorize: 401 Unauthorized")
    found = examine(pod(**status), told)
    assert found is not None
    assert "has no Secret “registry” to pull it with: create it, or" in found.text
