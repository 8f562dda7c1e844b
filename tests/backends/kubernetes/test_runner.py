"""The program inside of runners, run as in a pod: a process with nothing of ours."""

from __future__ import annotations

import base64
import json
import os
import socket
import subprocess
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest

from jupyter_dask_k8s.backends.kubernetes.jobmanifest import program
from jupyter_dask_k8s.backends.kubernetes.jobsource import FILE_VARIABLE


@pytest.fixture
def scheduler() -> Iterator[str]:
    """Something that listens where the scheduler would."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"tcp://127.0.0.1:{server.getsockname()[1]}"


def run(folder: Path, address: str, *words: str, **env: str) -> tuple[int, str]:
    """Return the exit code and what was printed."""
    environment = {
        **os.environ,
        "DASK_SCHEDULER_ADDRESS": address,
        "IPYTHONDIR": str(folder / "ipython"),
        **env,
    }
    done = subprocess.run(
        [sys.executable, "-c", program(), *words],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=90,
    )
    return done.returncode, done.stdout


def notebook(*cells: str, kernel: str = "python3") -> Any:
    v4: Any = nbformat.v4
    spec = {"name": kernel, "display_name": kernel}
    made = v4.new_notebook(metadata={"kernelspec": spec})
    made.cells = [v4.new_code_cell(cell) for cell in cells]
    return made


def write(folder: Path, *cells: str, **options: Any) -> None:
    (folder / "etl.ipynb").write_text(json.dumps(notebook(*cells, **options)))


def outputs(path: Path) -> list[Any]:
    return [it["outputs"] for it in json.loads(path.read_text())["cells"]]


def test_a_notebook_is_run_and_its_output_printed(scheduler: str, tmp_path: Path) -> None:
    write(
        tmp_path,
        "import os\nprint('hello', os.environ['COLOUR'])",
        "os.environ['DASK_SCHEDULER_ADDRESS']",
        kernel="not-in-this-image",
    )
    code, text = run(
        tmp_path, scheduler, "notebook", "etl.ipynb", "result.ipynb", COLOUR="green"
    )
    assert code == 0, text
    assert "hello green" in text
    assert "no kernel named not-in-this-image" in text
    first, second = outputs(tmp_path / "result.ipynb")
    assert first[0]["text"] in ("hello green\n", ["hello green\n"])
    assert scheduler in str(second)
    assert not list(tmp_path.glob(".*.part"))


def test_a_cell_that_fails_leaves_a_partial_result(scheduler: str, tmp_path: Path) -> None:
    write(tmp_path, "print('so far')", "raise ValueError('no')", "print('never')")
    code, text = run(tmp_path, scheduler, "notebook", "etl.ipynb", "result.ipynb")
    assert code == 1
    last = "The notebook stopped at an error: ValueError: no"
    assert text.strip().splitlines()[-1] == last
    assert "\x1b[" not in text
    first, second, third = outputs(tmp_path / "result.ipynb")
    assert first
    assert second[0]["ename"] == "ValueError"
    assert third == []


def test_a_kernel_that_is_killed_leaves_a_partial_result(
    scheduler: str, tmp_path: Path
) -> None:
    write(tmp_path, "print('so far')", "import os\nos.kill(os.getpid(), 9)")
    code, text = run(tmp_path, scheduler, "notebook", "etl.ipynb", "result.ipynb")
    assert code == 1
    assert "DeadKernelError" in text
    assert outputs(tmp_path / "result.ipynb")[0]


def test_a_result_that_cannot_be_written_is_told_at_once(
    scheduler: str, tmp_path: Path
) -> None:
    write(tmp_path, "open('was-run', 'w')")
    code, text = run(tmp_path, scheduler, "notebook", "etl.ipynb", "/nowhere/result.ipynb")
    assert code == 1
    assert "The result cannot be written" in text
    assert not (tmp_path / "was-run").exists()


def test_a_script_that_travels_ends_with_its_own_exit_code(
    scheduler: str, tmp_path: Path
) -> None:
    source = b"import os, sys\nprint('DASK_K8S_FILE' in os.environ)\nsys.exit(7)\n"
    packed = base64.b64encode(zlib.compress(source)).decode()
    code, text = run(tmp_path, scheduler, "script", "-", **{FILE_VARIABLE: packed})
    assert (code, text) == (7, "False\n")


def test_a_command_is_run_as_it_is(scheduler: str, tmp_path: Path) -> None:
    assert run(tmp_path, scheduler, "command", "echo", "a b", "$HOME") == (0, "a b $HOME\n")


def test_without_a_scheduler_it_gives_up(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
    code, text = run(tmp_path, address, "command", "true", DASK_K8S_WAIT="1")
    assert code == 1
    assert "did not answer in 1 s" in text


def test_an_image_without_jupyter_says_what_it_lacks(
    scheduler: str, tmp_path: Path
) -> None:
    write(tmp_path, "1")
    (tmp_path / "nbformat.py").write_text("raise ImportError('No module named nbformat')")
    code, text = run(tmp_path, scheduler, "notebook", "etl.ipynb", PYTHONPATH=str(tmp_path))
    assert code == 1
    assert "It needs nbclient and ipykernel" in text
