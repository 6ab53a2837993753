"""Runs a composed notebook from its first cell to its last, and measures what that took."""

import json
import os
import platform
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from jupyter_core.utils import run_sync
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

from tools.notebooks import kernel
from tools.notebooks.memory import PeakMemory


@dataclass
class CellFailed(Exception):
    """A cell that did not run to its end: what it printed, and the traceback."""

    index: int
    source: str
    said: str


@dataclass(frozen=True)
class Measured:
    """What one run took, and which modules of avlab it loaded."""

    seconds: float
    peak_memory_mb: int
    modules: list[str]


def execute(
    notebook: NotebookNode, limit: float, progress: Callable[[int], None] = lambda index: None
) -> Measured:
    """Fill in the outputs in place; a cell that still runs `limit` seconds after the start is stopped.

    `progress` is told the index of each cell that begins.
    """
    options = {"record_timing": False, "coalesce_streams": True, "shutdown_kernel": "immediate"}
    client = NotebookClient(notebook, kernel_name="python3", **options)
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        with _kernel(client, Path(folder)) as process_id, PeakMemory(process_id) as memory:
            for index in _code_cells(notebook):
                progress(index)
                client.timeout = max(1, int(began + limit - time.perf_counter()))
                _run(client, index)
            seconds = time.perf_counter() - began
            modules = _modules(client)
    return Measured(round(seconds, 1), memory.megabytes, modules)


def machine() -> str:
    """The machine in a few words, for the record beside a measured time."""
    system = f"{platform.system()} {platform.machine()}"
    return f"{os.cpu_count()} cores, {system}, Python {platform.python_version()}"


@contextmanager
def _kernel(client: NotebookClient, folder: Path) -> Iterator[int]:
    """A running kernel, spoken to through socket files: nobody else on the machine can listen in."""
    manager = client.create_kernel_manager()
    manager.transport, manager.ip = "ipc", str(folder / "socket")
    # We made the manager, so the client would leave its kernel running.
    with client.setup_kernel(cleanup_kc=True, **kernel.surroundings(folder)):
        yield manager.provisioner.pid


def _code_cells(notebook: NotebookNode) -> list[int]:
    return [index for index, cell in enumerate(notebook.cells) if cell.cell_type == "code"]


def _run(client: NotebookClient, index: int) -> None:
    cell = client.nb.cells[index]
    cell.execution_count, cell.outputs = None, []
    try:
        client.execute_cell(cell, index)
    except CellExecutionError as error:
        # Not the error's own words: they repeat the source.
        said = [output.get("text") or "\n".join(output.get("traceback", [])) for output in cell.outputs]
        raise CellFailed(index, cell.source, "\n".join(filter(None, said))) from error
    except CellTimeoutError as error:
        raise CellFailed(index, cell.source, "It was stopped: the chapter's time is over.") from error
    except DeadKernelError as error:
        raise CellFailed(index, cell.source, "The kernel died: no memory, or a crash in C code.") from error


def _modules(client: NotebookClient) -> list[str]:
    printed = []
    run_sync(client.kc.execute_interactive)(
        kernel.MODULES, store_history=False, output_hook=lambda message: printed.append(message["content"])
    )
    return json.loads("".join(content.get("text", "") for content in printed))
