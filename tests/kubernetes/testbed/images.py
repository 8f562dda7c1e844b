"""The pod images.

An image is a list of uncompressed layer tars plus a config; `up` streams it into containerd
as a docker archive, so layers that images share are on disk once.  images/index.json maps a
tag to its image.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import tarfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any

from .binaries import bin_dir
from .common import digest, remove, say, sh
from .debian import Apt
from .machine import SUITE
from .places import BIN, HERE, IMAGES, LOG, RECIPE, SYSPATH, WORK

IMAGE_DEBS = ["python3", "ca-certificates", "netbase"]
TAG_TEST, TAG_NOSHIM = "localhost/dask:test", "localhost/dask:noshim"
TAG_PAUSE = "localhost/pause:1"
OWN_TAGS = (TAG_TEST, TAG_NOSHIM, TAG_PAUSE)
VENV_IN_IMAGE = "/opt/venv"
IMAGE_ENV = [
    f"PATH={VENV_IN_IMAGE}/bin:{SYSPATH}",
    "LANG=C.UTF-8",
    "PYTHONDONTWRITEBYTECODE=1",
    "PYTHONUNBUFFERED=1",
]
# What the base image is made with, but pods do not need.
BALLAST = [
    "var/cache/apt/*.bin",
    "var/cache/apt/archives/*.deb",
    "var/lib/apt/lists/*",
    "usr/share/doc/*",
    "usr/share/locale/*",
    "usr/share/man/*",
    "var/log/*",
    "dev/*",
]
VENV_BALLAST = re.compile(r"bin/(activate|Activate)|lib64$")
INSTALLERS = re.compile(r"bin/pip|lib/python3[.0-9]*/site-packages/(pip|setuptools)(/|-)")
LOG_FILE = LOG / "build-images.log"

Image = dict[str, Any]
Index = dict[str, Image]


def read_index() -> Index:
    try:
        index: Index = json.loads((IMAGES / "index.json").read_text())
        return index
    except FileNotFoundError:
        return {}


def write_index(index: Index) -> None:
    tmp = IMAGES / "index.json.new"
    tmp.write_text(json.dumps(index, indent=1, sort_keys=True))
    tmp.rename(IMAGES / "index.json")


# Names ---------------------------------------------------------------------------------


def requirements() -> list[str]:
    lines = (HERE / "image-requirements.txt").read_text().splitlines()
    return [x.split("#")[0].strip() for x in lines if x.split("#")[0].strip()]


def project(requirement: str) -> str:
    """The name of the project in a requirement or a wheel's file name."""
    if requirement.endswith(".whl"):
        name = os.path.basename(requirement).split("-", 1)[0]
    else:
        name = requirement.replace("-", "_")
    m = re.match(r"[A-Za-z0-9._]+", name)
    return m[0].lower() if m else name


def base_key() -> str:
    return digest(RECIPE, SUITE, IMAGE_DEBS, "base")


def venv_key(reqs: Sequence[str]) -> str:
    """Of pip requirements; those that name a file are taken in by content."""
    parts: list[str | list[str]] = []
    for r in reqs:
        p = Path(r)
        content = hashlib.sha256(p.read_bytes()).hexdigest() if p.is_file() else None
        parts.append([p.name, content] if content else r)
    return digest(RECIPE, base_key(), parts)


def venv_dir() -> Path:
    return IMAGES / f"venv-{venv_key(requirements())}"


# Layers --------------------------------------------------------------------------------


def finish_layer(path: Path) -> None:
    """Record the digest of a layer tar; the tar gets its name last."""
    h = hashlib.sha256()
    with open(f"{path}.new", "rb") as f:
        for block in iter(lambda: f.read(1 << 20), b""):
            h.update(block)
    path.with_suffix(".digest").write_text(h.hexdigest())
    os.rename(f"{path}.new", path)


def build_base(apt: Apt) -> Path:
    layer = IMAGES / f"base-{base_key()}.tar"
    if layer.exists():
        return layer
    rootfs = WORK / "rootfs"
    remove(rootfs)
    uri, key = apt.mirror()
    say(f"images: debootstrap {SUITE} with {' '.join(IMAGE_DEBS)}")
    options = ["--variant=minbase", f"--include={','.join(IMAGE_DEBS)}"]
    options += [f"--keyring={key}"] if key else []
    sh(["debootstrap", *options, SUITE, rootfs, uri], LOG_FILE, timeout=1800)
    user = ["useradd", "-m", "-u", "1000", "-s", "/bin/bash", "dask"]
    sh(["chroot", rootfs, *user], LOG_FILE)
    for pattern in BALLAST:
        for p in rootfs.glob(pattern):
            remove(p)
    options = ["--numeric-owner", "--sort=name"]
    sh(["tar", "-C", rootfs, *options, "-cf", f"{layer}.new", "."], LOG_FILE, timeout=300)
    finish_layer(layer)
    remove(rootfs)
    return layer


def add_bytes(
    archive: tarfile.TarFile, name: str | tarfile.TarInfo, data: bytes, mode: int = 0o644
) -> None:
    if isinstance(name, str):
        name = tarfile.TarInfo(name)
        name.mode = mode
    name.size = len(data)
    archive.addfile(name, io.BytesIO(data))


def of_root(info: tarfile.TarInfo) -> tarfile.TarInfo:
    info.uid = info.gid = 0
    info.uname = info.gname = "root"
    return info


def pack_venv(venv: Path, layer: Path, *, with_pip: bool) -> None:
    with tarfile.open(f"{layer}.new", "w") as t:
        for path in sorted(venv.rglob("*")):
            rel = path.relative_to(venv).as_posix()
            name = f"{VENV_IN_IMAGE[1:]}/{rel}"
            if VENV_BALLAST.match(rel) or (not with_pip and INSTALLERS.match(rel)):
                continue
            if rel.startswith("bin/") and path.is_file() and not path.is_symlink():
                data = path.read_bytes()  # scripts name the interpreter by its path
                data = data.replace(str(venv).encode(), VENV_IN_IMAGE.encode())
                add_bytes(t, of_root(t.gettarinfo(path, name)), data)
            else:
                t.add(path, name, recursive=False, filter=of_root)
    finish_layer(layer)


def build_venv(reqs: Sequence[str], what: str) -> Path:
    """A virtual environment of Debian's Python, used on the host as it is and in pods.

    Pods get pip only where it is asked for.
    """
    key = venv_key(reqs)
    venv, layer = IMAGES / f"venv-{key}", IMAGES / f"venv-{key}.tar"
    if layer.exists():
        return layer
    remove(venv)
    say(f"images: pip install for {what}: {' '.join(os.path.basename(r) for r in reqs)}")
    sh(["/usr/bin/python3", "-m", "venv", venv], LOG_FILE, timeout=120)
    pip = [venv / "bin/python", "-m", "pip"]
    options = ["--no-input", "--disable-pip-version-check"]
    sh([*pip, "install", *options, *reqs], LOG_FILE, timeout=1800)
    versions = sh([*pip, "list", "--format=freeze"])
    (IMAGES / f"venv-{key}.freeze.txt").write_text(versions)
    pack_venv(venv, layer, with_pip="pip" in map(project, reqs))
    return layer


def small_layer(name: str, files: Mapping[str, tuple[int, bytes]]) -> Path:
    """A layer of a few files: {path: (mode, bytes)}."""
    parts = [
        [path, mode, data.hex() if len(data) < 4096 else digest(data)]
        for path, (mode, data) in files.items()
    ]
    layer = IMAGES / f"{name}-{digest(RECIPE, parts)}.tar"
    if not layer.exists():
        with tarfile.open(f"{layer}.new", "w") as t:
            for path, (mode, data) in files.items():
                add_bytes(t, path, data, mode)
        finish_layer(layer)
    return layer


# Images --------------------------------------------------------------------------------


def image(
    layers: Sequence[Path],
    entrypoint: Sequence[str] | None = None,
    env: Sequence[str] = IMAGE_ENV,
) -> Image:
    start = {"Entrypoint": entrypoint} if entrypoint else {"Cmd": ["/bin/bash"]}
    ids = ["sha256:" + p.with_suffix(".digest").read_text() for p in layers]
    return {
        "layers": [p.name for p in layers],
        "config": {
            "architecture": "amd64",
            "os": "linux",
            "config": {"Env": env, "WorkingDir": "/", **start},
            "rootfs": {"type": "layers", "diff_ids": ids},
            "history": [{"created_by": "testbed"} for _ in ids],
        },
    }


def write_archive(tags: Sequence[str], out: IO[bytes]) -> None:
    """Write the images as one docker archive to an open file (which may be a pipe)."""
    index = read_index()
    manifest = []
    seen: set[str] = set()
    with tarfile.open(fileobj=out, mode="w|") as t:
        for tag in tags:
            config = json.dumps(index[tag]["config"], sort_keys=True).encode()
            name = hashlib.sha256(config).hexdigest() + ".json"
            if name not in seen:
                add_bytes(t, name, config)
                seen.add(name)
            names = []
            ids = index[tag]["config"]["rootfs"]["diff_ids"]
            for layer, diff in zip(index[tag]["layers"], ids, strict=True):
                names.append(diff[7:] + "/layer.tar")
                if layer not in seen:
                    t.add(IMAGES / layer, names[-1])
                    seen.add(layer)
            manifest.append({"Config": name, "RepoTags": [tag], "Layers": names})
        add_bytes(t, "manifest.json", json.dumps(manifest).encode())


def shim(name: str) -> tuple[int, bytes]:
    return 0o755, f'#!/bin/sh\nexec dask {name} "$@"\n'.encode()


def build_images(apt: Apt, extra: Sequence[str], extra_tag: str) -> list[str]:
    """Make the images of Dask; the tags of those that have changed."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    index, before = read_index(), read_index()
    base, site = build_base(apt), build_venv(requirements(), "the pod image")
    # distributed >= 2026.8 no longer installs these two scripts; make_cluster_spec of
    # dask-kubernetes still asks for them
    names = ("scheduler", "worker")
    shims = small_layer("shims", {f"usr/local/bin/dask-{n}": shim(n) for n in names})
    index[TAG_NOSHIM] = image([base, site])
    index[TAG_TEST] = image([base, site, shims])
    if extra:
        asked = {project(r) for r in extra}  # what is asked for goes before what is pinned
        reqs = [*(r for r in requirements() if project(r) not in asked), *extra]
        index[extra_tag] = image([base, build_venv(reqs, extra_tag), shims])
    changed = [t for t in index if index[t] != before.get(t)]
    if changed:
        write_index(index)
        say(f"images: made {' '.join(changed)}")
    else:
        say("images: already made")
    return changed


def drop_image(tag: str | None) -> None:
    index = read_index()
    if tag in index and tag not in OWN_TAGS:
        write_index({t: i for t, i in index.items() if t != tag})


def add_pause() -> None:
    """Add the image of the program that holds a pod's network: one of the binaries."""
    index = read_index()
    pause = small_layer("pause", {"pause": (0o755, (bin_dir() / "pause").read_bytes())})
    index[TAG_PAUSE] = image([pause], ["/pause"], ["PATH=/"])
    if index != read_index():
        write_index(index)


def drop_unused() -> None:
    """Drop the layers that no tag uses any more, and the binaries of other versions."""
    layers = [x for i in read_index().values() for x in i["layers"]]
    used = {x.rsplit(".", 1)[0] for x in layers} | {venv_dir().name}
    for p in IMAGES.iterdir():
        if p.name != "index.json" and p.name.split(".")[0] not in used:
            remove(p)
    for p in BIN.iterdir():
        if p != bin_dir():
            remove(p)
