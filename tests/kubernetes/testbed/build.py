"""`testbed build`: binaries and images, side by side."""

from __future__ import annotations

import argparse
import concurrent.futures
import shlex
from pathlib import Path
from typing import Any

from .binaries import build_bin, fetch_packages, have_binaries
from .common import Fail, lock, remove_tree, say
from .containers import import_images
from .debian import Apt
from .images import (
    TAG_PAUSE,
    TAG_TEST,
    add_pause,
    build_images,
    drop_image,
    drop_unused,
    read_index,
    venv_dir,
)
from .machine import preflight
from .places import BIN, IMAGES, LOG, WORK
from .processes import level, running


def check_built() -> None:
    """Raise Fail unless `build` has made what this version of the program needs."""
    index = read_index()
    images = venv_dir().exists() and TAG_TEST in index and TAG_PAUSE in index
    if not (have_binaries() and images):
        raise Fail(
            "Nothing is built for this version of the testbed yet; run `testbed build`."
        )


def build_all(extra: list[str], extra_tag: str) -> list[str]:
    """Build what is not built yet; the tags of the images that have changed."""
    apt = Apt()
    root, tar = fetch_packages(apt)
    with concurrent.futures.ThreadPoolExecutor(2) as pool:  # one computes, one downloads
        binaries = pool.submit(build_bin, root, tar)
        images = pool.submit(build_images, apt, extra, extra_tag)
        jobs: list[concurrent.futures.Future[Any]] = [binaries, images]
        for job in concurrent.futures.as_completed(jobs):
            if job.exception():
                later = "" if binaries.done() else " (the compilation goes on, to be kept)"
                say(f"failed: {job.exception()}{later}")
    binaries.result()
    return images.result()


def build(args: argparse.Namespace) -> None:
    preflight()
    extra = [
        str(Path(r).resolve()) if Path(r).is_file() else r
        for r in shlex.split(args.image_extra or "")
    ]
    if args.image_tag.endswith(":latest") or ":" not in args.image_tag:
        raise Fail(
            "--image-tag needs a tag other than latest"
            " (Kubernetes would try to pull latest from a registry)."
        )
    with lock():
        for d in (BIN, IMAGES, WORK, LOG):
            d.mkdir(parents=True, exist_ok=True)
        changed = build_all(extra, args.image_tag)
        drop_image(args.drop_image)
        add_pause()
        drop_unused()
        if not args.keep_work:
            remove_tree(WORK)
        if changed and running() and level() == "full":
            import_images([t for t in changed if t in read_index()])
    say("build: complete")
