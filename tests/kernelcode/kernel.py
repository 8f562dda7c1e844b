"""A real kernel in a process of its own, asked as a page asks it."""

from __future__ import annotations

import json
import os
import secrets
import time
from pathlib import Path
from typing import Any

from jupyter_client.manager import KernelManager

from jupyter_dask_k8s.kernelcode import clients_code, kernel_code

CONNECT = "from dask.distributed import Client\n\nclient = Client({address!r})\nclient"


class Kernel:
    """Runs code, and our program as the front end does."""

    def __init__(self, folder: Path, **env: str) -> None:
        self.manager = KernelManager(kernel_name="python3")
        self.manager.start_kernel(cwd=str(folder), env={**os.environ, **env})
        self.client = self.manager.client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=60)

    def run(self, code: str, limit: float = 60) -> str:
        """Return what code prints; raises what it raises, as text."""
        return self._execute(code, limit, store_history=True)

    def clients(self) -> list[dict[str, str]]:
        """Return what the kernel says of its clients."""
        found: list[dict[str, str]] = self._say(clients_code(), {}, 20)["result"]
        return found

    def ask(self, action: str, limit: float = 120, **request: Any) -> dict[str, Any]:
        """Return what our program says: the last ``progress``, ``result`` or ``error``."""
        words = {"cluster": "demo", **request, "action": action}
        return self._say(kernel_code(), words, limit)

    def _say(self, program: str, words: dict[str, Any], limit: float) -> dict[str, Any]:
        mark = secrets.token_hex(8)
        names = f'{{"REQUEST": {json.dumps(json.dumps({**words, "mark": mark}))}}}'
        code = f'__import__("builtins").exec({json.dumps(program)}, {names})'
        said: dict[str, Any] = {}
        for line in self._execute(code, limit, store_history=False).splitlines():
            if line.startswith(mark):
                said.update(json.loads(line.removeprefix(mark)))
        return said

    def connect(self, address: str) -> dict[str, Any]:
        """Return the part of a request that says how to reach a cluster."""
        return {"address": address, "code": CONNECT.format(address=address)}

    def _execute(self, code: str, limit: float, *, store_history: bool) -> str:
        asked = self.client.execute(code, store_history=store_history, allow_stdin=False)
        text, end = "", time.monotonic() + limit
        while True:
            message = self.client.get_iopub_msg(timeout=max(0.1, end - time.monotonic()))
            if message["parent_header"].get("msg_id") != asked:
                continue
            kind, content = message["msg_type"], message["content"]
            if kind == "stream" and content["name"] == "stdout":
                text += content["text"]
            elif kind == "error":
                raise AssertionError("\n".join(content["traceback"]))
            elif kind == "status" and content["execution_state"] == "idle":
                return text

    def close(self) -> None:
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)
