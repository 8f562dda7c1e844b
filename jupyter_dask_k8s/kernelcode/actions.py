"""What a page can ask of a kernel. Each answer is one line of JSON behind a mark."""

from __future__ import annotations

import json
from typing import Any

from .cluster import SEND_SECONDS, connection, everywhere
from .compare import compare
from .install import install
from .limits import Say, Trouble, limited
from .send import send


def restart(request: dict[str, Any], say: Say) -> dict[str, Any]:
    """Restart all workers; what they hold in memory is computed again or lost."""
    with connection(request) as client:
        workers = list(everywhere(client, "where"))
        limited(
            SEND_SECONDS,
            "The workers did not come back in time.",
            lambda: client.restart_workers(workers, timeout=60, raise_for_error=True),
        )
    return {"total": len(workers)}


ACTIONS = {"compare": compare, "install": install, "send": send, "restart": restart}


def main(request: dict[str, Any]) -> None:
    """Do what a request wants, and print what came of it."""

    def say(**words: Any) -> None:
        print(request["mark"] + json.dumps(words), flush=True)

    try:
        say(result=ACTIONS[request["action"]](request, say))
    except Trouble as trouble:
        say(error=str(trouble), word=trouble.word)
    except KeyboardInterrupt:
        say(error="It was interrupted.")
    except Exception as error:  # a kernel shows nothing of ours otherwise
        say(error=f"{type(error).__name__}: {error}")
