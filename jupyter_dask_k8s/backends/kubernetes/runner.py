# mypy: ignore-errors
# For jupyter-dask-k8s. Waits for the scheduler of this job, then runs
#   notebook FILE [RESULT], script FILE, or command WORDS...
# The file "-" is in the environment, packed. What it prints is the log of the job.
import base64
import os
import re
import signal
import socket
import sys
import tempfile
import time
import zlib


def say(text):
    print(text, flush=True)


def wait_for_scheduler():
    address = os.environ.get("DASK_SCHEDULER_ADDRESS", "")
    limit = float(os.environ.get("DASK_K8S_WAIT", "600"))
    host, _, port = address.rpartition("://")[2].rpartition(":")
    end, told = time.time() + limit, False
    while host:
        try:
            socket.create_connection((host, int(port)), timeout=5).close()
            return
        except OSError as error:
            if time.time() > end:
                sys.exit(f"The scheduler {address} did not answer in {limit:g} s: {error}")
            if not told:
                say(f"Waiting for the scheduler {address}")
                told = True
            time.sleep(0.5)


def unpack(kind):
    os.chdir(tempfile.mkdtemp())
    name = "job.ipynb" if kind == "notebook" else "job.py"
    with open(name, "wb") as file:
        file.write(zlib.decompress(base64.b64decode(os.environ.pop("DASK_K8S_FILE"))))
    return name


def kernel_of(notebook, default="python3"):
    from jupyter_client.kernelspec import KernelSpecManager

    name = notebook.metadata.get("kernelspec", {}).get("name", default)
    if name in KernelSpecManager().find_kernel_specs():
        return name
    say(f"This image has no kernel named {name}: using {default}.")
    return default


def save(notebook, path):
    import nbformat

    if path:
        part = os.path.join(os.path.dirname(path), f".{os.path.basename(path)}.part")
        with open(part, "w", encoding="utf-8") as file:
            nbformat.write(notebook, file)
        os.replace(part, path)


def run_notebook(source, result=""):
    try:
        import nbformat
        from nbclient import NotebookClient
        from nbclient.exceptions import CellExecutionError
    except ImportError as error:
        sys.exit(
            f"This image cannot run notebooks: {error}. It needs nbclient and ipykernel."
        )

    class Client(NotebookClient):
        def process_message(self, msg, cell, cell_index):
            show(msg)
            return super().process_message(msg, cell, cell_index)

        async def async_execute_cell(self, cell, cell_index, *args, **kwargs):
            if cell.cell_type == "code" and cell.source.strip():
                say(f"--- cell {cell_index + 1} of {len(self.nb.cells)}")
            try:
                return await super().async_execute_cell(cell, cell_index, *args, **kwargs)
            finally:
                save(self.nb, result)

    notebook = nbformat.read(source, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    try:
        # Now, not after hours: can the result be written at all?
        save(notebook, result)
    except OSError as error:
        sys.exit(f"The result cannot be written: {error}")
    client = Client(
        notebook,
        timeout=None,
        kernel_name=kernel_of(notebook),
        resources={"metadata": {"path": os.getcwd()}},
    )
    try:
        client.execute()
    except CellExecutionError as error:
        sys.exit(f"The notebook stopped at an error: {error.ename}: {error.evalue}")
    except Exception as error:
        sys.exit(f"The notebook stopped: {type(error).__name__}: {error}")
    finally:
        save(notebook, result)
    say(f"The result is in {result}" if result else "Done.")


def show(msg):
    content, kind = msg["content"], msg["msg_type"]
    if kind == "stream":
        print(content["text"], end="", flush=True)
    elif kind in ("execute_result", "display_data"):
        say(content["data"].get("text/plain", ""))
    elif kind == "error":
        say(re.sub(r"\x1b\[[0-9;]*m", "", "\n".join(content["traceback"])))


def main(kind, *words):
    # Process 1 of a container hears only the signals that it listens for.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    wait_for_scheduler()
    if kind == "command":
        os.execvp(words[0], list(words))
    file = unpack(kind) if words[0] == "-" else words[0]
    if kind == "script":
        os.execv(sys.executable, [sys.executable, "-u", file])
    run_notebook(file, *words[1:])


if __name__ == "__main__":
    main(*sys.argv[1:])
