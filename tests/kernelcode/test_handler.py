from __future__ import annotations

from jupyter_dask_k8s.kernelcode import SOURCES, clients_code, kernel_code
from jupyter_dask_k8s.pytest_plugin import DaskAPI


async def test_pages_get_the_program(dask_api: DaskAPI) -> None:
    status, answer = await dask_api("GET", "kernelcode")
    assert (status, answer) == (200, {"content": kernel_code(), "clients": clients_code()})
    for program in answer.values():
        compile(program, "program", "exec")


def test_the_program_needs_nothing_of_ours() -> None:
    assert "jupyter_dask_k8s." not in "".join(SOURCES.values())
