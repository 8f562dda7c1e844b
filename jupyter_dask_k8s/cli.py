"""The command ``jupyter dask-k8s``: what can be asked without a running server."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec
from jupyter_core.application import JupyterApp
from traitlets import Bool, TraitError, default
from traitlets.config.loader import ConfigFileNotFound

from ._version import __version__

HEALTHY, UNHEALTHY, BROKEN = 0, 1, 2
"""Exit statuses of the doctor."""

READ_LIMIT = 10.0
"""Seconds that the backend may take to read what there is."""

_CONFIG_FILES = (
    "jupyter_config",
    "jupyter_server_config",
    "jupyter_lab_config",
    "jupyter_dask_k8s_config",
)
"""What Jupyter's server and JupyterLab read, in their order."""

_FLAGS: dict[str, Any] = {
    "debug": ({"Application": {"log_level": logging.DEBUG}}, "Log everything."),
    "json": ({"DoctorApp": {"as_json": True}}, "Print JSON instead of text."),
}
_ALIASES: dict[str, Any] = {
    "log-level": "Application.log_level",
    "config": "JupyterApp.config_file",
    "backend": "DaskK8sApp.backend",
    "context": "KubernetesBackend.context",
    "namespace": "KubernetesBackend.namespace",
}


class Unusable(RuntimeError):
    """What was asked for cannot be done; the message is for the user."""


def _options_of(kind: Any) -> set[str]:
    return set(kind.class_trait_names(config=True)) if kind is not None else set()


def _files(name: str, folders: Iterable[str]) -> list[str]:
    """Return the configuration files of a name that are there."""
    stem = Path(name).stem
    places = (Path(it) / f"{stem}{ext}" for it in folders for ext in (".py", ".json"))
    return [str(it) for it in places if it.is_file()]


class DoctorApp(JupyterApp):
    """Checks the installation, and says how to mend what is wrong.

    Exit status: 0 when all is well (warnings are), 1 when a check failed, 2 when the checks
    could not be made.
    """

    name = "jupyter-dask-k8s-doctor"
    version = __version__
    description = __doc__
    examples = (
        "jupyter dask-k8s doctor\n"
        "jupyter dask-k8s doctor --json\n"
        "jupyter dask-k8s doctor --backend=kubernetes --namespace=kubeflow-alice"
    )

    as_json = Bool(False, help="Print the answer of api/doctor as JSON.").tag(config=True)

    flags = _FLAGS
    aliases = _ALIASES

    @default("raise_config_file_errors")
    def _default_raise(self) -> bool:
        return True

    @default("log_level")
    def _default_log_level(self) -> int:
        # The checks say what is wrong; the log would say it again.
        return logging.CRITICAL

    def initialize(self, argv: Any = None) -> None:
        """Read the command line and the configuration."""
        from .app import DaskK8sApp
        from .backends.kubernetes.backend import KubernetesBackend
        from .backends.local.backend import LocalBackend

        # Not with the class: they take their time to load, and --help of others does not
        # need them.
        self.classes = [type(self), DaskK8sApp, KubernetesBackend, LocalBackend]
        try:
            super().initialize(argv)
        except SystemExit as end:
            # Where options have wrong values, traitlets ends with 1: a check has failed.
            self.exit(BROKEN if end.code == 1 else end.code)
        self._check_options()

    def _check_options(self) -> None:
        """Raise `Unusable` for what traitlets would pass over without a word."""
        if self.extra_args:
            raise Unusable(f"“{self.extra_args[0]}” is no option.")
        known = {it.__name__: it for it in self._classes_inc_parents()}
        for section, options in self.cli_config.items():
            for option in options:
                if option not in _options_of(known.get(section)):
                    raise Unusable(f"There is no option “--{section}.{option}”.")

    def load_config_file(self, suppress_errors: bool = True) -> None:  # type: ignore[override]
        """Read the files that a Jupyter server reads; raises `Unusable`.

        A server goes on without a file that is broken: with other settings than wished.
        """
        names: tuple[str, ...] = _CONFIG_FILES
        paths: list[str] = self.config_file_paths
        if self.config_file:
            path = Path(self.config_file).absolute()
            if path.suffix not in (".py", ".json") or not path.is_file():
                raise Unusable(f"There is no configuration file {path} (.py or .json).")
            names, paths = (path.name,), [str(path.parent)]
        for name in names:
            try:
                super(JupyterApp, self).load_config_file(name, path=paths)
            except ConfigFileNotFound:
                continue
            except Exception as error:
                # Whatever a program can raise: it is the user's own.
                told = f"{type(error).__name__}: {error}"
                files = " or ".join(_files(name, paths))
                raise Unusable(f"The configuration {files} is broken. {told}") from error

    def start(self) -> None:
        """Examine, print, and exit."""
        super().start()
        answer = asyncio.run(self._examine())
        if self.as_json:
            sys.stdout.write(msgspec.json.format(msgspec.json.encode(answer)).decode())
            sys.stdout.write("\n")
        else:
            from .doctor.report import report

            sys.stdout.write(report(answer) + "\n")
        self.exit(HEALTHY if answer.healthy else UNHEALTHY)

    async def _examine(self) -> Any:
        from .app import DaskK8sApp
        from .doctor.alone import Alone
        from .doctor.run import doctor, examine_all

        wish = DaskK8sApp(config=self.config).backend
        async with Alone(wish, self, READ_LIMIT) as situation:
            return doctor(await examine_all(situation, self.config, None, self.log))


_SUBCOMMANDS: dict[str, Any] = {"doctor": (DoctorApp, "Check the installation.")}


class DaskCommands(JupyterApp):
    """Dask clusters for JupyterLab, from the command line."""

    name = "jupyter-dask-k8s"
    version = __version__
    description = __doc__
    subcommands = _SUBCOMMANDS

    def start(self) -> None:
        """Run the subcommand, or say which there are."""
        super().start()
        if self.extra_args:
            sys.stderr.write(f"There is no command “{self.extra_args[0]}”.\n")
        self.print_help()
        self.exit(BROKEN)


def main(argv: list[str] | None = None) -> None:
    """Run the command; never returns."""
    try:
        DaskCommands.launch_instance(argv)
    except BrokenPipeError:
        # Who reads has seen enough; Python must not complain of that at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(BROKEN)
    except (TraitError, OSError, RuntimeError) as error:
        sys.stderr.write(f"The checks could not be made: {error}\n")
        sys.exit(BROKEN)


if __name__ == "__main__":
    main()
