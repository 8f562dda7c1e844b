# mypy: ignore-errors
# ruff: noqa
# Runs in a kernel, with the texts SOURCES and a REQUEST; leaves no names in the notebook.
import json
import sys
import types

PACKAGE = "_jupyter_dask_k8s_kernel"


def load():
    package = sys.modules.get(PACKAGE)
    if package is None or package.SOURCES != SOURCES:
        package = types.ModuleType(PACKAGE)
        package.__path__ = []
        package.SOURCES = SOURCES
        sys.modules[PACKAGE] = package
        for name, source in SOURCES.items():
            module = types.ModuleType(f"{PACKAGE}.{name}")
            module.__package__ = PACKAGE
            sys.modules[module.__name__] = module
            exec(compile(source, f"<dask-k8s {name}>", "exec"), module.__dict__)
    return sys.modules[f"{PACKAGE}.actions"]


load().main(json.loads(REQUEST))
