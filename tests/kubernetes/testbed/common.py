"""What every part needs: failures, progress, commands with a limit, waiting, the lock."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import http.client
import json
import os
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from .places import HOME, SYSPATH

T = TypeVar("T")
T0 = time.monotonic()


class Fail(Exception):
    """A failure with one clear sentence for the user, and perhaps a log to look at."""

    def __init__(self, text: str, log: Path | None = None) -> None:
        super().__init__(text)
        self.log = log


def say(text: str) -> None:
    print(f"[{time.monotonic() - T0:6.1f}s] {text}", file=sys.stderr, flush=True)


def attempt(
    command: Sequence[object],
    log: Path | None = None,
    timeout: float = 60,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
) -> subprocess.CompletedProcess[str]:
    """Run a command with a limit; its output goes to the log file, or is returned."""
    cmd = [str(c) for c in command]
    env = {**os.environ, "PATH": SYSPATH, "LC_ALL": "C.UTF-8", **(env or {})}
    nothing = subprocess.DEVNULL
    try:
        if log is None:
            return subprocess.run(
                cmd,
                stdin=nothing,
                capture_output=True,
                text=True,
                timeout=timeout,
                env=env,
                cwd=cwd,
            )
        log.parent.mkdir(parents=True, exist_ok=True)
        with open(log, "a") as f:
            f.write(f"+ {shlex.join(cmd)}\n")
            f.flush()
            return subprocess.run(
                cmd,
                stdin=nothing,
                stdout=f,
                stderr=subprocess.STDOUT,
                text=True,
                timeout=timeout,
                env=env,
                cwd=cwd,
            )
    except subprocess.TimeoutExpired:
        raise Fail(f"`{shlex.join(cmd)[:100]}` took more than {timeout} s.", log) from None
    except FileNotFoundError:
        raise Fail(f"The program {cmd[0]} is missing; run `testbed build`.") from None


def sh(
    command: Sequence[object],
    log: Path | None = None,
    timeout: float = 60,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
) -> str:
    """Run a command that has to succeed; what it printed, unless that went to the log."""
    p = attempt(command, log, timeout, env, cwd)
    if p.returncode:
        line = shlex.join(str(c) for c in command)[:100]
        tail = "" if log else ": " + (p.stderr or p.stdout).strip()[-600:]
        raise Fail(f"`{line}` failed with status {p.returncode}{tail}", log)
    return p.stdout or ""


def wait(
    what: str,
    test: Callable[[], T],
    limit: float,
    log: Path | None = None,
    every: float = 0.1,
) -> T:
    """Wait until test() is true; say how long it took."""
    start = time.monotonic()
    last: Exception | None = None
    while True:
        try:
            value = test()
            if value:
                say(f"{what} ({time.monotonic() - start:.1f} s)")
                return value
        except (OSError, ValueError, KeyError, http.client.HTTPException) as e:
            last = e
        if time.monotonic() - start > limit:
            why = f" ({last})" if last else ""
            raise Fail(f"Waited {limit} s in vain for: {what}{why}.", log)
        time.sleep(every)


def digest(*parts: Any) -> str:
    h = hashlib.sha256()
    for p in parts:
        h.update(p if isinstance(p, bytes) else json.dumps(p, sort_keys=True).encode())
        h.update(b"\0")
    return h.hexdigest()[:16]


def remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def remove_tree(folder: Path) -> None:
    """Remove a folder that may hold read-only folders, as Go makes them."""
    if folder.exists():
        attempt(["chmod", "-R", "u+w", folder])
        remove(folder)


@contextlib.contextmanager
def lock(limit: float = 1800) -> Iterator[None]:
    HOME.mkdir(parents=True, exist_ok=True)
    with open(HOME / "lock", "w") as f:
        end, told = time.monotonic() + limit, False
        while True:
            try:
                fcntl.flock(f, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except OSError:
                if time.monotonic() > end:
                    text = "Another testbed command has held the lock for too long."
                    raise Fail(text) from None
                if not told:
                    say("waiting for another testbed command to finish")
                    told = True
                time.sleep(0.2)
        yield
