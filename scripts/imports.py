"""Imports all modules: what an old Python does not know shows at once."""

import importlib
import pkgutil

import jupyter_dask_k8s

ELSEWHERE = ("jupyter_dask_k8s.kernelcode.", "jupyter_dask_k8s.pytest_plugin")
"""Texts that are put together and run in kernels; what needs pytest."""

names = [
    it.name
    for it in pkgutil.walk_packages(jupyter_dask_k8s.__path__, "jupyter_dask_k8s.")
    if not it.name.endswith("__main__") and not it.name.startswith(ELSEWHERE)
]
for name in names:
    importlib.import_module(name)
print(len(names), "modules are imported")
