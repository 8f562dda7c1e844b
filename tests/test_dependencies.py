"""The page of dependencies names each of them, and no others."""

from __future__ import annotations

import json
import re
from fnmatch import fnmatch
from importlib.metadata import requires
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs/dependencies.md").read_text()


def listed(section: str) -> set[str]:
    """Return the names in the first column of a section's table."""
    text = PAGE.partition(f"## {section}\n")[2].partition("\n## ")[0]
    rows = [line.split("|")[1] for line in text.splitlines() if line.startswith("| `")]
    return {name for row in rows for name in re.findall(r"`([^`]+)`", row)}


def plain(name: str) -> str:
    """Return a name as packaging compares it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def test_python() -> None:
    wanted = [it for it in requires("jupyter_dask_k8s") or () if "extra ==" not in it]
    names = {plain(re.split(r"[<>=~!;\[ ]", it)[0]) for it in wanted}
    assert {plain(it) for it in listed("Python")} == names


def test_front_end() -> None:
    names = json.loads((ROOT / "package.json").read_text())["dependencies"]
    patterns = listed("Front end")
    assert all(any(fnmatch(name, it) for it in patterns) for name in names)
    assert all(any(fnmatch(name, it) for name in names) for it in patterns)
