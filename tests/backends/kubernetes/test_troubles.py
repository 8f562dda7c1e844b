from __future__ import annotations

import asyncio
from typing import Any

import msgspec

from jupyter_dask_k8s.backends.kubernetes.reflector import Reflector
from jupyter_dask_k8s.backends.kubernetes.resources import TROUBLES
from jupyter_dask_k8s.backends.kubernetes.troubles import LONGEST, ORPHANS, Troubles
from jupyter_dask_k8s.tasks import end

from .diagnosis.builders import event
from .fake_api import LOG, FakeAPI, serve
from .fake_kubernetes import until

POD = "demo-worker-abc12"


def test_the_newest_of_each_reason() -> None:
    troubles = Troubles(lambda name: "demo")
    assert troubles.take(event("Unhealthy", "new", "2026-01-01T00:02:00Z")) == "demo"
    assert troubles.take(event("Unhealthy", "old", "2026-01-01T00:01:00Z")) == ""
    troubles.take(event("BackOff", "x" * 5000))
    about = troubles.about(POD)
    assert (about["Unhealthy"].message, len(about["BackOff"].message)) == ("new", LONGEST)
    # Both have the reason Failed; only the first one says why.
    troubles.take(event("Failed", "Failed to pull image x: not found"))
    assert troubles.take(event("Failed", "Error: ErrImagePull")) == ""
    assert "not found" in troubles.about(POD)["Failed"].message
    troubles.drop(POD)
    assert troubles.about(POD) == {}


def test_before_the_pod_is_known() -> None:
    known: set[str] = set()
    troubles = Troubles(lambda name: "demo" if name in known else "")
    first = event("FailedScheduling", "no room")
    assert troubles.take(first) == ""
    assert troubles.about(POD) == {}
    known.add(POD)
    troubles.adopt(POD)
    assert troubles.about(POD)["FailedScheduling"].message == "no room"
    for number in range(ORPHANS + 5):
        other = msgspec.structs.replace(first.involved_object, name=f"other-{number}")
        troubles.take(msgspec.structs.replace(first, involved_object=other))
    assert len(troubles._orphans) == ORPHANS


async def test_they_are_handed_on_and_not_kept(jp_asyncio_loop: Any) -> None:
    """A namespace may have tens of thousands of them."""
    fake = FakeAPI()
    for number in range(300):
        fake.put(f"before-{number}")
    heard: list[str] = []
    async with serve(fake) as api:
        reflector = Reflector(
            api, TROUBLES, lambda old, new: heard.append(new.metadata.name), print, LOG
        )
        task = asyncio.create_task(reflector.run())
        await until(lambda: fake._streams)
        fake.put("later")
        fake.remove("before-7")
        fake.put("last")
        await until(lambda: "last" in heard)
        assert len(heard) == 302
        assert reflector.items == {}
        # Nothing happened until its version was forgotten: what there is, is told again.
        fake.send("ERROR", {"code": 410, "reason": "Expired", "message": "too old"})
        await until(lambda: len(heard) == 302 + 301)
        assert (fake.lists, len(fake.watches)) == (0, 2)
        assert all("resourceVersion" not in it for it in fake.watches)
        await end([task])
