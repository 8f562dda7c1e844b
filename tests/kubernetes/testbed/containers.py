"""containerd, and the images in it."""

from __future__ import annotations

import string
import subprocess
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from .binaries import bin_dir
from .common import Fail, attempt, say, wait
from .images import TAG_PAUSE, read_index, write_archive
from .places import CGROUP, HERE, LOG, NODE_IP, NODE_PODS, RUN
from .processes import check_alive, start


def template(name: str, to: Path) -> Path:
    """Write a file of conf/ with what is known only now."""
    values: dict[str, object] = {
        "RUN": RUN,
        "BIN": bin_dir(),
        "NODE_IP": NODE_IP,
        "NODE_PODS": NODE_PODS,
        "CGROUP": CGROUP,
        "PAUSE": TAG_PAUSE,
    }
    to.parent.mkdir(parents=True, exist_ok=True)
    to.write_text(string.Template((HERE / "conf" / name).read_text()).substitute(values))
    return to


def ctr(*args: object) -> list[object]:
    address = ["--address", RUN / "containerd.sock", "--namespace", "k8s.io"]
    return [bin_dir() / "ctr", *address, *args]


def import_images(tags: Sequence[str]) -> None:
    cmd = [str(c) for c in ctr("images", "import", "-")]
    log = LOG / "import.log"
    begin = time.monotonic()
    with open(log, "ab") as f:
        p = subprocess.Popen(cmd, stdin=subprocess.PIPE, stdout=f, stderr=f)
        timer = threading.Timer(300, p.kill)
        timer.start()
        assert p.stdin
        try:
            write_archive(tags, p.stdin)
            p.stdin.close()
        except BrokenPipeError:
            pass
        finally:
            code = p.wait()
            timer.cancel()
    if code:
        raise Fail(f"containerd did not take the images {' '.join(tags)}.", log)
    say(f"containerd: imported {' '.join(tags)} ({time.monotonic() - begin:.1f} s)")


def start_containerd() -> None:
    config = template("containerd.toml", RUN / "conf/containerd.toml")
    template("cni.conflist", RUN / "conf/cni/10-testbed.conflist")
    start("containerd", bin_dir() / "containerd", "-c", config)

    def ready() -> bool:
        check_alive()
        return attempt(ctr("version"), timeout=10).returncode == 0

    wait("containerd: ready", ready, 30, LOG / "containerd.log")
    import_images(list(read_index()))
