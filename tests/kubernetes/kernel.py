"""A notebook's kernel: a real one, driven as JupyterLab drives it."""

from __future__ import annotations

import ast
import re
import signal
import time
from pathlib import Path
from queue import Empty
from typing import Any

from jupyter_client.manager import KernelManager

_COLOURS = re.compile(r"\x1b\[[0-9;]*m")


class Kernel:
    """Runs cells, one after the other."""

    def __init__(self, folder: Path, env: dict[str, str]) -> None:
        # KernelManager is only partly typed.
        self._manager: Any = KernelManager(kernel_name="python3")
        self._manager.start_kernel(env=env, cwd=str(folder))
        self._client: Any = self._manager.blocking_client()
        self._client.start_channels()
        self._client.wait_for_ready(timeout=60)

    def begin(self, code: str) -> str:
        """Send a cell and do not wait for it."""
        return str(self._client.execute(code))

    def finish(self, cell: str, limit: float = 180) -> str:
        """Return what a cell printed once it has ended; its traceback is an error."""
        said, end = "", time.monotonic() + limit
        while True:
            assert time.monotonic() < end, f"The cell does not end; it said: {said}"
            try:
                message = self._client.get_iopub_msg(timeout=1)
            except Empty:
                assert self._manager.is_alive(), f"The kernel died; it said: {said}"
                continue
            if message["parent_header"].get("msg_id") != cell:
                continue
            kind, content = message["msg_type"], message["content"]
            if kind == "stream":
                said += content["text"]
            elif kind == "error":
                trace = _COLOURS.sub("", "\n".join(content["traceback"]))
                raise AssertionError(f"{said}\n{trace}")
            elif kind == "status" and content["execution_state"] == "idle":
                return said

    def run(self, code: str, limit: float = 180) -> str:
        """Run a cell; returns what it printed."""
        return self.finish(self.begin(code), limit)

    def value(self, expression: str) -> Any:
        """Return the value of an expression, which must be a literal."""
        said = self.run(f"print('value:', repr({expression}))")
        return ast.literal_eval(said.rpartition("value:")[2].strip())

    def shut_down(self) -> None:
        """End as *Shut Down Kernel* does; code that runs at exit may run."""
        self._client.stop_channels()
        self._manager.shutdown_kernel(now=False)

    def signal(self, number: signal.Signals) -> None:
        """End by a signal: SIGTERM when a pod ends, SIGKILL when memory runs out."""
        self._manager.signal_kernel(number)
        end = time.monotonic() + 30
        while self._manager.is_alive():
            assert time.monotonic() < end, f"The kernel survives {number.name}."
            time.sleep(0.1)

    def close(self) -> None:
        """Kill it, if it has not ended."""
        self._client.stop_channels()
        if self._manager.is_alive():
            self._manager.shutdown_kernel(now=True)
        else:
            self._manager.cleanup_resources()
