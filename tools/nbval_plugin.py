"""How nbval runs a chapter: `pytest --nbval notebooks -p tools.nbval_plugin`.

The kernel's surroundings are those in which the notebook was made, bytes inside the page are not
compared, a notebook has a hard limit of time, and the slowest are listed at the end.
"""

import re
import tempfile
import time
from collections import Counter
from pathlib import Path
from subprocess import DEVNULL

import nbval.plugin
import pytest
from nbval.kernel import RunningKernel, start_new_kernel

from tools.notebooks.ignored import reasons
from tools.notebooks.kernel import surroundings
from tools.notebooks.limits import LIVE, seconds_allowed

# Encoders and fonts differ by machine, so a sound or a picture is held by its description, not by its bytes.
SANITISE = {r"data:[\w/+.-]+(?:;[\w=.+-]+)*;base64,[A-Za-z0-9+/=]+": "data:…"}
SLOWEST = 10


class ChapterKernel(RunningKernel):
    """A kernel as `make notebooks` starts it, in which a semicolon silences a cell as in JupyterLab."""

    def __init__(self, kernel_name: str, cwd: str | None = None, startup_timeout: int = 60):
        self._folder = tempfile.TemporaryDirectory()
        around = surroundings(Path(self._folder.name))
        # As in nbval: what a kernel says of its own sockets is nobody's output.
        self.km, self.kc = start_new_kernel(startup_timeout, kernel_name, stderr=DEVNULL, **around)
        self._ensure_iopub_up()

    def execute_cell_input(self, cell_input: str, allow_stdin: bool | None = None) -> str:
        """IPython looks for the semicolon in its history, which nbval would leave empty."""
        return self.kc.execute(cell_input, store_history=True, allow_stdin=allow_stdin, stop_on_error=False)

    def stop(self) -> None:
        super().stop()
        self._folder.cleanup()


nbval.plugin.RunningKernel = ChapterKernel


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item: pytest.Item):
    """Before each cell: what is left of the notebook's time is the time that the cell has."""
    yield
    if not isinstance(item, nbval.plugin.IPyNbCell):
        return
    notebook = item.parent
    notebook.sanitize_patterns.update(SANITISE)
    number = int(re.match(r"\d*", notebook.path.name).group() or 0)
    if not hasattr(notebook, "deadline"):
        notebook.deadline = time.perf_counter() + LIVE * seconds_allowed(number)
    left = notebook.deadline - time.perf_counter()
    if left <= 0:
        pytest.fail(f"{notebook.path.name} ran for {LIVE} times what its chapter may take.", pytrace=False)
    item.config.option.nbval_cell_timeout = left


def pytest_terminal_summary(terminalreporter) -> None:
    """List the slowest notebooks, and the cells whose outputs are not compared."""
    seconds = Counter()
    reports = [report for some in terminalreporter.stats.values() for report in some]
    for report in reports:
        if isinstance(report, pytest.TestReport) and ".ipynb::" in report.nodeid:
            seconds[report.nodeid.split("::")[0]] += report.duration
    if not seconds:
        return
    terminalreporter.section(f"slowest {SLOWEST} notebooks")
    for name, spent in seconds.most_common(SLOWEST):
        terminalreporter.write_line(f"{spent:8.1f} s  {name}")
    lines = [f"{name} {cell}: {why}" for name, cells in reasons().items() for cell, why in cells.items()]
    terminalreporter.section(f"outputs that are not compared: {len(lines)}")
    for line in lines:
        terminalreporter.write_line(line)
