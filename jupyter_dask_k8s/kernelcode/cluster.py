"""The way from a kernel to a scheduler and its workers."""

from __future__ import annotations

import contextlib
import sys
import types
import warnings
from collections.abc import Iterator
from typing import Any

from .limits import Trouble, limited

CONNECT_SECONDS = 25.0
ANSWER_SECONDS = 20.0
SEND_SECONDS = 120.0

# All of this is unpickled by name only: it means the same to every version of Python.
_NAME = "_jupyter_dask_k8s_remote"
_LOADER = """
import sys, types
module = sys.modules.get(NAME)
if module is None or module.SOURCE != SOURCE:
    module = types.ModuleType(NAME)
    module.SOURCE = SOURCE
    sys.modules[NAME] = module
    exec(SOURCE, module.__dict__)
RESULT = getattr(module, FUNCTION)(**ARGUMENTS)
"""


def remote_source() -> str:
    """Return the text of ``remote.py``."""
    assert __package__ is not None
    source: str = sys.modules[__package__].SOURCES["remote"]
    return source


def load_remote() -> types.ModuleType:
    """Return ``remote.py`` as a module of this process."""
    module = types.ModuleType(_NAME)
    exec(remote_source(), module.__dict__)  # noqa: S102 - our own text
    return module


def own_client(request: dict[str, Any]) -> Any:
    """Return a client of the user that is connected to this cluster already, if any."""
    from distributed import Client

    for client in list(getattr(Client, "_instances", ())):
        if client.status != "running" or client.asynchronous:
            continue
        cluster, scheduler = client.cluster, client.scheduler
        address = scheduler.address if scheduler is not None else None
        if address and address == request.get("address"):
            return client
        if (
            type(cluster).__name__ == "KubeCluster"
            and cluster.name == request["cluster"]
            and cluster.namespace == request.get("namespace")
        ):
            return client
    return None


@contextlib.contextmanager
def connection(request: dict[str, Any]) -> Iterator[Any]:
    """Connect, as the code for notebooks does, unless the notebook is connected already."""
    try:
        import dask
        from distributed import Client
    except ImportError as error:
        raise Trouble(
            f"This notebook's kernel cannot use Dask ({error}). "
            "Install dask and distributed into it, or choose another kernel.",
            "no dask",
        ) from None
    client = own_client(request)
    if client is not None:
        yield client
        return
    names: dict[str, Any] = {"__name__": "__dask_k8s__"}
    link = dask.config.get("distributed.dashboard.link", None)

    def connect() -> dict[str, Any]:
        with (
            dask.config.set({"distributed.comm.timeouts.connect": "15s"}),
            warnings.catch_warnings(),
        ):
            # Versions that differ are what we look for.
            warnings.simplefilter("ignore")
            exec(request["code"], names)  # noqa: S102 - what Connect puts into a notebook
        return names

    def close(_: Any) -> None:
        for name in ("client", "cluster"):
            if hasattr(names.get(name), "close"):
                with contextlib.suppress(Exception):
                    names[name].close()
        if link is not None:
            dask.config.set({"distributed.dashboard.link": link})

    try:
        limited(
            CONNECT_SECONDS,
            f"“{request['cluster']}” does not answer: this notebook's kernel could not "
            f"connect to it within {CONNECT_SECONDS:.0f} seconds.",
            connect,
            late=close,
        )
        if not isinstance(names.get("client"), Client):
            raise Trouble("There is no code that connects to this cluster.")
        yield names["client"]
    except (OSError, TimeoutError) as error:
        raise Trouble(
            f"This notebook's kernel cannot connect to “{request['cluster']}”: {error}"
        ) from None
    finally:
        with contextlib.suppress(Trouble):
            limited(5, "", lambda: close(None))


def everywhere(
    client: Any, function: str, workers: list[str] | None = None, **arguments: Any
) -> dict[str, Any]:
    """Call a function of ``remote.py`` on workers; answers or errors by address."""
    if workers is not None and not workers:
        return {}
    call = dict(on_error="return", **({} if workers is None else {"workers": workers}))
    answers: dict[str, Any] = limited(
        SEND_SECONDS if "data" in arguments else ANSWER_SECONDS,
        "The workers do not answer: they are busy with something that does not let go. "
        "Try again later.",
        lambda: client.run(eval, *_called(function, arguments), **call),
    )
    return answers


def on_scheduler(client: Any, function: str, **arguments: Any) -> Any:
    """Call a function of ``remote.py`` on the scheduler."""
    return limited(
        SEND_SECONDS if "data" in arguments else ANSWER_SECONDS,
        "The scheduler does not answer.",
        lambda: client.run_on_scheduler(eval, *_called(function, arguments)),
    )


def _called(function: str, arguments: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    names = {"NAME": _NAME, "SOURCE": remote_source(), "LOADER": _LOADER}
    return "exec(LOADER) or RESULT", {**names, "FUNCTION": function, "ARGUMENTS": arguments}


def places_of(client: Any) -> dict[str, dict[str, Any]]:
    """Return all processes of a cluster by address; the scheduler's is empty."""
    places = {"": {**on_scheduler(client, "where"), "name": "scheduler"}}
    for address, it in everywhere(client, "where").items():
        if isinstance(it, dict):
            places[address] = it
    return places


def register(client: Any, plugin: Any) -> str:
    """Register a plugin for workers that come later. Returns why not; else empty."""
    try:
        limited(
            SEND_SECONDS,
            "The scheduler did not take the order for workers that come later.",
            lambda: client.register_plugin(plugin),
        )
    except KeyboardInterrupt:
        raise
    except Exception as error:  # whatever it is, the user has to know it
        return str(error).strip() or type(error).__name__
    return ""
