"""Images that cannot be had."""

from __future__ import annotations

import re

from ..objects import ContainerStatus, Pod, Waiting
from .finding import BROKEN, PULLING, SETUP, Finding, Troubles
from .words import cause, sentence, short

REASONS = (
    "ErrImagePull",
    "ImagePullBackOff",
    "InvalidImageName",
    "ErrImageNeverPull",
    "ImageInspectError",
    "RegistryUnavailable",
    "SignatureValidationFailed",
)
"""Reasons of waiting (kubelet 1.20 to 1.33)."""

_RULES: tuple[tuple[str, str, bool], ...] = (
    # What the registry or the container runtime says; what that means; does it stay so?
    (
        r"no match for platform|no matching manifest|does not match the specified platform",
        "the registry has it for other kinds of machines only",
        True,
    ),
    (
        r"unauthorized|authentication required|no basic auth|denied|403 Forbidden|401 ",
        "the registry does not give it without credentials, or has no such image",
        True,
    ),
    (
        r"toomanyrequests|too many requests|429 ",
        "the registry answers too many requests and must be asked later",
        False,
    ),
    (
        r"manifest unknown|manifest for .* not found|not found|NAME_UNKNOWN|NotFound",
        "the registry has no such image or tag",
        True,
    ),
    (r"no such host|server misbehaving", "the registry's name is not known here", True),
    (r"x509|certificate", "the registry's certificate is not trusted by the node", True),
    (
        r"timeout|deadline exceeded|connection refused|connection reset|EOF|unreachable",
        "the registry cannot be reached from the node",
        False,
    ),
    (r"no space left", "the node's disk is full", False),
)


def image_trouble(
    pod: Pod, status: ContainerStatus, waiting: Waiting, troubles: Troubles
) -> Finding:
    """Return why an image cannot be had."""
    image = status.image or _image_of(pod, status.name)
    if waiting.reason == "InvalidImageName":
        what = f"cannot start: “{image}” is no name of an image. Choose another one."
        return Finding("image", what, BROKEN)
    if waiting.reason == "ErrImageNeverPull":
        what = (
            f"cannot get its image {image}: the node does not have it, and its "
            "imagePullPolicy is Never. Choose another image or policy."
        )
        return Finding("image", what, BROKEN)
    told = waiting.message
    if told.startswith("Back-off pulling image") and "Failed" in troubles:
        # To 1.30 the words of the registry are in events only.
        told = f"{told} {troubles['Failed'].message}"
    secret = _missing_secret(troubles)
    for pattern, meaning, stays in _RULES:
        if re.search(pattern, told, re.IGNORECASE):
            return _explained(image, meaning, told, stays, secret)
    words = re.sub(r"^Back-off pulling image \S+:? ?", "", told).strip()
    text = f"cannot get its image {image}: {sentence(words or 'the pull failed')}"
    return Finding("image", f"{text} {secret or _ADVICE}", BROKEN)


def _missing_secret(troubles: Troubles) -> str:
    """Return that the credentials for a registry are not there, where kubelet tells it."""
    event = troubles.get("FailedToRetrieveImagePullSecret")
    names = re.search(r"\(([^)]+)\)", event.message) if event is not None else None
    if names is None:
        return ""
    return (
        f"The namespace has no Secret “{names[1]}” to pull it with: create it, or choose "
        "another image."
    )


_ADVICE = "Check its name, or choose another image."


def _explained(image: str, meaning: str, told: str, stays: bool, secret: str) -> Finding:
    advice = secret or (_ADVICE if stays else "Kubernetes tries again.")
    words = short(cause(told).rstrip("."), 100)
    text = f"cannot get its image {image}: {meaning} ({words}). {advice}"
    return Finding("image", text, BROKEN if stays else SETUP)


def _image_of(pod: Pod, name: str) -> str:
    containers = [*pod.spec.containers, *pod.spec.init_containers]
    return next((it.image for it in containers if it.name == name), "")


def pulling(pod: Pod, image: str) -> Finding:
    """Return that a pod is on its node and its containers do not run yet."""
    scheduled = pod.condition("PodScheduled")
    if not image and pod.spec.containers:
        image = pod.spec.containers[0].image
    return Finding(
        "pulling",
        f"is pulling its image {image} on {pod.spec.node_name}."
        if image
        else f"is starting on {pod.spec.node_name}.",
        PULLING,
        scheduled.last_transition_time if scheduled is not None else None,
    )
