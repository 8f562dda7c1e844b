"""Calls that may hang, and how users hear of trouble."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

Say = Callable[..., None]
"""Tells the page how it goes on."""


class Trouble(Exception):
    """What keeps us from it, as one sentence for a user; pages know some by a word."""

    def __init__(self, sentence: str, word: str = "") -> None:
        super().__init__(sentence)
        self.word = word


def limited(
    seconds: float,
    sentence: str,
    function: Callable[[], Any],
    late: Callable[[Any], None] | None = None,
) -> Any:
    """Call a function that may hang; `Trouble` after so many seconds.

    ``late`` gets a result that nobody waits for any more.
    """
    box: dict[str, Any] = {}
    lock, done = threading.Lock(), threading.Event()

    def work() -> None:
        try:
            box["result"] = function()
        except BaseException as error:  # it is raised below
            box["error"] = error
        with lock:
            done.set()
            if box.get("given up") and late is not None and "result" in box:
                late(box["result"])

    threading.Thread(target=work, name="jupyter-dask-k8s", daemon=True).start()
    try:
        finished = done.wait(seconds)
    except BaseException:
        box["given up"] = True
        raise
    if not finished:
        with lock:
            finished = done.is_set()
            box["given up"] = not finished
    if not finished:
        raise Trouble(sentence)
    if "error" in box:
        raise box["error"]
    return box["result"]
