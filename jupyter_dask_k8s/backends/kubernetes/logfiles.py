"""Logs of jobs as files, kept when Kubernetes has forgotten them; all of it is blocking.

Each line begins with the time that Kubernetes gives it, so that a server that comes back
knows from the file itself where to go on. A log has at most two files: the older one goes
when the newer is full.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import time
from dataclasses import dataclass
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows, where no other server shares our folder
    fcntl = None  # type: ignore[assignment]

OLDEST = 30 * 24 * 3600
"""Seconds after which the logs of a job go."""

MOST = 200
"""Jobs of one namespace whose logs are kept: the newest."""

_TIME = re.compile(
    rb"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)(?: |$)"
)


@dataclass(frozen=True)
class Stored:
    """What is kept of the log of one pod."""

    text: str
    whole: bool
    """Is it all that the pod printed until now?"""


def time_of(line: bytes) -> str:
    """Return when a line was printed, as text that sorts; empty where it does not tell."""
    match = _TIME.match(line)
    if match is None:
        return ""
    second, fraction, zone = match.groups()
    return f"{second.decode()}.{(fraction or b'').decode().ljust(9, '0')}{zone.decode()}"


def without_time(line: bytes) -> bytes:
    """Return a line as the pod printed it."""
    match = _TIME.match(line)
    return line[match.end() :] if match else line


class LogFiles:
    """Below ``root`` a folder for each job (``NAME-UID``), readable by the user only.

    ``limit`` is the size of one log in bytes.
    """

    def __init__(self, root: Path, limit: int) -> None:
        self._root = root
        self._half = max(1024, limit // 2)
        self._locks: dict[str, int] = {}

    def _path(self, job: str, pod: str, suffix: str = ".log") -> Path:
        return self._root / job / f"{pod}{suffix}"

    # --- writing ---------------------------------------------------------------------

    def claim(self, job: str) -> bool:
        """Become the one server that writes here; ``False`` where another one does."""
        if job in self._locks:
            return True
        folder = self._root / job
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        if fcntl is not None:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(lock)
                return False
            except OSError:
                pass  # a file system without locks: nobody else can be known
        self._locks[job] = lock
        return True

    def release(self, job: str) -> None:
        """Let others write here."""
        lock = self._locks.pop(job, None)
        if lock is not None:
            os.close(lock)

    def close(self) -> None:
        """Let others write everywhere."""
        for job in list(self._locks):
            self.release(job)

    def resume(self, job: str, pod: str) -> str:
        """Return the time of the last line, and drop half a line behind it."""
        for suffix in (".log", ".log.1"):
            path = self._path(job, pod, suffix)
            data = _read(path)
            whole = data[: data.rfind(b"\n") + 1]
            if len(whole) < len(data):
                os.truncate(path, len(whole))
            for line in reversed(whole.splitlines()):
                if time := time_of(line):
                    return time
        return ""

    def append(self, job: str, pod: str, data: bytes) -> None:
        """Add lines to a log; where it gets too long, its older half goes."""
        for start in range(0, len(data), self._half):
            self._append(job, pod, data[start : start + self._half])

    def _append(self, job: str, pod: str, data: bytes) -> None:
        path = self._path(job, pod)
        with contextlib.suppress(FileNotFoundError):
            if path.stat().st_size + len(data) > self._half:
                older = self._path(job, pod, ".log.1")
                if older.exists():
                    self._note(job, pod, cut=True)
                path.replace(older)
        with open(path, "ab", opener=_private) as file:
            file.write(data)

    def end(self, job: str, pod: str) -> None:
        """Remember that the pod has printed all that it will."""
        self._note(job, pod, ended=True)

    def _note(self, job: str, pod: str, **facts: bool) -> None:
        text = json.dumps({**self._notes(job, pod), **facts})
        with open(self._path(job, pod, ".json"), "w", opener=_private) as file:
            file.write(text)

    def _notes(self, job: str, pod: str) -> dict[str, bool]:
        try:
            notes: dict[str, bool] = json.loads(_read(self._path(job, pod, ".json")))
        except ValueError:
            return {}
        return notes

    # --- reading ---------------------------------------------------------------------

    def pods(self, job: str) -> list[str]:
        """Return of which pods there are logs."""
        found = (self._root / job).glob("*.log")
        return sorted(it.name.removesuffix(".log") for it in found)

    def ended(self, job: str, pod: str) -> bool:
        """Tell whether the log goes up to the end of the pod."""
        return bool(self._notes(job, pod).get("ended"))

    def read(self, job: str, pod: str, tail: int | None) -> Stored | None:
        """Return the last lines of a log, or all; ``None`` where nothing is kept."""
        if not self._path(job, pod).exists():
            return None
        data = _read(self._path(job, pod, ".log.1")) + _read(self._path(job, pod))
        lines = data.split(b"\n")
        if lines[-1] == b"":
            lines.pop()
        whole = not self._notes(job, pod).get("cut")
        if tail is not None and len(lines) > tail:
            lines, whole = lines[-tail:], False
        text = b"".join(without_time(line) + b"\n" for line in lines)
        return Stored(text.decode(errors="replace"), whole)

    # --- the end ---------------------------------------------------------------------

    def remove(self, job: str) -> None:
        """Forget the logs of a job."""
        self.release(job)
        shutil.rmtree(self._root / job, ignore_errors=True)

    def prune(self, keep: frozenset[str]) -> None:
        """Forget what is too old, and the oldest of what is too much; not ``keep``."""
        if not self._root.is_dir():
            return
        ages = sorted((_age(it), it.name) for it in self._root.iterdir() if it.is_dir())
        for count, (age, job) in enumerate(ages):
            if job not in keep and (age > OLDEST or count >= MOST):
                self.remove(job)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_CLOEXEC, 0o600)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def _age(folder: Path) -> float:
    """Return seconds since anything was written into a folder."""
    newest = max((it.stat().st_mtime for it in folder.glob("*.log")), default=None)
    return time.time() - (folder.stat().st_mtime if newest is None else newest)
